"""How far from a forecast the truth will probably be: by errors of the past, conformal prediction in its plainest form.

An error `steps` ahead is measured in the standard deviations that simple exponential smoothing expects there; where a
series is forecast in logarithms, errors are in logarithms. The quantile of what the backtest found is drawn towards the
one that public series have, as far as the backtest is short (`USUAL`, from the training parts of competition series).
"""

from statistics import NormalDist

import numpy as np
from statsforecast.models import SimpleExponentialSmoothingOptimized

from app.services.forecasting.backtest import Origin
from app.services.forecasting.seasonality import Adjusted, Array, adjust

USUAL = 1.15  # how much wider than a normal distribution with that deviation errors are
WEIGHT_OF_USUAL = 3.0  # counted in origins
FARTHEST = 5.0  # deviations that an error counts at most: a past that hardly changed expects hardly any
LEAST_SMOOTHING = 0.1  # levels move, even where those of a short past did not
Bounds = tuple[Array, Array]


def deviations(series: Adjusted, horizon: int) -> Array:
    """The standard deviation of the error at each step ahead, shape (horizon,): sigma² (1 + (steps - 1) alpha²)."""
    fitted = SimpleExponentialSmoothingOptimized().fit(series.values).model_
    alpha = max(float(fitted["alpha"]), LEAST_SMOOTHING)
    rest = np.asarray(fitted["residuals"])
    spread = float(np.sqrt(np.nanmean(rest**2))) if np.isfinite(rest).any() else 0.0
    return spread * np.sqrt(1 + np.arange(horizon) * alpha**2)


def bounds(forecast: Array, series: Adjusted, origins: list[Origin], season: int, level: float) -> Bounds:
    """Lower and upper bound of the interval that holds the truth with probability `level`, each of shape (horizon,)."""
    usual = NormalDist().inv_cdf((1 + level) / 2) * USUAL
    scores = [score for origin in origins if len(score := _scores(origin, season))]
    width = usual * WEIGHT_OF_USUAL
    if scores:
        width += float(np.quantile(np.concatenate(scores), level)) * len(scores)
    width /= WEIGHT_OF_USUAL + len(scores)
    reach = width * deviations(series, len(forecast))
    if series.is_logarithm and forecast.min() > 0:
        return forecast * np.exp(-reach), forecast * np.exp(reach)
    return forecast - reach, forecast + reach


def _scores(origin: Origin, season: int) -> Array:
    """The absolute errors from an origin, in the deviations expected there."""
    series, forecast = adjust(origin.known, season), origin.mean()
    expected = deviations(series, len(forecast))
    is_logarithm = series.is_logarithm and min(forecast.min(), origin.actual.min()) > 0
    errors = np.log(origin.actual / forecast) if is_logarithm else origin.actual - forecast
    return np.minimum(np.abs(errors) / expected, FARTHEST) if expected[0] > 0 else np.zeros(0)
