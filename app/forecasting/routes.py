"""Forecasts over HTTP."""

from typing import Any

from flask import Blueprint

from app.core import limits
from app.core.contract import contract
from app.core.identity import current_user
from app.forecasting import service
from app.forecasting.schemas import PredictionQuery, Predictions, PredictionsWaiting
from app.forecasting.service import ForecastFailed

bp = Blueprint("Forecasting", __name__, url_prefix="/api/forecasting")


@bp.get("/advanced-predictions")
@contract(
    query=PredictionQuery,
    returns={200: Predictions, 202: PredictionsWaiting},
    raises=(ForecastFailed,),
    limits=limits.EXPENSIVE,
)
def show_predictions(query: PredictionQuery) -> tuple[dict[str, Any], int]:
    """Forecast spending by month.

    An ensemble of ARIMA, exponential smoothing and a linear trend, weighted by how well each would have forecast the
    months before; with fewer than 6 months their median. Computed in the background and kept until the data change:
    while it isn't ready the answer is 202; ask again at the same address.
    """
    return service.predict(current_user(), query)
