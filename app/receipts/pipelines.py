"""Filters over receipts, as pure functions that match the owner first."""

from datetime import date, timedelta
from typing import Any, TypedDict

from bson import ObjectId

from app.core.conditions import Condition
from app.models.transactions import RECEIPT, Status
from app.receipts.schemas import ReceiptQuery
from app.transactions.record_service import words

ORDER = [("date", -1), ("_id", -1)]
NEWEST = [("created_at", -1), ("_id", -1)]
DUPLICATE_DAYS = 3
LAST = "\U0010ffff"  # sorts behind whatever a word goes on with
MOST_WORDS = 8
NOTHING = Condition({"_id": {"$in": []}})


def matching(owner: ObjectId, query: ReceiptQuery, timezone: str) -> Condition:
    """The filter of the list: all that the query names, of this owner.

    Raises:
        Invalid: the range of dates starts after its end.
    """
    condition: dict[str, Any] = {"user_id": owner, "source": RECEIPT, **query.condition(timezone)}
    for name in ("category", "status"):
        if (value := getattr(query, name)) is not None:
            condition[name] = value
    if query.search is not None:
        condition.update(_beginning(query.search))
    return Condition(condition)


def _beginning(search: str) -> dict[str, Any]:
    """Receipts with words that begin with each of these; nothing has no words."""
    distinct = sorted(dict.fromkeys(words(search)), key=len, reverse=True)[:MOST_WORDS]
    if not distinct:
        return NOTHING
    first, *others = ({"receipt.words": {"$elemMatch": {"$gte": word, "$lt": word + LAST}}} for word in distinct)
    return {**first, "$and": others} if others else first


class Purchase(TypedDict):
    """What of a stored transaction tells whether another may be the same purchase."""

    _id: ObjectId
    local_date: str
    type: str
    currency: str
    amount: int


def duplicates(owner: ObjectId, one: Purchase) -> Condition:
    """The filter of completed transactions that may be the same purchase as this one."""
    day = date.fromisoformat(one["local_date"])
    first, last = day - timedelta(days=DUPLICATE_DAYS), day + timedelta(days=DUPLICATE_DAYS)
    return Condition(
        {
            "user_id": owner,
            "status": Status.COMPLETED.value,
            "local_date": {"$gte": first.isoformat(), "$lte": last.isoformat()},
            "type": one["type"],
            "currency": one["currency"],
            "amount": one["amount"],
            "_id": {"$ne": one["_id"]},
        }
    )


def uploads(owner: ObjectId) -> Condition:
    """The filter of receipts that have a file."""
    return Condition({"user_id": owner, "receipt.file._id": {"$type": "objectId"}})
