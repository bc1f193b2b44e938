"""Queries on `summaries`; every function but the sweep takes the owner first and filters by it."""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from app.core import clock, leases
from app.core.conditions import Condition
from app.core.idempotency import insert_once
from app.extensions import mongo

Document = dict[str, Any]


def insert(owner: ObjectId, document: Document) -> Document:
    """Store a requested summary.

    Raises:
        DuplicateKeyError: the owner's last one is still running.
    """
    return insert_once(mongo.db.summaries, {**document, "user_id": owner})


def get(owner: ObjectId, summary_id: ObjectId) -> Document | None:
    """One summary."""
    return mongo.db.summaries.find_one({"_id": summary_id, "user_id": owner})


def take_up(owner: ObjectId, summary_id: ObjectId, lease_until: datetime) -> Document | None:
    """A worker begins writing; None when it is settled."""
    return mongo.db.summaries.find_one_and_update(
        {"_id": summary_id, "user_id": owner, "running": True},
        {"$set": {"status": "processing", "lease_until": lease_until}, "$inc": {"attempts": 1}},
        return_document=ReturnDocument.AFTER,
    )


def settle(owner: ObjectId, summary_id: ObjectId, outcome: Document) -> bool:
    """Finish a running summary; doing so again changes nothing."""
    result = mongo.db.summaries.update_one(
        {"_id": summary_id, "user_id": owner, "running": True},
        {"$set": {**outcome, "running": False}, "$unset": {"lease_until": ""}},
    )
    return result.modified_count == 1


def release(owner: ObjectId, summary_id: ObjectId) -> None:
    """The task could not be published: let the next sweep hand it out."""
    mongo.db.summaries.update_one(
        {"_id": summary_id, "user_id": owner, "running": True}, {"$set": {"lease_until": clock.now()}}
    )


def sweep_abandoned(lease: timedelta) -> Document | None:
    """Take over one running summary of anybody whose lease ran out: {_id, user_id}."""
    renewed = {"$set": {"lease_until": clock.now() + lease}}
    return leases.sweep(mongo.db.summaries, Condition({"running": True}), lease, renewed)
