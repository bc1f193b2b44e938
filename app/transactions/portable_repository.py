"""Queries of exports and of what is compared with them; every function takes the owner first and filters by it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

import pymongo
from bson import MaxKey, MinKey, ObjectId
from pymongo import ASCENDING

from app.core.conditions import Condition
from app.core.indexes import by_index
from app.extensions import mongo
from app.models.transactions import Status

Document = dict[str, Any]
INDEX, KEYS = "by_date", ("user_id", "date", "_id")
DOCUMENTS_AT_ONCE = 2_000
ALIKE_SECONDS = 10


class Shared(TypedDict):
    """What transactions have one of each of."""

    date: list[datetime]
    local_date: list[str]
    amount: list[int]
    description: list[str]


def alike(owner: ObjectId, shared: Shared, fields: Iterable[str], import_id: ObjectId | None) -> list[Document]:
    """The completed transactions that have all of these in common with some rows, but those of an import."""
    condition = Condition(
        {
            "local_date": {"$in": shared["local_date"]},
            "amount": {"$in": shared["amount"]},
            "date": {"$in": shared["date"]},
            "description": {"$in": shared["description"]},
            "status": Status.COMPLETED.value,
        }
    )
    if import_id:
        condition = Condition({**condition, "imported.import_id": {"$ne": import_id}})
    scoped = {**condition, "user_id": owner}
    # Of thousands that share an instant, all but a few are passed over within the index.
    with pymongo.timeout(ALIKE_SECONDS):
        return by_index("sums", lambda hint: list(mongo.db.transactions.find(scoped, list(fields), **hint)))


def following(
    owner: ObjectId, condition: Condition, fields: Iterable[str], last: tuple[Any, ObjectId] | None
) -> list[Document]:
    """The next DOCUMENTS_AT_ONCE of the completed transactions that match, oldest first.

    Args:
        last: (date, id) of the one that came before; None for the first ones.
    """
    scoped = {**condition, "status": Status.COMPLETED.value, "user_id": owner}
    span = condition.get("date", {})
    # Bounds of the index, which is ordered newest first: the oldest is at its end. So each batch begins where the last
    # one ended, also in the midst of a million of the same date.
    newest: Any = zip(KEYS, (owner, span.get("$lte", MaxKey()), MaxKey()), strict=True)
    oldest: Any = zip(KEYS, (owner, *(last or (span.get("$gte", MinKey()), MinKey()))), strict=True)
    found = mongo.db.transactions.find(scoped, list(fields)).hint(INDEX).min(list(newest)).max(list(oldest))
    return list(found.sort([("date", ASCENDING), ("_id", ASCENDING)]).limit(DOCUMENTS_AT_ONCE))
