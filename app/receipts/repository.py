"""Queries on receipts, which are transactions; all take the owner first and filter by it."""

from typing import Any

from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument

from app.core import clock
from app.core.conditions import Condition
from app.core.freshness import changes, changing
from app.core.idempotency import insert_once
from app.extensions import mongo
from app.models.transactions import RECEIPT, Status

Document = dict[str, Any]
SETTLED = {"$ne": Status.PROCESSING.value}
DUPLICATE_FIELDS = {"merchant": 1, "amount": 1, "currency": 1, "local_date": 1}


def insert(owner: ObjectId, document: Document) -> Document:
    """Store a receipt of the owner; what an interrupted try stored is returned as it is.

    Raises:
        DuplicateKeyError: a receipt of this file is there.
    """
    owned = {**document, "user_id": owner}
    with changing(owner) as write:
        stored = insert_once(mongo.db.transactions, owned)
        write.added = 1 if stored is owned else None
    return stored


def get(owner: ObjectId, receipt_id: ObjectId) -> Document | None:
    """One receipt."""
    return mongo.db.transactions.find_one({"_id": receipt_id, "user_id": owner, "source": RECEIPT})


def of_file(owner: ObjectId, sha256: str) -> Document | None:
    """The receipt of the file with this hash, copies aside."""
    return mongo.db.transactions.find_one({"user_id": owner, "receipt.once": sha256})


def page(owner: ObjectId, condition: Condition, order: list[tuple[str, int]], skip: int, limit: int) -> list[Document]:
    """One page of those that match."""
    return list(mongo.db.transactions.find({**condition, "user_id": owner}).sort(order).skip(skip).limit(limit))


def count(owner: ObjectId, condition: Condition) -> int:
    """How many match."""
    return mongo.db.transactions.count_documents({**condition, "user_id": owner})


def duplicates(owner: ObjectId, condition: Condition, limit: int) -> list[Document]:
    """Transactions that may be the same purchase, newest first: {_id, merchant, amount, currency, local_date}."""
    found = mongo.db.transactions.find({**condition, "user_id": owner}, DUPLICATE_FIELDS)
    return list(found.sort([("local_date", DESCENDING), ("_id", DESCENDING)]).limit(limit))


@changes
def update(owner: ObjectId, receipt_id: ObjectId, revision: int, changed: Document) -> Document | None:
    """Apply changes to the revision they were made from; None when it has moved on."""
    return mongo.db.transactions.find_one_and_update(
        {"_id": receipt_id, "user_id": owner, "status": SETTLED, "revision": revision},
        {"$set": {**changed, "updated_at": clock.now()}, "$inc": {"revision": 1}},
        return_document=ReturnDocument.AFTER,
    )


def delete(owner: ObjectId, receipt_id: ObjectId) -> Document | None:
    """Delete a receipt, whatever its state, and return it."""
    with changing(owner) as write:
        deleted = mongo.db.transactions.find_one_and_delete({"_id": receipt_id, "user_id": owner, "source": RECEIPT})
        write.added = -1 if deleted else 0
    return deleted
