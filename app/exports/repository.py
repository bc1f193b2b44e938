"""Queries on `account_exports`; every function but the sweep takes the owner first and filters by it."""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument

from app.core import clock, leases
from app.core.conditions import Condition
from app.extensions import mongo

Document = dict[str, Any]
LONGEST_LEASE = timedelta(minutes=15)  # of what waits for a worker


def insert(owner: ObjectId, document: Document) -> None:
    """Store a requested export.

    Raises:
        DuplicateKeyError: the owner's last one is still being made.
    """
    mongo.db.account_exports.insert_one({**document, "user_id": owner})


def latest(owner: ObjectId) -> Document | None:
    """The one that was requested last."""
    return mongo.db.account_exports.find_one({"user_id": owner}, sort=[("created_at", DESCENDING)])


def get(owner: ObjectId, export_id: ObjectId) -> Document | None:
    """One export."""
    return mongo.db.account_exports.find_one({"_id": export_id, "user_id": owner})


def forget(owner: ObjectId, export_id: ObjectId) -> None:
    """Delete one."""
    mongo.db.account_exports.delete_one({"_id": export_id, "user_id": owner})


def take_up(owner: ObjectId, export_id: ObjectId, worker: str, lease_until: datetime) -> Document | None:
    """A worker begins; None when it is settled, or in the hands of another. As it was before but for `attempts`."""
    taken = {"status": "processing", "worker": worker, "lease_until": lease_until}
    return mongo.db.account_exports.find_one_and_update(
        {"_id": export_id, "user_id": owner, "running": True, "status": "pending"},
        {"$set": taken, "$inc": {"attempts": 1}},
        return_document=ReturnDocument.AFTER,
    )


def renew(owner: ObjectId, export_id: ObjectId, worker: str, changes: Document) -> bool:
    """Set a new lease, and what else is known by now; False when the worker doesn't have it any more."""
    result = mongo.db.account_exports.update_one(
        {"_id": export_id, "user_id": owner, "running": True, "worker": worker}, {"$set": changes}
    )
    return result.matched_count == 1


def settle(owner: ObjectId, export_id: ObjectId, worker: str, outcome: Document) -> bool:
    """Finish one that the worker has; doing so again changes nothing."""
    result = mongo.db.account_exports.update_one(
        {"_id": export_id, "user_id": owner, "running": True, "worker": worker},
        {"$set": {**outcome, "running": False}, "$unset": {"lease_until": "", "worker": ""}},
    )
    return result.modified_count == 1


def put_back(owner: ObjectId, export_id: ObjectId, worker: str, lease_until: datetime) -> None:
    """The worker could not reach what it needs: it waits for another one, and this attempt is not counted."""
    waiting = {"lease_until": lease_until, "status": "pending", "worker": None}
    mongo.db.account_exports.update_one(
        {"_id": export_id, "user_id": owner, "running": True, "worker": worker},
        {"$set": waiting, "$inc": {"attempts": -1}},
    )


def release(owner: ObjectId, export_id: ObjectId) -> None:
    """Let the next sweep hand it out."""
    given_back = {"lease_until": clock.now(), "status": "pending", "worker": None}
    mongo.db.account_exports.update_one({"_id": export_id, "user_id": owner, "running": True}, {"$set": given_back})


def sweep_abandoned(lease: timedelta) -> Document | None:
    """Take over one running export of anybody whose lease ran out: {_id, user_id}. No worker has it after that."""
    lease_until = leases.lengthened("created_at", lease, LONGEST_LEASE)
    renewed = {"lease_until": lease_until, "status": "pending", "worker": None}
    return leases.sweep(mongo.db.account_exports, Condition({"running": True}), LONGEST_LEASE, [{"$set": renewed}])
