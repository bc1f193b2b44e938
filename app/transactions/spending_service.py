"""Sums over transactions: the month's summary, the history by day, and the spending that budgets compare with.

All sums are exact: int64 minor units, grouped by the local day that was fixed when written.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from app.core import clock
from app.core.errors import Invalid
from app.core.money import to_number
from app.core.pages import DateRange, MonthQuery
from app.core.records import readable
from app.models.transactions import SIGNS, Kind
from app.models.users import User
from app.transactions import pipelines, repository
from app.transactions.answers import TransactionOut
from app.transactions.sums_service import Part, Sum, spent_by, sums

Document = dict[str, Any]
HISTORY_DAYS = 90
LONGEST_HISTORY = timedelta(days=366)


def change_pct(current: int, previous: int) -> float | None:
    """By how many percent something changed, to two decimals; None on base 0."""
    if previous == 0:
        return None
    return float(round(Decimal(current - previous) * 100 / abs(previous), 2))


def summary(user: User, query: MonthQuery) -> Document:
    """A month in figures, in the user's currency, against the month before."""
    year, month = query.resolve(user["timezone"])
    first, last = clock.month_bounds(year, month)
    everything = sums(user["_id"], clock.months_after(first, -1), last)
    own = [part for part in everything if part.currency == user["currency"]]
    current = [part for part in own if part.month == clock.month_text(first)]
    previous = sum(part.spend for part in own if part.month != clock.month_text(first))
    others = [part for part in everything if part.month == clock.month_text(first)]
    return {
        **_totals(current, previous, user["currency"]),
        "by_category": by_category(current, user["currency"]),
        "month": month,
        "year": year,
        "currency": user["currency"],
        "unconverted": unconverted(others, user["currency"]),
    }


def _totals(own: list[Sum], previous: int, currency: str) -> Document:
    spend = sum(part.spend for part in own)
    income, refunds = (sum(part.total for part in own if part.type == kind) for kind in (Kind.INCOME, Kind.REFUND))
    shown = {
        "current_month_spend": spend,
        "income": income,
        "refunds": refunds,
        "net": income - spend,
        "previous_month_spend": previous,
    }
    return {
        **{name: to_number(minor, currency) for name, minor in shown.items()},
        "transaction_count": sum(part.count for part in own if part.type != Kind.INCOME),
        "change_pct": change_pct(spend, previous),
    }


def by_category(parts: Sequence[Part], currency: str) -> list[Document]:
    """Expenses minus refunds by category, largest first: {category, total, count}."""
    return [
        {"category": category, "total": to_number(total, currency), "count": count}
        for category, total, count in spent_by(parts, attrgetter("category"))
    ]


def unconverted(parts: Sequence[Part], currency: str) -> list[Document]:
    """What is in other currencies than the user's, and therefore in none of the sums."""
    others = sorted((part for part in parts if part.currency != currency), key=lambda part: part.currency)
    return [_unconverted(code, list(group)) for code, group in groupby(others, key=lambda part: part.currency)]


def _unconverted(currency: str, parts: list[Part]) -> Document:
    return {
        "currency": currency,
        "total": to_number(sum(part.spend for part in parts), currency),
        "income": to_number(sum(part.total for part in parts if part.type == Kind.INCOME), currency),
        "count": sum(part.count for part in parts),
    }


def largest(user: User, first: date, last: date, limit: int) -> list[TransactionOut]:
    """The user's largest expenses in their currency between two local days, both inclusive, largest first."""
    condition = pipelines.largest(user["_id"], first.isoformat(), last.isoformat(), user["currency"])
    documents = repository.largest(user["_id"], condition, limit)
    return [shown for _, shown in readable(documents, TransactionOut.model_validate)]


def history(user: User, query: DateRange) -> Iterator[Document]:
    """Transactions that count, by local day, newest first; without a range the latest 90 days.

    Raises:
        Invalid: more than 366 days, or the start lies after the end.
    """
    period = _bounded(query, user["timezone"])
    documents = repository.counted(user["_id"], period.condition(user["timezone"]))
    return _days(readable(documents, TransactionOut.model_validate), user["currency"])


def _bounded(query: DateRange, timezone: str) -> DateRange:
    start, end = query.start_date, query.end_date
    if start is None:
        end = end or clock.today(timezone)
        start = end - _span(end)
    elif end is None:
        end = start + _span(start)
    period = DateRange.model_construct(start_date=start, end_date=end)
    first, last = period.first_instant(timezone), period.last_instant(timezone)
    zone = clock.zone(timezone)  # on the local clock, where 366 days are as many in a year that sets it back
    if first and last and last.astimezone(zone) - first.astimezone(zone) > LONGEST_HISTORY:
        raise Invalid.field(("query", "end_date"), "must be at most 366 days after start_date")
    return period


def _span(edge: date) -> timedelta:
    """90 days from an instant; a day is itself the first of the 90."""
    return timedelta(days=HISTORY_DAYS if isinstance(edge, datetime) else HISTORY_DAYS - 1)


def _days(read: Iterable[tuple[Document, TransactionOut]], currency: str) -> Iterator[Document]:
    for day, group in groupby(read, key=lambda pair: pair[1].local_date):
        documents, transactions = zip(*group, strict=True)
        own = (document for document in documents if document["currency"] == currency)
        spend = sum(SIGNS[document["type"]] * document["amount"] for document in own)
        yield {
            "date": day,
            "total_spend": to_number(spend, currency),
            "transaction_count": len(transactions),
            "transactions": list(transactions),
        }
