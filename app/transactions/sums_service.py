"""Exact sums over transactions, each by one aggregation that reads nothing but the index `sums`.

Amounts are int64 minor units; days are the local ones that were fixed when written. Without unreadable transactions;
if there are any, the log says that they are missing in the sums.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from bson import ObjectId

from app.core.conditions import Pipeline
from app.models.transactions import SIGNS, Kind
from app.transactions import pipelines, repository

log = logging.getLogger(__name__)
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Completed money of one type, currency and category, in minor units."""

    type: str
    currency: str
    category: str
    total: int
    count: int

    @property
    def spend(self) -> int:
        """What it adds to spending: refunds lower it, income doesn't count."""
        return SIGNS[self.type] * self.total


@dataclass(frozen=True, kw_only=True)
class Sum(Part):
    """What is of one month ("YYYY-MM")."""

    month: str


@dataclass(frozen=True, kw_only=True)
class DaySum(Sum):
    """What is of one local day ("YYYY-MM-DD"), or of a month where days were not asked for."""

    day: str | None


@dataclass(frozen=True, kw_only=True)
class MerchantSum(Part):
    """What is of one merchant, or of none; merchants are not told apart before the period that was asked for."""

    current: bool
    merchant: str | None


P = TypeVar("P", bound=Part)


def sums(owner: ObjectId, first: date, last: date) -> list[Sum]:
    """The owner's sums by month between two local days, both inclusive."""
    pipeline = pipelines.spending(owner, first.isoformat(), last.isoformat(), pipelines.MONTH)
    return [Sum(**key) for key in _keyed(owner, pipeline)]


def by_day(owner: ObjectId, first: date, last: date, days: tuple[date, date]) -> list[DaySum]:
    """The owner's sums by month between two local days, and by day from the first to the last of `days`."""
    key = pipelines.days_of_month(days[0].isoformat(), days[1].isoformat())
    pipeline = pipelines.spending(owner, first.isoformat(), last.isoformat(), key)
    return [DaySum(**key) for key in _keyed(owner, pipeline)]


def by_merchant(owner: ObjectId, first: date, since: date, last: date) -> list[MerchantSum]:
    """The owner's sums from `first` to the day before `since`, and by merchant from `since` to `last`."""
    pipeline = pipelines.spending(owner, first.isoformat(), last.isoformat(), pipelines.merchants(since.isoformat()))
    return [MerchantSum(**{**key, "merchant": _text(key["merchant"])}) for key in _keyed(owner, pipeline)]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def spent_by(parts: Iterable[P], key: Callable[[P], str]) -> list[tuple[str, int, int]]:
    """What was spent by `key`, largest first: (key, expenses minus refunds in minor units, how many of them)."""
    found: dict[str, tuple[int, int]] = {}
    for part in parts:
        if part.type != Kind.INCOME:
            total, count = found.get(key(part), (0, 0))
            found[key(part)] = total + part.spend, count + part.count
    ranked = sorted(found.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return [(name, total, count) for name, (total, count) in ranked]


def _keyed(owner: ObjectId, pipeline: Pipeline) -> list[Document]:
    rows = repository.aggregate(owner, pipeline)
    if not _are_readable(rows):
        unreadable = repository.ids(owner, pipelines.unreadable(pipeline))
        log.error("sums of user %s leave out unreadable transactions: %s", owner, ", ".join(map(str, unreadable)))
        rows = repository.aggregate(owner, pipelines.readable(pipeline))
    return [{**row["_id"], "total": row["total"], "count": row["count"]} for row in rows]


def _are_readable(rows: list[Document]) -> bool:
    kinds = {kind for row in rows for kind in row["kinds"]}
    # As text: what is damaged may be a list, which no set could hold.
    found = {name: {str(row["_id"].get(name)) for row in rows} for name in pipelines.KNOWN}
    return kinds <= pipelines.WHOLE_NUMBERS and all(found[name] <= {*known} for name, known in pipelines.KNOWN.items())
