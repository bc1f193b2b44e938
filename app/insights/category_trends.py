"""Where spending is going in each category, by the months that are over."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from app.core import clock, trend
from app.insights import rhythms
from app.models.transactions import SIGNS
from app.transactions.ledger_service import Line

FEWEST_MONTHS = 6
MOST_MONTHS = 24


class CategoryTrend(NamedTuple):
    """A category's slope in minor units for each month, and how sure it is that there is one: 0 to 1."""

    category: str
    direction: str
    slope: int
    confidence: float
    months: int


def find(lines: Sequence[Line], today: date) -> list[CategoryTrend]:
    """The trends of categories with spending, steepest first; none before six months are over.

    Args:
        lines: oldest first.
    """
    spent: Counter[tuple[str, date]] = Counter()
    for line in lines:
        if sign := SIGNS.get(line.type):
            spent[line.category, line.local_date] += sign * line.amount
    months = rhythms.whole_months([day for _, day in spent], today)[-MOST_MONTHS:]
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(months, 0))
    for (category, day), total in spent.items():
        if (month := clock.month_text(day)) in months:
            totals[category][month] += total
    found = [_trend(category, list(by_month.values())) for category, by_month in totals.items()]
    enough = [one for one in found if one.months >= FEWEST_MONTHS]
    return sorted(enough, key=lambda one: (-abs(one.slope), one.category))


def _trend(category: str, spent: list[int]) -> CategoryTrend:
    going = trend.of(spent)
    return CategoryTrend(category, going.direction, round(going.slope), round(confidence(spent), 2), len(spent))


def confidence(values: Sequence[int]) -> float:
    """How sure it is that values at equal steps rise or fall: 1 minus the p-value of Mann's and Kendall's test.

    Two-sided, corrected for ties and for continuity (H. B. Mann, Nonparametric Tests Against Trend, Econometrica 13,
    1945; M. G. Kendall, Rank Correlation Methods, 1975).
    """
    count = len(values)
    score = sum((later > sooner) - (later < sooner) for sooner, later in combinations(values, 2))
    ties = sum(number * (number - 1) * (2 * number + 5) for number in Counter(values).values())
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    if score == 0 or variance <= 0:
        return 0.0
    return 2 * NormalDist().cdf((abs(score) - 1) / sqrt(variance)) - 1
