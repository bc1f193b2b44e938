"""Queries on `transactions` for imports; every function takes the owner first and filters by it."""

from typing import Any

import pymongo
from bson import ObjectId
from pymongo.errors import BulkWriteError, PyMongoError

from app.core.conditions import Condition
from app.core.freshness import changing
from app.core.indexes import by_index
from app.extensions import mongo

Document = dict[str, Any]
SECONDS = 10  # a thousand rows at once take longer than other operations, where much else is going on
MOST_CANDIDATES = 5_000
DUPLICATE_KEY = 11000
CANDIDATE_SECONDS = 1  # for what can be done without
CANDIDATE_FIELDS = (*("amount", "currency", "date", "local_date", "type", "description", "merchant", "imported.key"),)


def insert_rows(owner: ObjectId, documents: list[Document]) -> dict[ObjectId, str]:
    """Store rows of a file; for each that was refused, the field of which the owner has the value already.

    That is `_id` (it was stored before by the same import), `imported.key` or `external_id`.
    """
    owned = [{**document, "user_id": owner} for document in documents]
    try:
        with changing(owner) as write, pymongo.timeout(SECONDS):
            mongo.db.transactions.insert_many(owned, ordered=False)
            write.added = len(owned)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or any(failure["code"] != DUPLICATE_KEY for failure in failures):
            raise
        return {documents[failure["index"]]["_id"]: list(failure["keyPattern"])[-1] for failure in failures}
    return {}


def keys(owner: ObjectId, wanted: list[str]) -> dict[str, ObjectId]:
    """Those of these keys of imported rows that are there, with the id of the transaction."""
    # The type is asked for because the index holds only documents with a key.
    condition = {"user_id": owner, "imported.key": {"$in": wanted, "$type": "string"}}
    with pymongo.timeout(SECONDS):
        found = mongo.db.transactions.find(condition, {"imported.key": 1})
        return {document["imported"]["key"]: document["_id"] for document in found}


def prints(owner: ObjectId, wanted: list[str]) -> set[str]:
    """Those of these prints of imported rows that are there beside a bank's id."""
    condition = {"user_id": owner, "imported.print": {"$in": wanted, "$type": "string"}}
    with pymongo.timeout(SECONDS):
        found = mongo.db.transactions.find(condition, {"imported.print": 1})
        return {document["imported"]["print"] for document in found}


def external_ids(owner: ObjectId, wanted: list[str]) -> dict[str, ObjectId]:
    """Those of these external ids that are taken, with the id of the transaction."""
    condition = {"user_id": owner, "external_id": {"$in": wanted, "$type": "string"}}
    with pymongo.timeout(SECONDS):
        found = mongo.db.transactions.find(condition, {"external_id": 1})
        return {document["external_id"]: document["_id"] for document in found}


def entered(owner: ObjectId, condition: Condition) -> list[Document]:
    """Transactions that came of no file and match, by their dates, at most MOST_CANDIDATES."""
    scoped = {**condition, "imported": None, "user_id": owner}
    with pymongo.timeout(SECONDS):
        return list(mongo.db.transactions.find(scoped, CANDIDATE_FIELDS).limit(MOST_CANDIDATES))


def imported(owner: ObjectId, condition: Condition) -> list[Document] | None:
    """Rows of files that match, at most MOST_CANDIDATES; None if that is slow.

    By their dates, as most files have few days in a slice, and no index has to be kept for this alone.
    """
    scoped = {**condition, "user_id": owner}
    try:
        with pymongo.timeout(CANDIDATE_SECONDS):
            return by_index(
                "by_date",
                lambda hint: list(mongo.db.transactions.find(scoped, CANDIDATE_FIELDS, **hint).limit(MOST_CANDIDATES)),
            )
    except PyMongoError as error:
        if not error.timeout:
            raise
        return None


def has_keys(owner: ObjectId, first: str, end: str) -> bool:
    """Whether an imported row has a key from the first on and before the end."""
    condition = {"user_id": owner, "imported.key": {"$gte": first, "$lt": end, "$type": "string"}}
    with pymongo.timeout(SECONDS):
        return mongo.db.transactions.find_one(condition, {"_id": 1}) is not None


def unedited(owner: ObjectId, first: ObjectId, last: ObjectId, limit: int) -> list[ObjectId]:
    """The first rows in this range of ids that nobody has changed."""
    condition = {"user_id": owner, "_id": {"$gte": first, "$lte": last}, "revision": 1}
    with pymongo.timeout(SECONDS):
        found = mongo.db.transactions.find(condition, {"_id": 1}).sort("_id", 1).limit(limit)
        return [document["_id"] for document in found]


def delete_unedited(owner: ObjectId, ids: list[ObjectId]) -> int:
    """Delete those of these rows that nobody has changed meanwhile; how many that were."""
    with changing(owner) as write, pymongo.timeout(SECONDS):
        condition = {"user_id": owner, "_id": {"$in": ids}, "revision": 1}
        deleted = mongo.db.transactions.delete_many(condition).deleted_count
        write.added = -deleted
    return deleted


def in_range(owner: ObjectId, first: ObjectId, last: ObjectId, limit: int) -> list[ObjectId]:
    """The first transactions in this range of ids."""
    condition = {"user_id": owner, "_id": {"$gte": first, "$lte": last}}
    with pymongo.timeout(SECONDS):
        found = mongo.db.transactions.find(condition, {"_id": 1}).sort("_id", 1).limit(limit)
        return [document["_id"] for document in found]


def count_in_range(owner: ObjectId, first: ObjectId, last: ObjectId) -> int:
    """How many transactions there are in this range of ids."""
    with pymongo.timeout(SECONDS):
        return mongo.db.transactions.count_documents({"user_id": owner, "_id": {"$gte": first, "$lte": last}})
