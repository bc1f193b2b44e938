"""The parts of the ensemble: ARIMA, exponential smoothing and a linear trend, on a series without its season."""

from collections.abc import Callable

import numpy as np
from statsforecast.models import (
    ARIMA,
    AutoCES,
    DynamicOptimizedTheta,
    SimpleExponentialSmoothingOptimized,
)

from app.services.forecasting.seasonality import Adjusted, Array

Model = Callable[[Adjusted, int], Array]
ORDERS = ((0, 1, 1), (1, 1, 1), (1, 1, 2))
TEMPER = 0.1  # criteria of short series tell models apart less surely than Akaike's weights say


def arima(series: Adjusted, horizon: int) -> Array:
    """The mean of small ARIMA models with one difference, with and without drift, by tempered Akaike weights.

    A mean of several orders is steadier than the one that a criterion prefers (Burnham and Anderson, 2002).

    Raises:
        ValueError: none of them can be fitted.
    """
    fitted = [
        found for order in ORDERS for drift in (False, True) if (found := _arima(series.values, horizon, order, drift))
    ]
    if not fitted:
        raise ValueError("no ARIMA model fits")
    criteria = np.array([criterion for criterion, _ in fitted])
    weights = np.exp(-TEMPER / 2 * (criteria - criteria.min()))
    mean: Array = weights @ np.array([forecast for _, forecast in fitted]) / weights.sum()
    return series.restore(mean)


def _arima(values: Array, horizon: int, order: tuple[int, int, int], drift: bool) -> tuple[float, Array] | None:
    """The corrected criterion of Akaike and the forecast; None where the model can't be fitted."""
    try:
        model = ARIMA(order=order, include_drift=drift).fit(values)
        criterion, forecast = float(model.model_["aicc"]), np.asarray(model.predict(horizon)["mean"])
    except Exception:  # statsforecast raises bare ones where nothing can be fitted
        return None
    return (criterion, forecast) if np.isfinite(criterion) and np.isfinite(forecast).all() else None


def exponential_smoothing(series: Adjusted, horizon: int) -> Array:
    """The mean of simple and complex exponential smoothing (Svetunkov, Kourentzes and Ord, 2022).

    Complex smoothing twice: on the series without its season, and on that with it, whose season it finds by itself.
    """
    simple = SimpleExponentialSmoothingOptimized().forecast(y=series.values, h=horizon)["mean"]
    complex_ = AutoCES(model="N").forecast(y=series.values, h=horizon)["mean"]
    season = len(series.indices)
    found = [series.restore(simple), series.restore(complex_)]
    if season > 1:
        found.append(AutoCES(season_length=season).forecast(y=series.history(), h=horizon)["mean"])
    mean: Array = np.mean(found, axis=0)
    return mean


def linear_trend(series: Adjusted, horizon: int) -> Array:
    """A straight line and exponential smoothing in equal parts: the optimised Theta method (Fiorucci et al., 2016).

    The mean of a line through the values and one through their logarithms, where those are used.
    """
    forecast = series.restore(_theta(series.values, horizon))
    if not series.is_logarithm:
        return forecast
    level = np.exp(series.values)
    by_level = np.log(np.maximum(_theta(level, horizon), level.min() / 10))
    return (forecast + series.restore(by_level)) / 2


def _theta(values: Array, horizon: int) -> Array:
    return np.asarray(DynamicOptimizedTheta(season_length=1).forecast(y=values, h=horizon)["mean"])


PARTS: dict[str, Model] = {
    "arima": arima,
    "exponential_smoothing": exponential_smoothing,
    "linear_trend": linear_trend,
}


def forecasts(series: Adjusted, horizon: int) -> dict[str, Array]:
    """By name what each part forecasts, shape (horizon,); without those that can't be fitted."""
    with np.errstate(all="ignore"):  # what comes of it is looked at
        found = {name: _attempt(model, series, horizon) for name, model in PARTS.items()}
    return {name: forecast for name, forecast in found.items() if forecast is not None}


def _attempt(model: Model, series: Adjusted, horizon: int) -> Array | None:
    try:
        forecast = model(series, horizon)
    except Exception:  # as above; the other parts are there without it
        return None
    return forecast if np.isfinite(forecast).all() else None
