"""Queries on what the retrieval service has of receipts, and lacks; all but the sweeps take the owner first."""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, ReturnDocument

from app.core import clock
from app.core.freshness import changes
from app.extensions import mongo
from app.models.transactions import RECEIPT, Status

Document = dict[str, Any]


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


def among(owner: ObjectId, ids: list[ObjectId]) -> set[ObjectId]:
    """Those of these ids that are receipts of the owner."""
    found = mongo.db.transactions.find({"_id": {"$in": ids}, "user_id": owner, "source": RECEIPT}, {"_id": 1})
    return {document["_id"] for document in found}


def note_handed_over(owner: ObjectId, receipt_id: ObjectId, withdrawable: datetime) -> None:
    """The retrieval service is about to be given the receipt; or refuses to forget it: it is asked to from then on."""
    mongo.db.handed_over.update_one(
        {"_id": receipt_id, "user_id": owner}, {"$set": {"withdrawable_at": withdrawable}}, upsert=True
    )


def forget_handed_over(owner: ObjectId, receipt_id: ObjectId) -> None:
    """The retrieval service has forgotten the receipt."""
    mongo.db.handed_over.delete_one({"_id": receipt_id, "user_id": owner})


def sweep_next_owner(after: ObjectId) -> ObjectId | None:
    """The next owner after this one of whom the retrieval service was given something."""
    found = mongo.db.handed_over.find_one({"user_id": {"$gt": after}}, {"user_id": 1}, sort=[("user_id", ASCENDING)])
    return found["user_id"] if found else None


def handed_over(owner: ObjectId, latest: timedelta) -> set[ObjectId]:
    """The receipts that the retrieval service was given of the owner, and may be asked to forget now.

    None is put off for longer than `latest`: one that is was so before the clock was set back.
    """
    moment = clock.now()
    due = {"$not": {"$gt": moment, "$lt": moment + latest}}
    given = mongo.db.handed_over.find({"user_id": owner, "withdrawable_at": due}, {"_id": 1})
    return {document["_id"] for document in given}
