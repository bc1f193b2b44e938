"""What to budget for each category in the month to come: from what was spent, within what is earned.

A limit is what three of four recent months stay within (the upper quartile: Hyndman & Fan 1996, type 7), so that one
dear month doesn't set it. What was dearer in the same month of earlier years is added by half for one year's evidence,
by two thirds for two (shrinkage). Of what is bought now and then, a month's share is put by.
"""

from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import fmean, median, quantiles

from app.core.amounts import brief
from app.core.money import to_decimal

RECENT, YEAR = 6, 12  # months
FREQUENT = 0.5  # share of a year's months with spending from which a category is a monthly one
SEASON_BOUNDS = (0.8, 1.5)
SEASON_NAMED = 0.03
GIVES_FIRST = frozenset({"Food & Dining", "Shopping", "Entertainment", "Travel", "Other"})
MOST_GIVEN = 0.5  # of what is not needed to live, before the rest is cut, too
DIGITS = {ROUND_CEILING: 2, ROUND_FLOOR: 3}  # of a limit that say something; where money is short, it counts more


@dataclass(frozen=True, slots=True)
class History:
    """A category's spending in minor units by complete month, oldest first; and the last month's number."""

    spent: tuple[int, ...]
    last_month: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A limit for a category in minor units, and in words how it came about."""

    category: str
    suggested_limit: int
    average_spend: int
    rationale: str


def recommend(
    histories: Mapping[str, History], available: int | None, savings_goal_pct: Decimal, currency: str
) -> list[Recommendation]:
    """Limits that add up to no more than what is available, largest first.

    Args:
        histories: by category; all end with the month before the one that is planned.
        available: the income without what is to be saved, in minor units; None where no income is known.
        savings_goal_pct: for the words alone.
    """
    plans = [plan for category, history in histories.items() if (plan := _plan(category, history, currency))]
    wanted = sum(plan.limit for plan in plans)
    if available is not None and wanted > available:
        plans = _within(plans, available, savings_goal_pct, currency)
    shown = [Recommendation(plan.category, plan.limit, plan.average, " ".join(plan.reasons)) for plan in plans]
    return sorted(shown, key=lambda made: (-made.suggested_limit, made.category))


@dataclass(frozen=True, slots=True)
class _Plan:
    category: str
    limit: int
    average: int
    reasons: tuple[str, ...]


def _plan(category: str, history: History, currency: str) -> _Plan | None:
    year = history.spent[-YEAR:]
    average = round(fmean(year))
    if average <= 0:
        return None
    spending = sum(amount > 0 for amount in year)
    if spending < FREQUENT * len(year):
        return _now_and_then(category, year, currency)
    recent = history.spent[-RECENT:]
    level = _upper_quartile(recent)
    reasons = [_levels(recent, level, currency)]
    factor, years = _season(history)
    if abs(factor - 1) >= SEASON_NAMED:
        reasons.append(_season_named(history, factor, years))
        level = round(level * factor)
    return _Plan(category, _round(max(level, 0), ROUND_CEILING), average, tuple(reasons))


def _now_and_then(category: str, year: Sequence[int], currency: str) -> _Plan:
    average = round(fmean(year))
    spending, total = sum(amount > 0 for amount in year), _text(sum(year), currency)
    reason = (
        f"You spent {total} here in {spending} of the last {len(year)} months: "
        f"{_text(average, currency)} a month puts that by."
    )
    return _Plan(category, _round(average, ROUND_CEILING), average, (reason,))


def _upper_quartile(amounts: Sequence[int]) -> int:
    if len(amounts) == 1:
        return amounts[0]
    return round(quantiles(amounts, n=4, method="inclusive")[2])


def _levels(recent: Sequence[int], level: int, currency: str) -> str:
    if len(recent) == 1:
        return f"You spent {_text(recent[0], currency)} in the one month there is."
    usual = _text(round(median(recent)), currency)
    return (
        f"In the last {len(recent)} months you spent {_text(min(recent), currency)} to {_text(max(recent), currency)}, "
        f"usually about {usual}; three of four months stay within {_text(level, currency)}."
    )


def _season(history: History) -> tuple[float, int]:
    """By how much the month to come usually differs from the year before it, and how many years say so."""
    spent = history.spent
    if len(spent) <= YEAR:
        return 1.0, 0
    ratios = []
    for index in range(len(spent) - YEAR, -1, -YEAR):
        around = median(spent[max(index - YEAR // 2, 0) : index + YEAR // 2 + 1])
        if around > 0:
            ratios.append(max(spent[index], 0) / around)
    if not ratios:
        return 1.0, 0
    weight = len(ratios) / (len(ratios) + 1)
    return 1 + weight * (min(max(median(ratios), SEASON_BOUNDS[0]), SEASON_BOUNDS[1]) - 1), len(ratios)


def _season_named(history: History, factor: float, years: int) -> str:
    month = month_name[history.last_month % 12 + 1]
    since = "last year" if years == 1 else f"in the last {years} years"
    change = f"{abs(factor - 1) * 100:.0f} %"
    return (
        f"{month} was dearer {since}, so {change} is added."
        if factor > 1
        else f"{month} was cheaper {since}, so {change} is taken off."
    )


def _within(plans: list[_Plan], available: int, goal: Decimal, currency: str) -> list[_Plan]:
    """Cut to what is available: first what is not needed to live, by up to a half, then all alike."""
    wanted = sum(plan.limit for plan in plans)
    giving = sum(plan.limit for plan in plans if plan.category in GIVES_FIRST)
    given = min(wanted - available, int(giving * MOST_GIVEN))
    left = wanted - given
    shares = {True: 1 - Decimal(given) / giving if giving else Decimal(1), False: Decimal(1)}
    further = min(Decimal(max(available, 0)) / left, Decimal(1)) if left else Decimal(1)
    return [_cut(plan, shares[plan.category in GIVES_FIRST] * further, goal, currency) for plan in plans]


def _cut(plan: _Plan, share: Decimal, goal: Decimal, currency: str) -> _Plan:
    limit = _round(int(plan.limit * share), ROUND_FLOOR)
    if limit == plan.limit:
        return plan
    off = f"{Decimal(plan.limit - limit) * 100 / plan.limit:.0f} %"
    kept = f"{goal.normalize():f} % of your income"
    reason = f"{_text(plan.limit, currency)} is cut by {off}, so that all limits together leave {kept}."
    return _Plan(plan.category, limit, plan.average, (*plan.reasons, reason))


def _round(minor: int, rounding: str) -> int:
    """To few digits, in whole minor units."""
    number = Decimal(minor)
    unit = Decimal(1).scaleb(max(number.adjusted() - DIGITS[rounding] + 1, 0))
    return int((number / unit).to_integral_value(rounding) * unit)


def _text(minor: int, currency: str) -> str:
    return brief(to_decimal(minor, currency), currency)
