"""Where a series is going: a slope that single odd values don't move, and whether that is more than noise."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

LEAST_SLOPE = Fraction(2, 100)  # of the average, for each step
LEAST_AGREEING = Fraction(3, 4)  # of all pairs


class Trend(NamedTuple):
    """up, down or flat; and the slope for each step."""

    direction: str
    slope: Fraction


def of(values: Sequence[int]) -> Trend:
    """The trend of values at equal steps.

    The slope is Theil's and Sen's: the median of the slopes between all pairs (P. K. Sen, Estimates of the Regression
    Coefficient Based on Kendall's Tau, JASA 63, 1968). It is a direction only if it is at least 2 % of the average
    value, and at least three quarters of the pairs differ its way (without ties, a Kendall's tau of a half); else, and
    with fewer than two values, the trend is flat.
    """
    pairs = [(later - sooner, to - at) for (at, sooner), (to, later) in combinations(enumerate(values), 2)]
    if not pairs:
        return Trend("flat", Fraction(0))
    slope = _median(pairs)
    agreeing = sum(rise * slope > 0 for rise, _ in pairs)
    is_steep = abs(slope) * len(values) >= LEAST_SLOPE * abs(sum(values))
    if not is_steep or agreeing < LEAST_AGREEING * len(pairs):
        return Trend("flat", slope)
    return Trend("up" if slope > 0 else "down", slope)


def _median(pairs: list[tuple[int, int]]) -> Fraction:
    """The median of quotients; put in order as floats, since thousands of fractions would take long."""
    ordered = sorted(pairs, key=lambda pair: pair[0] / pair[1])
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (Fraction(*low) + Fraction(*high)) / 2
