"""Receipts handed to a retrieval service: after they are stored, after edits, and withdrawn when they are gone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.core.ownership import owned_collections
from app.extensions import mongo, redis
from app.receipts import indexing
from config import load_settings
from tests.factories import PASSWORD, Person, data
from tests.rag_stub import RagStub, rag_stub
from tests.receipts.records import known_receipt, path_of
from tests.records import profiled, stored

Sweep = Callable[[], None]


@pytest.fixture
def stub() -> Iterator[RagStub]:
    with rag_stub() as server:
        yield server


@pytest.fixture
def sweep(app: Flask, stub: RagStub, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    """One sweep; the receipts of other tests are what the service had before."""
    address = load_settings(RAG_SERVICE_URL=stub.address).RAG_SERVICE_URL
    settings = app.config["SETTINGS"].model_copy(update={"RAG_SERVICE_URL": address})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    mongo.db.transactions.update_many({"receipt.rag_indexed": False}, {"$set": {"receipt.rag_indexed": True}})
    mongo.db.handed_over.delete_many({})
    redis.client.delete(indexing.CHECKPOINT)

    def run() -> None:
        with app.app_context():
            indexing.sweep()

    return run


def is_indexed(person: Person, receipt: dict[str, Any]) -> bool:
    return bool(data(person.get(path_of(receipt)))["rag_indexed"])


def later(stub: RagStub) -> None:
    """As if the last request to the service had been a while ago."""
    mongo.db.handed_over.update_many({}, {"$set": {"withdrawable_at": clock.now()}})
    mongo.db.transactions.update_many(
        {"receipt.rag_due": {"$type": "date"}}, {"$set": {"receipt.rag_due": clock.now()}}
    )
    stub.requests.clear()


def test_a_receipt_is_handed_over_as_it_is_on_paper(person: Person, stub: RagStub, sweep: Sweep) -> None:
    receipt = known_receipt(person, notes="for my therapist", ocr_text="RYE 12.40", category="Groceries")
    assert not is_indexed(person, receipt)
    sweep()
    assert is_indexed(person, receipt)
    assert stub.documents[receipt["_id"]] == {
        "id": receipt["_id"],
        "user_id": person.profile["_id"],
        "merchant_name": "Corner Bakery",
        "total_amount": 12.4,
        "currency": "EUR",
        "transaction_date": "2026-02-01",
        "category": "Groceries",
        "subtotal": None,
        "tax": None,
        "tip": None,
        "discount": None,
        "payment_method": None,
        "items": [{"name": "Rye bread", "quantity": 2, "unit_price": 6.2, "total_price": 12.4}],
        "text": "RYE 12.40",
    }
    stub.requests.clear()
    sweep()
    assert stub.requests == []


@pytest.mark.parametrize("path", ["/api/receipts/", "/api/transactions/"])
def test_an_edit_hands_it_over_again(person: Person, stub: RagStub, sweep: Sweep, path: str) -> None:
    receipt = known_receipt(person)
    sweep()
    amount = "total_amount" if "receipts" in path else "amount"
    assert person.patch(f"{path}{receipt['_id']}", {amount: 13}).status_code == 200
    assert not is_indexed(person, receipt)
    sweep()
    assert is_indexed(person, receipt)
    assert stub.documents[receipt["_id"]]["total_amount"] == 13


@pytest.mark.parametrize("path", ["/api/receipts/", "/api/transactions/"])
def test_a_deleted_receipt_is_withdrawn(person: Person, stub: RagStub, sweep: Sweep, path: str) -> None:
    gone, kept = known_receipt(person), known_receipt(person, total_amount=14)
    sweep()
    person.delete(f"{path}{gone['_id']}")
    sweep()
    assert gone["_id"] in stub.documents, "the hand-over may still be under way"
    later(stub)
    sweep()
    assert set(stub.documents) == {kept["_id"]}
    assert stub.requests == [("DELETE", f"/receipts/{gone['_id']}", stub.requests[0][2])]


def test_of_an_erased_account_nothing_is_left_there(people: Callable[..., Person], stub: RagStub, sweep: Sweep) -> None:
    person = people()
    receipt = known_receipt(person)
    sweep()
    assert receipt["_id"] in stub.documents
    person.request("DELETE", "/api/auth/profile", json={"password": PASSWORD})
    assert "handed_over" not in owned_collections()
    later(stub)
    sweep()
    assert receipt["_id"] not in stub.documents
    assert mongo.db.handed_over.count_documents({"user_id": ObjectId(person.profile["_id"])}) == 0


def test_a_service_that_is_down_costs_one_request(person: Person, stub: RagStub, sweep: Sweep) -> None:
    receipts = [known_receipt(person, total_amount=amount) for amount in range(1, 6)]
    stub.status = 503
    sweep()
    assert len(stub.requests) == 1
    assert not any(is_indexed(person, receipt) for receipt in receipts)
    stub.status = 200
    later(stub)
    sweep()
    assert all(is_indexed(person, receipt) for receipt in receipts)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_receipt_that_is_refused_holds_up_no_others(person: Person, stub: RagStub, sweep: Sweep, method: str) -> None:
    receipts = [known_receipt(person, total_amount=amount) for amount in range(1, 4)]
    if method == "DELETE":
        sweep()
        for receipt in receipts:
            person.delete(path_of(receipt))
        receipts = [known_receipt(person, total_amount=4)]
        later(stub)
    stub.refused = {method}
    sweep()
    assert sum(request[0] == method for request in stub.requests) == 3
    assert all(is_indexed(person, receipt) == (method == "DELETE") for receipt in receipts)
    stub.requests.clear()
    sweep()
    assert stub.requests == [], "not again for a while"
    stub.refused = set()
    later(stub)
    sweep()
    assert set(stub.documents) == {receipt["_id"] for receipt in receipts}


def test_those_that_failed_are_not_passed_over_by_every_sweep(person: Person, stub: RagStub, sweep: Sweep) -> None:
    document = stored(known_receipt(person))
    failed = {**document, "status": "failed", "amount": 0}
    mongo.db.transactions.insert_many([{**failed, "_id": ObjectId()} for _ in range(100)])
    with profiled("transactions") as operations:
        sweep()
    assert set(stub.documents) == {str(document["_id"])}
    examined = [entry.get("docsExamined", 0) for entry in operations if "receipt.rag_indexed" in str(entry["command"])]
    assert examined
    assert sum(examined) < 10


def test_without_an_address_nothing_leaves(app: Flask, person: Person) -> None:
    receipt = known_receipt(person)
    with app.app_context():
        indexing.sweep()
    assert not is_indexed(person, receipt)
    assert mongo.db.handed_over.count_documents({"_id": ObjectId(receipt["_id"])}) == 0
