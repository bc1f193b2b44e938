"""A handful of values: their median, with an interval that says how little is known."""

import math

import numpy as np
from scipy.stats import t as student

from app.services.forecasting.ensemble import Bands
from app.services.forecasting.seasonality import Array

USUAL_SPREAD = 0.4  # of months of spending around their mean, until there are months to tell by
WEIGHT_OF_USUAL = 2  # counted in values


def typical(values: Array, horizon: int, level: float) -> Bands:
    """The median at every step; the interval is that of one more value of a normal distribution (Student's t)."""
    middle = float(np.median(values))
    usual = USUAL_SPREAD * float(np.abs(values).mean())
    freedom = len(values) - 1 + WEIGHT_OF_USUAL
    variance = (float(((values - values.mean()) ** 2).sum()) + WEIGHT_OF_USUAL * usual**2) / freedom
    reach = float(student.ppf((1 + level) / 2, freedom)) * math.sqrt(variance * (1 + 1 / len(values)))
    least = 0.0 if values.min() >= 0 else -math.inf
    return Bands(*(np.full(horizon, edge) for edge in (middle, max(middle - reach, least), middle + reach)))
