"""Queries on `imports`; every function but the sweep takes the owner first and filters by it."""

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.core import clock, leases
from app.core.conditions import Condition
from app.core.idempotency import insert_once
from app.core.leases import outlived
from app.extensions import mongo

Document = dict[str, Any]
LEASE = timedelta(seconds=20)  # far longer than a slice takes; a killed worker's import goes on after this
LONGEST_LEASE = timedelta(hours=2)


def insert(owner: ObjectId, document: Document) -> Document:
    """Store a new import; what an interrupted try stored is returned as it is."""
    return insert_once(mongo.db.imports, {**document, "user_id": owner})


def get(owner: ObjectId, import_id: ObjectId) -> Document | None:
    """One import."""
    return mongo.db.imports.find_one({"_id": import_id, "user_id": owner})


def page(owner: ObjectId, skip: int, limit: int) -> list[Document]:
    """One page of the imports, newest first."""
    found = mongo.db.imports.find({"user_id": owner})
    return list(found.sort([("created_at", DESCENDING), ("_id", DESCENDING)]).skip(skip).limit(limit))


def count(owner: ObjectId) -> int:
    """How many imports there are."""
    return mongo.db.imports.count_documents({"user_id": owner})


def count_queued(owner: ObjectId) -> int:
    """How many of the owner's files are kept for a worker, or in the hands of one."""
    return mongo.db.imports.count_documents({"user_id": owner, "running": True, "file._id": {"$type": "objectId"}})


def next_waiting(owner: ObjectId) -> Document | None:
    """The oldest import that nobody has in hand: {_id}."""
    condition = {"user_id": owner, "running": True, "worker": None}
    return mongo.db.imports.find_one(condition, {"_id": 1}, sort=[("created_at", 1), ("_id", 1)])


def take_up(owner: ObjectId, import_id: ObjectId, worker: ObjectId) -> Document | None:
    """A worker begins with it, or goes on: it is theirs for a lease.

    None when it is done, another has it, or one has another import of the same owner.
    """
    moment = clock.now()
    try:
        return mongo.db.imports.find_one_and_update(
            {
                "_id": import_id,
                "user_id": owner,
                "running": True,
                "$or": [{"worker": None}, *outlived(moment, LONGEST_LEASE)],
            },
            {"$set": {"worker": worker, "at_work": True, "lease_until": moment + LEASE}, "$inc": {"attempts": 1}},
            return_document=ReturnDocument.AFTER,
        )
    except DuplicateKeyError:
        return None


def note(owner: ObjectId, import_id: ObjectId, worker: ObjectId, changed: Document) -> bool:
    """Note how far it is, and extend the lease; False when it is somebody else's by now, or gone."""
    result = mongo.db.imports.update_one(
        {"_id": import_id, "user_id": owner, "running": True, "worker": worker},
        {"$set": {**changed, "lease_until": clock.now() + LEASE}},
    )
    return result.matched_count == 1


def settle(owner: ObjectId, import_id: ObjectId, worker: ObjectId, outcome: Document) -> bool:
    """End it; False when it is somebody else's by now, or gone."""
    result = mongo.db.imports.update_one(
        {"_id": import_id, "user_id": owner, "running": True, "worker": worker},
        {
            "$set": {**outcome, "file": None, "worker": None, "finished_at": clock.now()},
            "$unset": {"running": "", "at_work": "", "lease_until": ""},
        },
    )
    return result.matched_count == 1


def put_back(owner: ObjectId, import_id: ObjectId, worker: ObjectId) -> None:
    """It is nobody's again, and waits for a worker; that it was taken up doesn't count."""
    mongo.db.imports.update_one(
        {"_id": import_id, "user_id": owner, "running": True, "worker": worker},
        {
            "$set": {"worker": None, "lease_until": clock.now() + LEASE},
            "$unset": {"at_work": ""},
            "$inc": {"attempts": -1},
        },
    )


def restart(owner: ObjectId, import_id: ObjectId, worker: ObjectId) -> Document | None:
    """A request goes on with what it was interrupted at; None when that is done."""
    return mongo.db.imports.find_one_and_update(
        {"_id": import_id, "user_id": owner, "state": {"$in": ["processing", "failed"]}, "file": None},
        {
            "$set": {
                "state": "processing",
                "running": True,
                "worker": worker,
                "failure": None,
                "finished_at": None,
                "lease_until": clock.now() + LEASE,
            },
            "$unset": {"at_work": ""},
        },
        return_document=ReturnDocument.AFTER,
    )


def begin_undo(owner: ObjectId, import_id: ObjectId, worker: ObjectId) -> Document | None:
    """Begin to take a settled import back; None when it is running, undone, a dry run or gone."""
    return mongo.db.imports.find_one_and_update(
        {"_id": import_id, "user_id": owner, "state": {"$in": ["completed", "failed"]}, "dry_run": False},
        {
            "$set": {
                "state": "undoing",
                "running": True,
                "worker": worker,
                "attempts": 1,
                "lease_until": clock.now() + LEASE,
            }
        },
        return_document=ReturnDocument.AFTER,
    )


def release(owner: ObjectId, import_id: ObjectId) -> None:
    """The task could not be published: let the next sweep hand it out."""
    mongo.db.imports.update_one(
        {"_id": import_id, "user_id": owner, "running": True, "worker": None}, {"$set": {"lease_until": clock.now()}}
    )


def sweep_abandoned() -> Document | None:
    """Take over one import of anybody whose lease ran out: {_id, user_id}."""
    renewed = {"lease_until": leases.lengthened("created_at", LEASE, LONGEST_LEASE), "worker": None}
    update: list[Document] = [{"$set": renewed}, {"$unset": "at_work"}]
    return leases.sweep(mongo.db.imports, Condition({"running": True}), LONGEST_LEASE, update)
