"""What is usual among amounts, measured so that the unusual ones among them don't count: medians on a log scale.

The modified z-score and its bound of 3.5: B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, ASQC 1993. Why
medians: C. Leys et al., Detecting outliers, Journal of Experimental Social Psychology 49 (2013) 764-766.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import exp, log, sqrt
from statistics import NormalDist, median
from typing import NamedTuple

NORMAL = 1.4826  # a normal distribution's standard deviation, as a multiple of its median absolute deviation
EXACT = 100  # how many amounts it takes that one less makes no difference to their median
MEDIAN_VARIANCE = 1.57  # pi / 2: how much less a median says about the middle than a mean
ABOUT = log(1.25)
ONE_PRICE = log(1.02)
SHARE_IN_TAIL, FEWEST_IN_TAIL = 0.1, 5
STANDARD = NormalDist()
LEAST_CHANCE = 1e-12  # what lies beyond is no more telling
WEIGHT = 12  # amounts that what is typical elsewhere counts as


class Usual(NamedTuple):
    """What the others of a group are like, as natural logarithms; spread is a standard deviation."""

    others: int
    middle: float
    spread: float


class Amounts:
    """The amounts of a group; functions take one of them and compare it with all others."""

    def __init__(self, amounts: Iterable[int]) -> None:
        self._ordered = sorted(log(amount) for amount in amounts)
        self._sums = [0.0, *accumulate(self._ordered)]
        self.all = _usual(self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def usual(self, amount: int) -> Usual:
        """The others' middle and spread."""
        if len(self) > EXACT:
            return self.all._replace(others=len(self) - 1)
        place = bisect_left(self._ordered, log(amount))
        return _usual(self._ordered[:place] + self._ordered[place + 1 :])

    def distance(self, amount: int, typical: float) -> float:
        """The modified z-score of an amount; `typical` is the spread elsewhere, towards which that of few is drawn."""
        usual = self.usual(amount)
        pooled = (usual.others * usual.spread**2 + WEIGHT * typical**2) / (usual.others + WEIGHT)
        return (log(amount) - usual.middle) / sqrt(pooled * (1 + MEDIAN_VARIANCE / usual.others))

    def rarity(self, amount: int, typical: float) -> float:
        """The chance of an amount as the z-score that has this chance in a normal distribution."""
        return -STANDARD.inv_cdf(min(0.5, max(LEAST_CHANCE, self.chance(amount, typical))))

    def dearest_below(self, amount: int) -> float | None:
        """The dearest of those that are clearly less, as a logarithm; None if there are none."""
        place = bisect_left(self._ordered, log(amount) - ABOUT)
        return self._ordered[place - 1] if place else None

    def chance(self, amount: int, typical: float) -> float:
        """The chance that one more is so dear, if the dear ones below it are the tail of a Pareto distribution.

        Its index is Hill's estimator (The Annals of Statistics 3 (1975) 1163-1174), which few draw towards `typical`.
        """
        value = log(amount)
        below = bisect_left(self._ordered, value - ABOUT)
        if below < 2:
            return 1.0
        top = min(max(FEWEST_IN_TAIL, int(below * SHARE_IN_TAIL)), below - 1)
        excess = (self._sums[below] - self._sums[below - top]) / top - self._ordered[below - top - 1]
        index = (top * excess + WEIGHT * typical) / (top + WEIGHT)
        return (len(self) - below) / len(self) * exp((self._ordered[below - 1] - value) / index)

    def same(self, amount: int) -> int:
        """How many others are the same price."""
        value = log(amount)
        return bisect_right(self._ordered, value + ONE_PRICE) - bisect_left(self._ordered, value - ONE_PRICE) - 1


def _usual(ordered: Sequence[float]) -> Usual:
    if not ordered:
        return Usual(0, 0.0, 0.0)
    middle = median(ordered)
    return Usual(len(ordered), middle, NORMAL * median(abs(value - middle) for value in ordered))
