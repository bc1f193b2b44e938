"""Filters over receipts, as pure functions that match the owner first."""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple, TypedDict

from bson import ObjectId

from app.core.conditions import Condition
from app.models.transactions import COUNTED, RECEIPT
from app.receipts.schemas import ReceiptQuery
from app.transactions.record_service import words

ORDER = [("date", -1), ("_id", -1)]
BY_DATE, BY_WORD = "receipts_by_date", "receipts_by_word"
DUPLICATE_DAYS = 3
MOST_WORDS = 8
NOTHING = Condition({"_id": {"$in": []}})


class Listing(NamedTuple):
    """What a list shows, in which order, and the indexes that serve a page of it and its count.

    They are named, as MongoDB judges by the first hundred that it finds, and remembers that for other words and days.
    """

    condition: Condition
    order: list[tuple[str, int]]
    page_index: str
    count_index: str


def matching(owner: ObjectId, query: ReceiptQuery, timezone: str, beginnings: list[str], *, common: bool) -> Listing:
    """All that the query names, of this owner, newest first.

    Args:
        beginnings: of the words that are searched, the rarest first, as MongoDB reads the index for that one alone.
        common: even that one is on very many receipts.

    Raises:
        Invalid: the range of dates starts after its end.
    """
    filters: dict[str, Any] = {**query.condition(timezone)}
    for name in ("category", "status"):
        if (value := getattr(query, name)) is not None:
            filters[name] = value
    condition = {"user_id": owner, "source": RECEIPT, **filters}
    if query.search is not None:
        first, *others = [_beginning(word) for word in beginnings] or [NOTHING]
        condition.update(first, **({"$and": others} if others else {}))
    rare = bool(beginnings) and not common
    counted = rare or (bool(beginnings) and not filters)
    return Listing(Condition(condition), ORDER, BY_WORD if rare else BY_DATE, BY_WORD if counted else BY_DATE)


def searched(query: ReceiptQuery) -> list[str]:
    """The beginnings of words that a query searches, each once, MOST_WORDS at most."""
    return sorted(dict.fromkeys(words(query.search or "")), key=len, reverse=True)[:MOST_WORDS]


def with_word(owner: ObjectId, beginning: str) -> Condition:
    """The filter of receipts with a word that begins like this."""
    return Condition({"user_id": owner, "source": RECEIPT, **_beginning(beginning)})


def _beginning(word: str) -> Condition:
    # The one question about the elements of an array that MongoDB answers, and counts, from its index alone. A word has
    # nothing but letters, digits and underscores, so this is no more than a range of the index.
    return Condition({"receipt.words": {"$regex": "^" + re.escape(word)}})


class Purchase(TypedDict):
    """What of a stored transaction tells whether another may be the same purchase."""

    _id: ObjectId
    local_date: str
    type: str
    currency: str
    amount: int


def duplicates(owner: ObjectId, one: Purchase) -> Condition:
    """The filter of transactions that count and may be the same purchase as this one."""
    day = date.fromisoformat(one["local_date"])
    first, last = day - timedelta(days=DUPLICATE_DAYS), day + timedelta(days=DUPLICATE_DAYS)
    return Condition(
        {
            "user_id": owner,
            "status": COUNTED["status"],
            "local_date": {"$gte": first.isoformat(), "$lte": last.isoformat()},
            "type": one["type"],
            "currency": one["currency"],
            "amount": one["amount"],
            "_id": {"$ne": one["_id"]},
        }
    )


def uploads(owner: ObjectId) -> Listing:
    """Receipts that have a file, the latest upload first."""
    condition = Condition({"user_id": owner, "receipt.file._id": {"$type": "objectId"}})
    return Listing(condition, [("created_at", -1), ("_id", -1)], "uploads", "file")
