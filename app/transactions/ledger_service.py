"""The transactions that count, one by one and lean: what statistics over single payments are computed from."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from bson import ObjectId

from app.core.records import readable
from app.core.types import CATEGORIES
from app.models.transactions import Kind
from app.transactions import pipelines, repository

MOST_LINES = 100_000
KINDS = {str(kind): str(kind) for kind in Kind}
NAMES = {name: name for name in CATEGORIES}
Document = dict[str, Any]


class Line(NamedTuple):
    """A transaction that counts; `amount` above 0, in minor units of the currency that was asked for.

    `type` is the text of a Kind; `moment` is when it was, in UTC: local noon where only the day is known.
    """

    id: ObjectId
    local_date: date
    type: str
    amount: int
    category: str
    merchant: str | None
    description: str
    moment: datetime


def entries(owner: ObjectId, first_day: date, last_day: date, currency: str) -> list[Line]:
    """The owner's transactions in one currency between two local days, both inclusive, oldest first.

    The latest 100,000 if there are more. Without unreadable ones, which the log names.
    """
    condition = pipelines.dated(owner, first_day.isoformat(), last_day.isoformat(), currency)
    documents = repository.ledger(owner, condition, MOST_LINES)
    lines = [line for _, line in readable(documents, _reader())]
    lines.sort(key=lambda line: (line.local_date, line.moment, line.id))
    return lines


def _reader() -> Callable[[Document], Line]:
    """Reads documents into lines that share the texts and days they have in common: most of them, in a long ledger."""
    texts: dict[str, str] = {}
    day = cache(date.fromisoformat)

    def shared(text: str) -> str:
        return texts.setdefault(text, _of(str, text))

    def read(document: Document) -> Line:
        merchant = document["merchant"]
        return Line(
            document["_id"],
            day(document["local_date"]),
            _one_of(KINDS, document["type"]),
            _of(int, document["amount"]),
            _one_of(NAMES, document["category"]),
            None if merchant is None else shared(merchant),
            shared(document["description"]),
            _of(datetime, document["date"]),
        )

    return read


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"is no {kind.__name__}")
    return value


def _one_of(known: dict[str, str], value: Any) -> str:
    if value not in known:
        raise ValueError("is none of the known")  # a KeyError would have what is stored in the log
    return known[value]
