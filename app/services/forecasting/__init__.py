"""Numbers in, a forecast out: an ensemble of ARIMA, exponential smoothing and a linear trend with intervals.

A library: it knows no user, no request and no database. It needs numpy and statsforecast, so only workers import it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from threadpoolctl import threadpool_limits

from app.services.forecasting.ensemble import Part, combine
from app.services.forecasting.scarce import typical

ENOUGH = 6  # values; with fewer there is nothing to tell models apart by
LARGEST = 1e6  # what models see: smoothing fits numbers of about 1 worse, most of all their logarithms around 0


@dataclass(frozen=True)
class Point:
    """One step ahead: what is expected, and the interval around it."""

    predicted: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Model:
    """A part of the ensemble: its share, and its error in the backtest (MASE; None where there was none)."""

    name: str
    weight: float
    backtest_mase: float | None


@dataclass(frozen=True)
class Forecast:
    """`horizon` points, the models they come from, and the backtest's error of the naive forecast."""

    points: list[Point]
    models: list[Model]
    naive_mase: float | None
    low_data: bool


def forecast(values: Sequence[Decimal | float | int], horizon: int, season: int, level: float = 0.8) -> Forecast:
    """Forecast a series of evenly spaced values.

    Args:
        values: the past, oldest first; at least one.
        horizon: how many steps ahead, at least 1.
        season: steps in a season: 12 for months, 7 for days, 1 for none.
        level: the probability that intervals are to hold the truth with.

    Raises:
        ValueError: there are no values, one is not finite, or a number is out of its range.
    """
    series = np.array([float(value) for value in values], dtype=np.float64)
    if not len(series) or not np.isfinite(series).all():
        raise ValueError("needs at least one value, and all of them finite")
    if horizon < 1 or season < 1 or not 0 < level < 1:
        raise ValueError("horizon and season are at least 1, level lies between 0 and 1")
    unit = float(np.abs(series).max()) / LARGEST or 1.0  # the same forecast whatever the currency
    low_data = len(series) < ENOUGH
    with threadpool_limits(1):  # of BLAS and OpenMP: sums of this size only lose time to several
        if low_data:
            bands, parts, naive_mase = typical(series / unit, horizon, level), {"median": Part(1.0, None)}, None
        else:
            bands, parts, naive_mase = combine(series / unit, horizon, season, level)
    steps = zip(bands.predicted, bands.lower, bands.upper, strict=True)
    points = [Point(*(float(number) * unit for number in step)) for step in steps]
    shown = [Model(name, part.weight, part.error) for name, part in parts.items()]
    return Forecast(points, shown, naive_mase, low_data)
