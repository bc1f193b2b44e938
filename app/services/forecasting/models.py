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
    """The mean of simple and complex exponential smoothing (Svetunkov, Kourentzes and Ord, 2022)."""
    simple = SimpleExponentialSmoothingOptimized().forecast(y=series.values, h=horizon)["mean"]
    return series.restore((simple + AutoCES(model="N").forecast(y=series.values, h=horizon)["mean"]) / 2)


def linear_trend(series: Adjusted, horizon: int) -> Array:
    """A straight line and exponential smoothing in equal parts: the optimised Theta method (Fiorucci et al., 2016).

    It is fitted to the values themselves, where a trend is a line, not to their logarithms.
    """
    level = np.exp(series.values) if series.is_logarithm else series.values
    forecast = np.asarray(DynamicOptimizedTheta(season_length=1).forecast(y=level, h=horizon)["mean"])
    if series.is_logarithm:
        forecast = np.log(np.maximum(forecast, level.min() / 10))
    return series.restore(forecast)


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
