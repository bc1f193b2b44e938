"""Scales: from numbers to places on a chart, with round numbers beside the axis."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

STEPS = (1, 2, 5, 10)  # so that one decimal is enough beside the axis
INTERVALS = 4


class Scale(NamedTuple):
    """Values from `low` to `high`, both round, on a line from `start` to `end`."""

    low: Decimal
    high: Decimal
    step: Decimal
    start: float
    end: float

    def at(self, value: float | Decimal) -> float:
        """The place of a value."""
        share = (Decimal(repr(value) if isinstance(value, float) else value) - self.low) / (self.high - self.low)
        return self.start + float(share) * (self.end - self.start)

    def ticks(self) -> list[Decimal]:
        """The round values from low to high."""
        return [self.low + self.step * number for number in range(int((self.high - self.low) / self.step) + 1)]


def exact(values: list[float], start: float, end: float) -> Scale:
    """A scale just as long as its values, zero among them."""
    low, high = _bounds(values)
    return Scale(low, high, high - low, start, end)


def scale(values: list[float], start: float, end: float) -> Scale:
    """A scale with zero and all values on it, and two to five steps of 1, 2 or 5 times a power of ten."""
    low, high = _bounds(values)
    rough = (high - low) / INTERVALS
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(factor * power for factor in STEPS if factor * power >= rough)
    below = (low / step).to_integral_value(ROUND_FLOOR)
    above = (high / step).to_integral_value(ROUND_CEILING)
    return Scale(below * step, above * step, step, start, end)


def _bounds(values: list[float]) -> tuple[Decimal, Decimal]:
    numbers = [Decimal(0), *(Decimal(repr(value)) for value in values)]
    return min(numbers), max(numbers) if max(numbers) > min(numbers) else min(numbers) + 1
