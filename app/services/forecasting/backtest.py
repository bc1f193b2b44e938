"""How well the parts would have done: forecasts from several origins of the past, compared with what came."""

from dataclasses import dataclass

import numpy as np

from app.services.forecasting import models
from app.services.forecasting.seasonality import SEASONS, Array, adjust

ORIGINS = 4
FEWEST = 4  # values that a part is fitted to


@dataclass(frozen=True)
class Origin:
    """What was forecast from one point in time, by part, and what came; all of shape (steps,)."""

    known: Array
    actual: Array
    forecasts: dict[str, Array]

    def mean(self) -> Array:
        """The mean of the parts."""
        return np.asarray(np.mean(list(self.forecasts.values()), axis=0))


def backtest(values: Array, horizon: int, season: int) -> list[Origin]:
    """Forecasts from up to four origins, the latest first; fewer, or none, where the series is too short for that."""
    found = []
    for cut, steps in _origins(len(values), horizon, season):
        known, actual = values[:cut], values[cut : cut + steps]
        made = models.forecasts(adjust(known, season), steps)
        if made:
            found.append(Origin(known, actual, made))
    return found


def _origins(length: int, horizon: int, season: int) -> list[tuple[int, int]]:
    """(values known, steps to forecast) of each origin: they overlap where that gives more of them."""
    shortest = SEASONS * season if length > SEASONS * season + 2 else max(length // 2, FEWEST)
    room = length - shortest
    if room < 1:
        return []
    steps = min(horizon, max(1, 2 * room // 3))
    apart = max(1, steps // 3)
    cuts = [length - steps - number * apart for number in range(ORIGINS)]
    return [(cut, steps) for cut in cuts if cut >= shortest]


def naive(values: Array, horizon: int, season: int) -> Array:
    """The value of a season ago, or the last one where there is no whole season."""
    period = season if len(values) >= season else 1
    return values[-period:][np.arange(horizon) % period]


def naive_error(values: Array, season: int) -> float:
    """The mean absolute difference to a season before, what errors are scaled by (Hyndman and Koehler, 2006)."""
    period = season if len(values) > season else 1
    return float(np.abs(values[period:] - values[:-period]).mean()) if len(values) > period else 0.0
