"""Queries on receipts, which are transactions; all but the sweep take the owner first and filter by it."""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument

from app.core import clock, leases
from app.core.conditions import Condition
from app.core.freshness import changes, changing
from app.core.idempotency import insert_once
from app.core.indexes import by_index
from app.core.leases import outlived
from app.extensions import mongo
from app.models.transactions import RECEIPT, Status

Document = dict[str, Any]
PROCESSING, SETTLED = Status.PROCESSING.value, {"$ne": Status.PROCESSING.value}
LONGEST_LEASE, WORDS = timedelta(hours=12), {"receipt.words": 0}
HAS_FILE = {"receipt.file._id": {"$type": "objectId"}}
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
    # The type is asked for because the index holds only documents with it; so, too, below.
    return mongo.db.transactions.find_one({"user_id": owner, "receipt.once": {"$eq": sha256, "$type": "string"}})


def page(
    owner: ObjectId, condition: Condition, index: str, order: list[tuple[str, int]], skip: int, limit: int
) -> list[Document]:
    """One page of those that match, found by this index, without the words they are found by."""
    asked = {**condition, "user_id": owner}
    return by_index(index, lambda hint: list(mongo.db.transactions.find(asked, WORDS, skip, limit, sort=order, **hint)))


def count(owner: ObjectId, condition: Condition, index: str, most: int = 0) -> int:
    """How many match, counted by this index, and up to `most` where that is given."""
    asked = {**condition, "user_id": owner}
    limit = {"limit": most} if most else {}
    return by_index(index, lambda hint: mongo.db.transactions.count_documents(asked, **{**hint, **limit}))


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


@changes
def restart(owner: ObjectId, receipt_id: ObjectId, lease: timedelta) -> Document | None:
    """Queue a settled receipt with a file once more; None when it isn't one."""
    moment = clock.now()
    fresh = {
        "status": PROCESSING,
        "failure": None,
        "requested_at": moment,
        "attempts": 0,
        "lease_until": moment + lease,
        "updated_at": moment,
        "receipt.progress": "queued",
    }
    return mongo.db.transactions.find_one_and_update(
        {**HAS_FILE, "_id": receipt_id, "user_id": owner, "source": RECEIPT, "status": SETTLED},
        {"$set": fresh, "$inc": {"revision": 1}},
        return_document=ReturnDocument.AFTER,
    )


def take_up(owner: ObjectId, receipt_id: ObjectId, worker: str, lease: timedelta) -> Document | None:
    """A task begins reading: extend the lease, count the attempt; None when it is settled or another has it.

    `worker` is the id of the task, which the message of a killed one still carries when it comes again.
    """
    moment = clock.now()
    free = [
        {"receipt.progress": "queued"},
        {"receipt.worker": worker},
        *outlived(moment, lease),
    ]
    return mongo.db.transactions.find_one_and_update(
        {"_id": receipt_id, "user_id": owner, "source": RECEIPT, "status": PROCESSING, "$or": free},
        {
            "$set": {"lease_until": moment + lease, "receipt.progress": "reading", "receipt.worker": worker},
            "$inc": {"attempts": 1},
        },
        return_document=ReturnDocument.AFTER,
    )


def put_back(owner: ObjectId, receipt_id: ObjectId, worker: str) -> None:
    """The task could not reach what it needs: the receipt waits on, and this attempt is not counted."""
    mongo.db.transactions.update_one(
        {"_id": receipt_id, "user_id": owner, "status": PROCESSING, "receipt.worker": worker},
        {"$set": {"receipt.progress": "queued"}, "$unset": {"receipt.worker": ""}, "$inc": {"attempts": -1}},
    )


def note_progress(owner: ObjectId, receipt_id: ObjectId, requested_at: datetime, progress: str) -> None:
    """How far the reading is that was asked for at that moment."""
    mongo.db.transactions.update_one(
        {"_id": receipt_id, "user_id": owner, "status": PROCESSING, "requested_at": requested_at},
        {"$set": {"receipt.progress": progress}},
    )


@changes
def settle(owner: ObjectId, receipt_id: ObjectId, requested_at: datetime, outcome: Document) -> bool:
    """Finish a processing receipt; settling it again, or after it was asked for anew, changes nothing."""
    result = mongo.db.transactions.update_one(
        {"_id": receipt_id, "user_id": owner, "status": PROCESSING, "requested_at": requested_at},
        {
            "$set": {**outcome, "receipt.progress": "done", "updated_at": clock.now()},
            "$unset": {"lease_until": "", "receipt.worker": ""},
            "$inc": {"revision": 1},
        },
    )
    return result.modified_count == 1


def merchants(owner: ObjectId, limit: int) -> list[str]:
    """The merchants of the owner's latest completed receipts, each once."""
    condition = {"user_id": owner, "source": RECEIPT, "status": Status.COMPLETED.value}
    found = mongo.db.transactions.find(condition, {"merchant": 1}).sort([("date", DESCENDING), ("_id", DESCENDING)])
    return list(dict.fromkeys(document["merchant"] for document in found.limit(limit) if document.get("merchant")))


def corrected_merchant(owner: ObjectId, read_as: str) -> str | None:
    """What the person last made of a merchant that was read like this."""
    condition = {"user_id": owner, "receipt.read_as": {"$eq": read_as, "$type": "string"}, "edited": "merchant"}
    found = mongo.db.transactions.find_one(condition, {"merchant": 1}, sort=[("updated_at", DESCENDING)])
    return found["merchant"] if found else None


def sweep_abandoned(lease: timedelta) -> Document | None:
    """Take over one receipt of anybody that is processing and whose lease ran out: {_id, user_id}."""
    held = Condition({"status": PROCESSING, "source": RECEIPT})
    lease_until = leases.lengthened("requested_at", lease, LONGEST_LEASE)
    renewed = {"lease_until": lease_until, "receipt.progress": "queued"}
    return leases.sweep(mongo.db.transactions, held, LONGEST_LEASE, [{"$set": renewed}])


def release(owner: ObjectId, receipt_id: ObjectId) -> None:
    """The task could not be published: let the next sweep hand it out."""
    mongo.db.transactions.update_one(
        {"_id": receipt_id, "user_id": owner, "status": PROCESSING}, {"$set": {"lease_until": clock.now()}}
    )
