"""Queries on receipts, which are transactions; all take the owner first and filter by it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, ReturnDocument

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


def sweep_unindexed(again: timedelta, latest: timedelta) -> Document | None:
    """One completed receipt of anybody that the retrieval service does not have as it now is; due again after `again`.

    None is put off for longer than `latest`: one that is was so before the clock was set back.
    """
    moment = clock.now()
    waiting: Document = {
        "receipt.rag_indexed": False,
        "source": RECEIPT,
        "status": Status.COMPLETED.value,
        "receipt.rag_due": {"$not": {"$gt": moment, "$lt": moment + latest}},
    }
    found = mongo.db.transactions.find_one(waiting, {"user_id": 1}, sort=[("receipt.rag_due", ASCENDING)])
    # With its owner: a sharded cluster changes a document only where it knows the shard.
    return found and mongo.db.transactions.find_one_and_update(
        {**waiting, **found}, {"$set": {"receipt.rag_due": moment + again}}, return_document=ReturnDocument.AFTER
    )


def put_off(owner: ObjectId, receipt_id: ObjectId, until: datetime) -> None:
    """The retrieval service is not asked to take the receipt before then."""
    mongo.db.transactions.update_one({"_id": receipt_id, "user_id": owner}, {"$set": {"receipt.rag_due": until}})


@changes
def indexed(owner: ObjectId, receipt_id: ObjectId, revision: int) -> None:
    """The retrieval service has this revision of the receipt; nothing if it has moved on."""
    mongo.db.transactions.update_one(
        {"_id": receipt_id, "user_id": owner, "revision": revision},
        {"$set": {"receipt.rag_indexed": True}, "$unset": {"receipt.rag_due": ""}},
    )


def among(owner: ObjectId, ids: Collection[ObjectId]) -> set[ObjectId]:
    """Those of these ids that are receipts of the owner."""
    found = mongo.db.transactions.find({"_id": {"$in": list(ids)}, "user_id": owner, "source": RECEIPT}, {"_id": 1})
    return {document["_id"] for document in found}


def note_handed_over(owner: ObjectId, receipt_id: ObjectId) -> None:
    """The retrieval service is about to be given the receipt."""
    mongo.db.handed_over.update_one(
        {"_id": receipt_id, "user_id": owner}, {"$set": {"posted_at": clock.now()}}, upsert=True
    )


def forget_handed_over(owner: ObjectId, receipt_id: ObjectId) -> None:
    """The retrieval service has forgotten the receipt."""
    mongo.db.handed_over.delete_one({"_id": receipt_id, "user_id": owner})


def sweep_handed_over(after: ObjectId, before: datetime) -> tuple[ObjectId, set[ObjectId]] | None:
    """The next owner after this one and what the retrieval service was given of them before that time."""
    found = mongo.db.handed_over.find_one({"user_id": {"$gt": after}}, {"user_id": 1}, sort=[("user_id", ASCENDING)])
    if found is None:
        return None
    owner = found["user_id"]
    given = mongo.db.handed_over.find({"user_id": owner, "posted_at": {"$lt": before}}, {"_id": 1})
    return owner, {document["_id"] for document in given}
