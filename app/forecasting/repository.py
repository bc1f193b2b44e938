"""Queries on `forecasts`; every function but the sweep takes the owner first and filters by it."""

from datetime import timedelta
from typing import Any, cast

from bson import ObjectId
from pymongo import ReturnDocument

from app.core import clock, leases
from app.core.conditions import Condition
from app.core.leases import outlived
from app.extensions import mongo

Document = dict[str, Any]
LONGEST_LEASE = timedelta(minutes=15)  # of what waits for a worker


def find_or_insert(owner: ObjectId, digest: str, document: Document) -> Document:
    """The forecast with this digest; this document where there was none."""
    stored = mongo.db.forecasts.find_one_and_update(
        {"user_id": owner, "digest": digest},
        {"$setOnInsert": document},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return cast(Document, stored)  # never None: what isn't found is inserted


def supersede(owner: ObjectId, forecast_id: ObjectId, category: str | None) -> None:
    """Forget what was asked before about the same, but for what a worker has in hand: their tasks find nothing."""
    mongo.db.forecasts.delete_many(
        {"user_id": owner, "category": category, "_id": {"$ne": forecast_id}, "status": {"$ne": "processing"}}
    )


def get(owner: ObjectId, forecast_id: ObjectId) -> Document | None:
    """One forecast."""
    return mongo.db.forecasts.find_one({"_id": forecast_id, "user_id": owner})


def take_up(owner: ObjectId, forecast_id: ObjectId, worker: str, lease: timedelta) -> Document | None:
    """A task begins computing; None when it is settled or another task has it.

    `worker` is the id of the task, which the message of a killed one still carries when it comes again.
    """
    moment = clock.now()
    return mongo.db.forecasts.find_one_and_update(
        {
            "_id": forecast_id,
            "user_id": owner,
            "running": True,
            "$or": [{"status": "pending"}, {"worker": worker}, *outlived(moment, lease)],
        },
        {"$set": {"status": "processing", "worker": worker, "lease_until": moment + lease}, "$inc": {"attempts": 1}},
        return_document=ReturnDocument.AFTER,
    )


def settle(owner: ObjectId, forecast_id: ObjectId, outcome: Document) -> bool:
    """Finish a running forecast; doing so again changes nothing."""
    result = mongo.db.forecasts.update_one(
        {"_id": forecast_id, "user_id": owner, "running": True},
        {"$set": {**outcome, "running": False}, "$unset": {"lease_until": "", "worker": ""}},
    )
    return result.modified_count == 1


def release(owner: ObjectId, forecast_id: ObjectId) -> None:
    """The task could not be published: let the next sweep hand it out."""
    mongo.db.forecasts.update_one(
        {"_id": forecast_id, "user_id": owner, "running": True}, {"$set": {"lease_until": clock.now()}}
    )


def forget_failed(owner: ObjectId, forecast_id: ObjectId) -> None:
    """Whoever asks next has it computed again."""
    mongo.db.forecasts.delete_one({"_id": forecast_id, "user_id": owner, "status": "failed"})


def sweep_abandoned(lease: timedelta) -> Document | None:
    """Take over one running forecast of anybody whose lease ran out: {_id, user_id}."""
    renewed = {"lease_until": leases.lengthened("created_at", lease, LONGEST_LEASE), "status": "pending"}
    return leases.sweep(mongo.db.forecasts, Condition({"running": True}), LONGEST_LEASE, [{"$set": renewed}])
