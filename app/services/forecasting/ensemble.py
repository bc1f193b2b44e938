"""The parts put together: each counts by how well it would have done, the interval by how well all of them would."""

from dataclasses import dataclass

import numpy as np

from app.services.forecasting import intervals, models
from app.services.forecasting.backtest import Origin, backtest, naive, naive_error
from app.services.forecasting.seasonality import Array, adjust

FARTHEST = 3.0  # no forecast leaves the span of what was by more than that many of its widths
TRUST = 0.5  # how much of a weight the backtest decides: it has few errors to tell by


@dataclass(frozen=True)
class Bands:
    """A forecast and its interval, each of shape (horizon,)."""

    predicted: Array
    lower: Array
    upper: Array


@dataclass(frozen=True)
class Part:
    """A model's weight, and its error in the backtest (MASE)."""

    weight: float
    error: float | None


def combine(values: Array, horizon: int, season: int, level: float) -> tuple[Bands, dict[str, Part], float | None]:
    """The ensemble's forecast, its parts by name, and the error (MASE) the naive forecast had in the same backtest."""
    origins = backtest(values, horizon, season)
    series = adjust(values, season)
    made = models.forecasts(series, horizon) or {"naive": naive(values, horizon, season)}
    errors = {name: _error(origins, name) for name in made}
    weights = _weights(errors)
    mean = sum((weights[name] * _plausible(forecast, values) for name, forecast in made.items()), np.zeros(horizon))
    lower, upper = (_plausible(bound, values) for bound in intervals.bounds(mean, series, origins, season, level))
    scale = naive_error(values, season)
    parts = {name: Part(weights[name], _scaled(errors[name], scale)) for name in made}
    return Bands(mean, lower, upper), parts, _scaled(_naive_error(origins, season), scale)


def _plausible(forecast: Array, values: Array) -> Array:
    """Near enough to what was; spending without a negative past has no negative future."""
    least, most = float(values.min()), float(values.max())
    room = FARTHEST * (most - least)
    return np.clip(forecast, max(least - room, 0.0) if least >= 0 else least - room, most + room)


def _error(origins: list[Origin], name: str) -> float | None:
    """A part's mean absolute error over all origins; None without any."""
    found = [np.abs(origin.forecasts[name] - origin.actual) for origin in origins if name in origin.forecasts]
    return float(np.concatenate(found).mean()) if found else None


def _naive_error(origins: list[Origin], season: int) -> float | None:
    found = [np.abs(naive(origin.known, len(origin.actual), season) - origin.actual) for origin in origins]
    return float(np.concatenate(found).mean()) if found else None


def _weights(errors: dict[str, float | None]) -> dict[str, float]:
    """Equal shares, drawn half-way to what the parts' inverse errors make of them."""
    worst = max((error for error in errors.values() if error is not None), default=1.0) or 1.0
    judged = {name: 1 / max(worst if error is None else error, worst / 1000) for name, error in errors.items()}
    total = sum(judged.values())
    return {name: TRUST * share / total + (1 - TRUST) / len(judged) for name, share in judged.items()}


def _scaled(error: float | None, scale: float) -> float | None:
    return error / scale if error is not None and scale > 0 else None
