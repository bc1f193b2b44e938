"""What a worker does with a history that was asked about: forecast all months that can be asked for, settle."""

import logging
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import version
from typing import Any

from bson import ObjectId

from app.core.money import to_decimal
from app.forecasting import repository
from app.forecasting.schemas import LONGEST_HORIZON

log = logging.getLogger(__name__)
VERSION = f"3/{version('statsforecast')}"  # of what the library makes of a history
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
SEASON = 12
LEVEL = 0.8
Document = dict[str, Any]


def compute(owner: ObjectId, forecast_id: ObjectId, worker: str) -> None:
    """Forecast and settle; nothing happens to one that is settled, gone or in another task's hands."""
    document = repository.take_up(owner, forecast_id, worker, LEASE)
    if document is None:
        return
    if document["attempts"] > MOST_ATTEMPTS:
        repository.settle(owner, forecast_id, {"status": "failed"})
        log.error("forecast %s failed: no worker has finished it", forecast_id)
        return
    result = predict(document["totals"], document["currency"])
    repository.settle(owner, forecast_id, {"status": "completed", "result": result})
    log.info("forecast %s computed", forecast_id)


def predict(totals: list[int], currency: str) -> Document:
    """Forecast monthly totals in minor units: {points, models, naive_mase, low_data}, points in minor units."""
    from app.services.forecasting import forecast  # noqa: PLC0415 -- loads numpy, which only workers need

    made = forecast([to_decimal(total, currency) for total in totals], LONGEST_HORIZON, SEASON, LEVEL)
    unit = to_decimal(1, currency)
    points = [[_minor(value, unit) for value in (point.predicted, point.lower, point.upper)] for point in made.points]
    return {
        "points": points,
        "models": [vars(model) for model in made.models],
        "naive_mase": made.naive_mase,
        "low_data": made.low_data,
    }


def _minor(value: float, unit: Decimal) -> int:
    return int((Decimal(value) / unit).to_integral_value(ROUND_HALF_EVEN))
