"""Queries on `transactions`; every function but the sweeps takes the owner first and filters by it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import BulkWriteError, ExecutionTimeout, NetworkTimeout

from app.core import clock, leases
from app.core.conditions import Condition, Pipeline
from app.core.freshness import changes, changing
from app.core.idempotency import insert_once
from app.core.outage import PROMPTLY_SECONDS, mongodb_answers
from app.extensions import mongo
from app.models.transactions import COUNTED, RECEIPT, Status

Document = dict[str, Any]
SETTLED = {"$ne": Status.PROCESSING.value}
DUPLICATE_KEY = 11000
SUMS_SECONDS = 10
TEXTS_AT_ONCE = 2_000  # other threads get their turn between two batches
DOCUMENTS_AT_ONCE = 500
LINES_AT_ONCE = 5_000
LEDGER = dict.fromkeys(("local_date", "type", "amount", "category", "merchant", "description", "date"), 1)
# What no answer about transactions shows: of a receipt most of the document.
UNSHOWN = {"receipt.words": 0, "receipt.ocr_text": 0}


def insert(owner: ObjectId, document: Document) -> Document:
    """Store a transaction of the owner; what an interrupted try stored is returned as it is."""
    owned = {**document, "user_id": owner}
    with changing(owner) as write:
        stored = insert_once(mongo.db.transactions, owned)
        write.added = 1 if stored is owned else None
    return stored


def insert_many(owner: ObjectId, documents: list[Document]) -> dict[ObjectId, Document]:
    """Store many in one write; returns those that are stored, also by an interrupted try, by id.

    A unique index refused the others.
    """
    owned = {document["_id"]: {**document, "user_id": owner} for document in documents}
    try:
        with changing(owner) as write:
            mongo.db.transactions.insert_many(owned.values(), ordered=False)
            write.added = len(owned)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or any(failure["code"] != DUPLICATE_KEY for failure in failures):
            raise
        refused = [documents[failure["index"]]["_id"] for failure in failures]
        earlier = mongo.db.transactions.find({"_id": {"$in": refused}, "user_id": owner})
        for transaction_id in refused:
            del owned[transaction_id]
        owned.update((document["_id"], document) for document in earlier)
    return owned


def get(owner: ObjectId, transaction_id: ObjectId) -> Document | None:
    """One transaction."""
    return mongo.db.transactions.find_one({"_id": transaction_id, "user_id": owner})


def page(owner: ObjectId, condition: Condition, order: list[tuple[str, int]], skip: int, limit: int) -> list[Document]:
    """One page of those that match."""
    found = mongo.db.transactions.find({**condition, "user_id": owner}, UNSHOWN)
    return list(found.sort(order).skip(skip).limit(limit))


def several(owner: ObjectId, ids: list[ObjectId]) -> list[Document]:
    """Those of these transactions that are there, in the given order."""
    documents = mongo.db.transactions.find({"_id": {"$in": ids}, "user_id": owner}, UNSHOWN)
    found = {document["_id"]: document for document in documents}
    return [found[transaction_id] for transaction_id in ids if transaction_id in found]


def texts(owner: ObjectId) -> Iterator[tuple[ObjectId, str]]:
    """The id and the searched text of each of the owner's transactions, newest first."""
    fields = {"search_text": 1}
    order = [("date", DESCENDING), ("_id", DESCENDING)]
    for document in mongo.db.transactions.find({"user_id": owner}, fields, batch_size=TEXTS_AT_ONCE).sort(order):
        yield document["_id"], str(document.get("search_text", ""))


def count(owner: ObjectId, condition: Condition) -> int:
    """How many match."""
    return mongo.db.transactions.count_documents({**condition, "user_id": owner})


def counted(owner: ObjectId, condition: Condition) -> Iterator[Document]:
    """Transactions that count in a range, newest local day first, a batch at a time."""
    scoped = {**condition, **COUNTED, "user_id": owner}
    order = [("local_date", DESCENDING), ("date", DESCENDING), ("_id", DESCENDING)]
    return mongo.db.transactions.find(scoped, UNSHOWN, batch_size=DOCUMENTS_AT_ONCE).sort(order)


def ledger(owner: ObjectId, condition: Condition, limit: int) -> Iterator[Document]:
    """The few fields of transactions that statistics need, latest local day first, a batch at a time."""
    found = mongo.db.transactions.find({**condition, "user_id": owner}, LEDGER, batch_size=LINES_AT_ONCE)
    return found.sort("local_date", DESCENDING).limit(limit)


def largest(owner: ObjectId, condition: Condition, limit: int) -> list[Document]:
    """Those with the largest amounts, largest first; of equal ones that of the later day first."""
    found = mongo.db.transactions.find({**condition, "user_id": owner}, UNSHOWN)
    # By nothing that isn't in the index `sums`: so only these few are read.
    return list(found.sort([("amount", DESCENDING), ("local_date", DESCENDING)]).limit(limit))


def aggregate(owner: ObjectId, pipeline: Pipeline) -> list[Document]:
    """Run a pipeline; its first stage is matched to the owner here once more."""
    owned = [{"$match": {**pipeline[0]["$match"], "user_id": owner}}, *pipeline[1:]]
    try:
        return list(mongo.db.transactions.aggregate(owned))
    except (ExecutionTimeout, NetworkTimeout):
        if not mongodb_answers(PROMPTLY_SECONDS):
            raise
        # It is there, and has a million entries to add up.
        with pymongo.timeout(SUMS_SECONDS):
            return list(mongo.db.transactions.aggregate(owned))


def ids(owner: ObjectId, condition: Condition) -> list[ObjectId]:
    """The ids of those that match, 100 at most."""
    found = mongo.db.transactions.find({**condition, "user_id": owner}, {"_id": 1}).limit(100)
    return [document["_id"] for document in found]


@changes
def update(owner: ObjectId, transaction_id: ObjectId, revision: int, changed: Document) -> Document | None:
    """Apply changes to the revision they were made from; None when it has moved on."""
    return mongo.db.transactions.find_one_and_update(
        {"_id": transaction_id, "user_id": owner, "status": SETTLED, "revision": revision},
        {"$set": {**changed, "updated_at": clock.now()}, "$inc": {"revision": 1}},
        return_document=ReturnDocument.AFTER,
    )


def delete(owner: ObjectId, transaction_id: ObjectId) -> Document | None:
    """Delete a settled transaction, or a receipt in whatever state, and return it."""
    condition = {"_id": transaction_id, "user_id": owner, "$or": [{"status": SETTLED}, {"source": RECEIPT}]}
    with changing(owner) as write:
        deleted = mongo.db.transactions.find_one_and_delete(condition)
        write.added = -1 if deleted else 0
    return deleted


@changes
def restart(owner: ObjectId, transaction_id: ObjectId, lease_until: datetime) -> Document | None:
    """Set a failed AI transaction back to processing; None when it isn't one."""
    moment = clock.now()
    fresh = {
        "status": Status.PROCESSING.value,
        "failure": None,
        "requested_at": moment,
        "attempts": 0,
        "lease_until": lease_until,
        "updated_at": moment,
    }
    return mongo.db.transactions.find_one_and_update(
        {"_id": transaction_id, "user_id": owner, "status": Status.FAILED.value, "source": "ai"},
        {"$set": fresh, "$inc": {"revision": 1}},
        return_document=ReturnDocument.AFTER,
    )


def take_up(owner: ObjectId, transaction_id: ObjectId, lease_until: datetime) -> Document | None:
    """A worker begins reading: extend the lease, count the attempt; None when it is settled."""
    return mongo.db.transactions.find_one_and_update(
        {"_id": transaction_id, "user_id": owner, "status": Status.PROCESSING.value},
        {"$set": {"lease_until": lease_until}, "$inc": {"attempts": 1}},
        return_document=ReturnDocument.AFTER,
    )


@changes
def settle(owner: ObjectId, transaction_id: ObjectId, requested_at: datetime, outcome: Document) -> bool:
    """Finish a processing transaction; settling it again, or after a retry began, changes nothing."""
    result = mongo.db.transactions.update_one(
        {
            "_id": transaction_id,
            "user_id": owner,
            "status": Status.PROCESSING.value,
            "requested_at": requested_at,
        },
        {"$set": {**outcome, "updated_at": clock.now()}, "$unset": {"lease_until": ""}, "$inc": {"revision": 1}},
    )
    return result.modified_count == 1


def decisions(owner: ObjectId, limit: int) -> list[Document]:
    """The latest transactions whose category a person chose: {description, text, merchant, category}."""
    fields = {"description": 1, "text": 1, "merchant": 1, "category": 1}
    found = mongo.db.transactions.find({"user_id": owner, "decided": True}, fields)
    return list(found.sort("updated_at", DESCENDING).limit(limit))


def sweep_abandoned(lease: timedelta) -> Document | None:
    """Take over one sentence of anybody that is processing and whose lease ran out: {_id, user_id}.

    Its deadline starts anew.
    """
    moment = clock.now()
    held = Condition({"status": Status.PROCESSING.value, "source": "ai"})
    renewed = {"$set": {"lease_until": moment + lease, "requested_at": moment}}
    return leases.sweep(mongo.db.transactions, held, lease, renewed)


def release(owner: ObjectId, transaction_id: ObjectId) -> None:
    """The task could not be published: let the next sweep hand it out."""
    mongo.db.transactions.update_one(
        {"_id": transaction_id, "user_id": owner, "status": Status.PROCESSING.value},
        {"$set": {"lease_until": clock.now()}},
    )
