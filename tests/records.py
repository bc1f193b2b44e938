"""What tests of transactions and budgets share."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId
from werkzeug.test import TestResponse

from app.core import clock
from app.extensions import mongo
from tests.factories import Person, data

TRANSACTIONS = "/api/transactions/"
BUDGETS = "/api/budgets/"
MILK = {"amount": 45.5, "category": "Groceries", "description": "milk"}


def exact(answer: TestResponse) -> Any:
    """The data of a success with every number as the Decimal that stands in the text."""
    assert answer.status_code < 300, answer.text
    return json.loads(answer.text, parse_float=Decimal)["data"]


def send_raw(person: Person, method: str, path: str, body: str | bytes, **headers: str) -> TestResponse:
    return person.request(method, path, data=body, content_type="application/json", headers=headers)


def sentence(person: Person, text: str = "Bought groceries from Walmart for $45.50") -> dict[str, Any]:
    """An AI entry, still processing: no worker is quicker than a second."""
    answer = person.post(TRANSACTIONS, {"mode": "ai", "text": text})
    assert answer.status_code == 202, answer.json
    return data(answer)


def failed_sentence(person: Person) -> dict[str, Any]:
    """An AI entry that failed, whoever worked on it."""
    transaction = sentence(person, "something without a price")
    failure = {"code": "no_amount", "message": "No amount was found in the text."}
    mongo.db.transactions.update_one(
        {"_id": ObjectId(transaction["_id"])},
        {"$set": {"status": "failed", "failure": failure}, "$unset": {"lease_until": ""}},
    )
    return {**transaction, "status": "failed", "failure": failure}


def stored(transaction: dict[str, Any]) -> dict[str, Any]:
    """A transaction's document."""
    document = mongo.db.transactions.find_one({"_id": ObjectId(transaction["_id"])})
    assert document is not None
    return document


def count_of(person: Person, collection: str = "transactions") -> int:
    return mongo.db[collection].count_documents({"user_id": ObjectId(person.profile["_id"])})


@contextmanager
def profiled(*collections: str, of: Person | None = None) -> Iterator[list[dict[str, Any]]]:
    """What the application asks of these collections meanwhile, with the plans MongoDB chose.

    The list is filled when the block ends. `of` leaves out what is about others, such as the
    sweeps of a worker that runs for other tests.
    """
    operations: list[dict[str, Any]] = []
    names = [f"{mongo.db.name}.{collection}" for collection in collections]
    mongo.db.command("profile", 2)
    try:
        yield operations
    finally:
        mongo.db.command("profile", 0)
    found = mongo.db["system.profile"].find({"ns": {"$in": names}, "appName": "finsight"})
    operations.extend(entry for entry in found if of is None or of.profile["_id"] in str(entry))
    mongo.db.drop_collection("system.profile")


def freeze(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Stop the application's clock at an ISO 8601 instant."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment))
