"""Queries on `budgets`; the owner comes first and is in every filter."""

from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, ReturnDocument

from app.core import clock
from app.core.freshness import changes
from app.core.idempotency import insert_once
from app.extensions import mongo

Document = dict[str, Any]
MOST_LISTED = 200


@changes
def insert(owner: ObjectId, document: Document) -> Document:
    """Store a budget.

    Raises:
        DuplicateKeyError: there is one for this category and period.
    """
    return insert_once(mongo.db.budgets, {**document, "user_id": owner})


def covering(owner: ObjectId, year: int, month: int) -> list[Document]:
    """The budgets of a month and the yearly ones that cover it, by category."""
    condition = {"user_id": owner, "year": year, "month": {"$in": [month, None]}}
    return list(mongo.db.budgets.find(condition).sort([("category", ASCENDING), ("_id", ASCENDING)]).limit(MOST_LISTED))


def get(owner: ObjectId, budget_id: ObjectId) -> Document | None:
    """One budget."""
    return mongo.db.budgets.find_one({"_id": budget_id, "user_id": owner})


@changes
def update(owner: ObjectId, budget_id: ObjectId, changed: Document) -> Document | None:
    """Change a budget and return it."""
    return mongo.db.budgets.find_one_and_update(
        {"_id": budget_id, "user_id": owner},
        {"$set": {**changed, "updated_at": clock.now()}},
        return_document=ReturnDocument.AFTER,
    )


@changes
def delete(owner: ObjectId, budget_id: ObjectId) -> bool:
    """Delete a budget."""
    return mongo.db.budgets.delete_one({"_id": budget_id, "user_id": owner}).deleted_count == 1
