"""Months, categories, years and budgets in figures, in the user's currency, on the user's days.

Everything is added up by the database in minor units; refunds lower spending, and what is in other currencies is in no
figure but listed under `unconverted`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import Any

from app.analytics import periods
from app.analytics.periods import Period
from app.analytics.schemas import OneMonth, PeriodQuery, TrendsQuery, YearQuery
from app.analytics.shares import mean, percent, percentages
from app.budgets import service as budgets
from app.budgets.service import BudgetOut
from app.core import clock, trend
from app.core.money import to_minor, to_number
from app.models.users import User
from app.transactions import spending_service, sums_service
from app.transactions.spending_service import change_pct
from app.transactions.sums_service import MerchantSum, Part, Sum, spent_by

Document = dict[str, Any]
TOP_MERCHANTS = 5


def spending_trends(user: User, query: TrendsQuery) -> Document:
    """The latest months' spending, the current one last, with where it is going.

    The first month is compared with the one before it, which is not listed.
    """
    shown = periods.latest_months(clock.today(user["timezone"]), query.months + 1)
    parts = sums_service.sums(user["_id"], shown[0].first, shown[-1].last)
    spent = _by_month(parts, user["currency"])
    months = [clock.month_text(period.first) for period in shown]
    listed = [spent.get(month, (0, 0)) for month in months[1:]]
    going = trend.of(_over(listed))
    currency = user["currency"]
    return {
        "currency": currency,
        "months": [_month(pair, spent, currency) for pair in pairwise(months)],
        "average": to_number(mean(sum(total for total, _ in listed), len(listed)), currency),
        "trend": {"direction": going.direction, "slope_per_month": to_number(round(going.slope), currency)},
        "unconverted": spending_service.unconverted([part for part in parts if part.month != months[0]], currency),
    }


def _by_month(parts: Sequence[Sum], currency: str) -> dict[str, tuple[int, int]]:
    own = (part for part in parts if part.currency == currency)
    return {month: (total, count) for month, total, count in spent_by(own, attrgetter("month"))}


def _over(listed: list[tuple[int, int]]) -> list[int]:
    """The totals of months that are over, from the first on that has any: before, nothing was recorded yet."""
    begun = next((place for place, (_, count) in enumerate(listed) if count), len(listed))
    return [total for total, _ in listed[begun:-1]]


def _month(pair: tuple[str, str], spent: dict[str, tuple[int, int]], currency: str) -> Document:
    (previous, _), (total, count) = (spent.get(month, (0, 0)) for month in pair)
    return {
        "month": pair[1],
        "total": to_number(total, currency),
        "count": count,
        "average": to_number(mean(total, count), currency),
        "change_pct": change_pct(total, previous),
    }


def category_insights(user: User, query: PeriodQuery) -> Document:
    """A period's spending by category, against the period before, with the merchants where most was spent."""
    period = periods.asked(query, user["timezone"])
    previous = periods.before(period)
    parts = sums_service.by_merchant(user["_id"], previous.first, period.first, period.last)
    currency = user["currency"]
    own = [part for part in parts if part.currency == currency]
    total, earlier = (sum(part.spend for part in own if part.current is current) for current in (True, False))
    return {
        "start_date": period.first.isoformat(),
        "end_date": period.last.isoformat(),
        "previous_start_date": previous.first.isoformat(),
        "previous_end_date": previous.last.isoformat(),
        "currency": currency,
        "total": to_number(total, currency),
        "previous_total": to_number(earlier, currency),
        "change_pct": change_pct(total, earlier),
        "categories": _categories(own, currency),
        "unconverted": spending_service.unconverted([part for part in parts if part.current], currency),
    }


def _categories(own: list[MerchantSum], currency: str) -> list[Document]:
    current = [part for part in own if part.current]
    before = {name: total for name, total, _ in spent_by((part for part in own if not part.current), _category)}
    ranked = spent_by(current, _category)
    shares = percentages([total for _, total, _ in ranked])
    named: dict[str, list[MerchantSum]] = {name: [] for name, _, _ in ranked}
    for part in current:
        if part.merchant is not None and part.category in named:
            named[part.category].append(part)
    return [
        {
            "category": name,
            "total": to_number(total, currency),
            "count": count,
            "share_pct": share,
            "average": to_number(mean(total, count), currency),
            "previous_total": to_number(before.get(name, 0), currency),
            "change_pct": change_pct(total, before.get(name, 0)),
            "top_merchants": _merchants(named[name], currency),
        }
        for (name, total, count), share in zip(ranked, shares, strict=True)
    ]


def _merchants(parts: Iterable[MerchantSum], currency: str) -> list[Document]:
    return [
        {"merchant": name, "total": to_number(total, currency), "count": count}
        for name, total, count in spent_by(parts, attrgetter("merchant"))[:TOP_MERCHANTS]
    ]


def year_over_year(user: User, query: YearQuery) -> Document:
    """A year's months beside those of the year before."""
    today = clock.today(user["timezone"])
    year, currency = query.year or today.year, user["currency"]
    parts = sums_service.sums(user["_id"], date(year - 1, 1, 1), date(year, 12, 31))
    spent = _by_month(parts, currency)
    pairs = [tuple(spent.get(f"{of}-{month:02d}", (0, 0))[0] for of in (year, year - 1)) for month in range(1, 13)]
    current, previous = (sum(of_year) for of_year in zip(*pairs, strict=True))
    return {
        "year": year,
        "previous_year": year - 1,
        "currency": currency,
        "months": [
            {
                "month": month,
                "current": to_number(now, currency),
                "previous": to_number(then, currency),
                "change_pct": change_pct(now, then) if date(year, month, 1) <= today else None,
            }
            for month, (now, then) in enumerate(pairs, start=1)
        ],
        "total_current": to_number(current, currency),
        "total_previous": to_number(previous, currency),
        "change_pct": change_pct(current, previous),
        "unconverted": spending_service.unconverted(parts, currency),
    }


def budget_vs_actual(user: User, query: OneMonth) -> Document:
    """The budgets that cover a month beside what was spent in their periods, and what was spent without one."""
    year, month = query.resolve(user["timezone"])
    period, dated = periods.month_of(date(year, month, 1)), budgets.of_month(user["_id"], year, month)
    wide = periods.around([period, *(Period(*bounds) for _, bounds in dated)])
    parts = sums_service.sums(user["_id"], wide.first, wide.last)
    name, currency = clock.month_text(period.first), user["currency"]
    of_month = [part for part in parts if part.month == name]
    listed = budgets.beside(dated, parts)
    budgeted = {budget.category for budget in listed if budget.currency == currency}
    own = [part for part in of_month if part.currency == currency]
    free = [(category, total) for category, total, _ in spent_by(own, _category) if category not in budgeted]
    return {
        "month": name,
        "currency": currency,
        "budgets": list(map(_budget, listed)),
        "unbudgeted": [{"category": category, "actual": to_number(total, currency)} for category, total in free],
        "totals": {
            **_totals([budget for budget in listed if budget.currency == currency], currency),
            "unbudgeted": to_number(sum(total for _, total in free), currency),
            "spend": to_number(sum(part.spend for part in own), currency),
        },
        "unconverted": spending_service.unconverted(of_month, currency),
    }


def _budget(budget: BudgetOut) -> Document:
    shown = budget.model_dump(include={"category", "period", "currency", "remaining", "used_pct", "status"})
    return {**shown, "_id": budget.id, "budget": budget.limit, "actual": budget.current_spend}


def _totals(listed: list[BudgetOut], currency: str) -> Document:
    monthly = [budget for budget in listed if budget.period == "monthly"]
    limit, spent = (
        sum(to_minor(Decimal(str(getattr(budget, name))), currency) for budget in monthly)
        for name in ("limit", "current_spend")
    )
    return {
        "budget": to_number(limit, currency),
        "actual": to_number(spent, currency),
        "remaining": to_number(limit - spent, currency),
        "used_pct": percent(spent, limit),
    }


def _category(part: Part) -> str:
    return part.category
