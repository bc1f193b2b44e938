"""A month, all of it: money in and out, categories, days, the largest expenses, budgets, and the month before."""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from app.analytics import periods
from app.analytics.periods import Period
from app.analytics.schemas import OneMonth
from app.analytics.shares import percent, percentages
from app.budgets import service as budgets
from app.core import clock
from app.core.money import to_number
from app.models.transactions import Kind
from app.models.users import User
from app.transactions import spending_service, sums_service
from app.transactions.spending_service import change_pct
from app.transactions.sums_service import DaySum, Part, spent_by

Document = dict[str, Any]
TOP_TRANSACTIONS = 10
SHOWN_OF_TRANSACTION = {"id", "date", "local_date", "amount", "category", "description", "merchant"}


def monthly_report(user: User, query: OneMonth) -> Document:
    """A month's figures, in the user's currency, against the month before."""
    year, month = query.resolve(user["timezone"])
    period = periods.month_of(date(year, month, 1))
    previous = periods.month_of(period.first, -1)
    dated = budgets.of_month(user["_id"], year, month)
    wide = periods.around([previous, period, *(Period(*bounds) for _, bounds in dated)])
    parts = sums_service.by_day(user["_id"], wide.first, wide.last, period)
    name, currency = clock.month_text(period.first), user["currency"]
    of_month = [part for part in parts if part.month == name]
    own = [part for part in of_month if part.currency == currency]
    figures = _figures(own)
    return {
        "month": name,
        "currency": currency,
        **_shown(figures, currency),
        "savings_rate_pct": percent(figures["net"], figures["income"]),
        "transaction_count": sum(part.count for part in own if part.type != Kind.INCOME),
        "by_category": _by_category(own, currency),
        "by_day": _by_day(own, period, currency),
        "top_transactions": _top(user, period),
        "budgets": budgets.beside(dated, parts),
        "comparison": _comparison(figures, parts, previous, currency),
        "unconverted": spending_service.unconverted(of_month, currency),
    }


def _figures(own: Sequence[Part]) -> dict[str, int]:
    income, expenses, refunds = (
        sum(part.total for part in own if part.type == kind) for kind in (Kind.INCOME, Kind.EXPENSE, Kind.REFUND)
    )
    spend = expenses - refunds
    return {"income": income, "expenses": expenses, "refunds": refunds, "spend": spend, "net": income - spend}


def _shown(figures: dict[str, int], currency: str) -> Document:
    return {name: to_number(minor, currency) for name, minor in figures.items()}


def _by_category(own: list[DaySum], currency: str) -> list[Document]:
    ranked = spent_by(own, attrgetter("category"))
    shares = percentages([total for _, total, _ in ranked])
    return [
        {"category": name, "total": to_number(total, currency), "count": count, "share_pct": share}
        for (name, total, count), share in zip(ranked, shares, strict=True)
    ]


def _by_day(own: list[DaySum], period: Period, currency: str) -> list[Document]:
    found = {day: (total, count) for day, total, count in spent_by(own, attrgetter("day"))}
    days = (period.first + number * periods.DAY for number in range(period.last.day))
    spent = ((day.isoformat(), *found.get(day.isoformat(), (0, 0))) for day in days)
    return [{"date": day, "total": to_number(total, currency), "count": count} for day, total, count in spent]


def _top(user: User, period: Period) -> list[Document]:
    largest = spending_service.largest(user, period.first, period.last, TOP_TRANSACTIONS)
    return [transaction.model_dump(include=SHOWN_OF_TRANSACTION, by_alias=True) for transaction in largest]


def _comparison(figures: dict[str, int], parts: list[DaySum], previous: Period, currency: str) -> Document:
    name = clock.month_text(previous.first)
    before = _figures([part for part in parts if (part.month, part.currency) == (name, currency)])
    return {
        "month": name,
        **_shown(before, currency),
        "income_change_pct": change_pct(figures["income"], before["income"]),
        "change_pct": change_pct(figures["spend"], before["spend"]),
    }
