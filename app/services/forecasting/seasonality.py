"""What repeats with the season, taken out of a series before models see it, and outliers taken down.

Indices are means of what a smooth level leaves over, recent seasons counting more, shrunk towards "no season" by as
much as they may be chance (James and Stein; for seasonal indices Miller and Williams, "Shrinkage estimators of time
series seasonal factors and their effect on forecasting accuracy", 2003). So two years of months are enough.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SEASONS = 2  # how many whole seasons there must be
DECAY = 0.75  # what a season counts against the next one
NEIGHBOURS = 4  # the level looks that many seasons to both sides
ROUNDS = 3
SHORT = 4  # neighbours on both sides where there is no season
OUTLIER = 4.0  # robust standard deviations that a value keeps of its distance from level and season
LONE = 25.0  # of those, before a season is known: plain mistakes; less would cost accuracy
SHORT_PAST = 5  # seasons; in longer ones such peaks are no mistakes as often as not, and move the season less
TO_DEVIATION = 1.4826  # from the median absolute deviation to the standard deviation of a normal distribution
SMALLEST_SHARE = 0.02  # of the median; something smaller would be far out in logarithms


@dataclass(frozen=True)
class Adjusted:
    """A series without its season, and the way back."""

    values: Array
    indices: Array
    is_logarithm: bool

    def history(self) -> Array:
        """The past with its season, without outliers."""
        shown = self.values + self.indices[np.arange(len(self.values)) % len(self.indices)]
        return np.exp(shown) if self.is_logarithm else shown

    def restore(self, forecast: Array) -> Array:
        """A forecast of the adjusted values, on from their end, as values of the series."""
        steps = np.arange(len(self.values), len(self.values) + len(forecast))
        shown = forecast + self.indices[steps % len(self.indices)]
        return np.exp(shown) if self.is_logarithm else shown


def adjust(values: Array, season: int) -> Adjusted:
    """Take the season and the height of outliers out of a series.

    In logarithms where all values are clearly above 0: there seasons and errors grow with the level.

    Args:
        values: shape (n,).
        season: the length of a season in steps; with fewer than two of them in the series nothing is taken out.
    """
    is_logarithm = bool(values.min() > SMALLEST_SHARE * np.median(values) > 0)
    series = np.log(values) if is_logarithm else values
    season = season if season > 1 and len(values) >= SEASONS * season else 1
    if season == 1 or len(values) < SHORT_PAST * season:
        series = _without_lone_peaks(series, season)
    level, indices = _decompose(series, season)
    usual = level + indices
    rest = series - usual
    edge = OUTLIER * _deviation(rest)
    tamed = usual + np.clip(rest, -edge, edge) if edge > 0 else series
    _, indices = _decompose(tamed, season)
    return Adjusted(tamed - indices, indices[:season], is_logarithm)


def _without_lone_peaks(series: Array, season: int) -> Array:
    """What is very far from its neighbours, and from its step in seasons beside, is put where the nearer of these are.

    It would else be half of the season of a short history.
    """
    reach = 2 * season if season > 1 else SHORT
    around = np.lib.stride_tricks.sliding_window_view(np.pad(series, reach, mode="reflect"), 2 * reach + 1)
    rest = series - np.median(around, axis=1)
    alone = np.abs(rest)
    if season > 1:
        steps = np.abs(rest[season:] - rest[:-season])
        alone[season:] = np.minimum(alone[season:], steps)
        alone[:-season] = np.minimum(alone[:-season], steps)
    edge = LONE * _deviation(alone)
    return np.where(alone > edge, series - np.sign(rest) * alone, series) if edge > 0 else series


def _deviation(errors: Array) -> float:
    return TO_DEVIATION * float(np.median(np.abs(errors)))


def _decompose(series: Array, season: int) -> tuple[Array, Array]:
    """The level, and what the season adds to it in each step, shape (n,); the sum over a season is 0."""
    length = len(series)
    phases = np.arange(length) % season
    each = np.eye(season)[phases]
    weights = DECAY ** ((length - 1 - np.arange(length)) // season)
    indices = _by_steps(series, each)
    for _ in range(ROUNDS):
        level = smooth(series - indices[phases], max(NEIGHBOURS * season, SHORT))
        found = each.T @ (weights * (series - level)) / (each.T @ weights)
        indices = found - found.mean() if season > 1 else indices
    return level, (indices * _credibility(indices, series - level - indices[phases]))[phases]


def _by_steps(series: Array, each: Array) -> Array:
    """A first guess from the steps between neighbours alone, a constant drift allowed for: it needs no level."""
    if each.shape[1] == 1:
        return np.zeros(1)
    steps = np.column_stack([np.diff(each, axis=0), np.ones(len(series) - 1)])
    found = np.linalg.lstsq(steps, np.diff(series), rcond=None)[0][:-1]
    return np.asarray(found - found.mean())


def _credibility(indices: Array, errors: Array) -> float:
    """How much of the indices is not chance: 0..1."""
    season, length = len(indices), len(errors)
    if season <= 3 or not indices.any():
        return 1.0
    between = float(indices @ indices) / (season - 1)
    freedom = max(length - season - length / (season + 1), 2)
    chance = float(errors @ errors) / freedom * season / length
    return 1 - min(1.0, (season - 3) / (season - 1) * chance / between)


def smooth(series: Array, reach: int) -> Array:
    """The level: local straight lines through the neighbours within `reach` (loess, with tricube weights)."""
    weights, distances = _neighbourhood(len(series), reach)
    sums = [(weights * distances**power).sum(axis=1) for power in range(3)]
    flat, steep = weights @ series, (weights * distances) @ series
    determinant = sums[0] * sums[2] - sums[1] ** 2
    lone = determinant <= 0
    fitted = (sums[2] * flat - sums[1] * steep) / np.where(lone, 1.0, determinant)
    return np.where(lone, series, fitted)


@lru_cache(maxsize=16)
def _neighbourhood(length: int, reach: int) -> tuple[Array, Array]:
    steps = np.arange(length, dtype=np.float64)
    distances = steps[None, :] - steps[:, None]
    nearest = min(length, 2 * reach + 1)
    width = np.sort(np.abs(distances), axis=1)[:, nearest - 1] + 1.0
    return np.clip(1 - (np.abs(distances) / width[:, None]) ** 3, 0, None) ** 3, distances
