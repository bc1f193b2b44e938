"""AI entries through the HTTP door, a real worker and the embedded parser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.extensions import mongo
from app.transactions import tasks
from tests.factories import Person, code, data
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
AI = {"mode": "ai"}


def enter(person: Person, text: str, **fields: Any) -> dict[str, Any]:
    answer = person.post("/api/transactions/", {**AI, "text": text, **fields})
    assert answer.status_code == 202, answer.json
    return data(answer)


def settled(person: Person, transaction: dict[str, Any], seconds: float = 60) -> dict[str, Any]:
    path = f"/api/transactions/{transaction['_id']}"
    wait_until(lambda: data(person.get(f"{path}/status"))["status"] != "processing", seconds)
    return data(person.get(path))


def test_a_sentence_becomes_a_transaction(worker: None, person: Person) -> None:
    first = enter(person, "Bought groceries from Walmart for $45.50")
    assert (first["status"], first["amount"], first["source"]) == ("processing", 0, "ai")
    assert first["text"] == "Bought groceries from Walmart for $45.50"
    done = settled(person, first)
    assert done["status"] == "completed"
    assert (done["amount"], done["currency"], done["category"]) == (45.5, "USD", "Groceries")
    assert (done["description"], done["merchant"]) == ("Groceries from Walmart", "Walmart")
    assert done["failure"] is None


def test_it_stays_processing_for_a_second(worker: None, person: Person, app: Flask) -> None:
    transaction = enter(person, "chai 20")
    done = settled(person, transaction)
    with app.app_context():
        stored = mongo.db.transactions.find_one({"_id": ObjectId(done["_id"])})
    assert stored is not None
    assert stored["updated_at"] - stored["created_at"] >= timedelta(seconds=1)


def test_no_amount_fails_with_a_code_and_can_be_mended(worker: None, person: Person) -> None:
    failed = settled(person, enter(person, "lunch with the team"))
    assert (failed["status"], failed["amount"]) == ("failed", 0)
    assert failed["failure"]["code"] == "no_amount"
    status = data(person.get(f"/api/transactions/{failed['_id']}/status"))
    assert status["failure"]["code"] == "no_amount"
    mended = data(person.patch(f"/api/transactions/{failed['_id']}", {"amount": 1500}))
    assert (mended["status"], mended["amount"], mended["failure"]) == ("completed", 1500, None)


def test_a_failed_one_can_be_tried_again_and_only_a_failed_one(worker: None, person: Person) -> None:
    failed = settled(person, enter(person, "lunch with the team"))
    path = f"/api/transactions/{failed['_id']}"
    assert data(person.post(f"{path}/retry"))["status"] == "processing"
    assert code(person.patch(path, {"amount": 3})) == "transaction_processing"
    assert code(person.delete(path)) == "transaction_processing"
    assert code(person.post(f"{path}/retry")) == "not_retryable"
    assert settled(person, failed)["status"] == "failed"
    manual = person.spend(5)
    assert code(person.post(f"/api/transactions/{manual['_id']}/retry")) == "not_retryable"


def test_a_retry_keeps_what_a_person_has_set(worker: None, person: Person, app: Flask) -> None:
    failed = settled(person, enter(person, "lunch with the team"))
    path = f"/api/transactions/{failed['_id']}"
    edited = {"category": "Travel", "description": "Team lunch in Goa", "date": "2026-01-05"}
    assert data(person.patch(path, edited))["status"] == "failed"
    with app.app_context():  # as if the AI had been away for a text that has an amount
        mongo.db.transactions.update_one({"_id": ObjectId(failed["_id"])}, {"$set": {"text": "lunch 900 at Nobu"}})
    assert person.post(f"{path}/retry").status_code == 202
    done = settled(person, failed)
    assert (done["status"], done["amount"]) == ("completed", 900)
    assert (done["category"], done["description"], done["local_date"]) == ("Travel", "Team lunch in Goa", "2026-01-05")


@pytest.mark.parametrize(
    ("text", "kind"), [("salary 85000 credited", "income"), ("zomato refunded 215 for a missing item", "refund")]
)
def test_money_that_comes_in_is_recognised(worker: None, person: Person, text: str, kind: str) -> None:
    assert settled(person, enter(person, text))["type"] == kind


def test_yesterday_counts_from_the_given_day(worker: None, person: Person) -> None:
    named = settled(person, enter(person, "dinner 900 yesterday", date="2026-03-01"))
    assert named["local_date"] == "2026-02-28"
    plain = settled(person, enter(person, "dinner 900", date="2026-03-01"))
    assert plain["local_date"] == "2026-03-01"


def test_the_currency_is_the_persons_own_where_none_is_named(worker: None, people: Callable[..., Person]) -> None:
    tokyo = people(currency="JPY", timezone="Asia/Tokyo")
    done = settled(tokyo, enter(tokyo, "ramen 1200"))
    assert (done["amount"], done["currency"]) == (1200, "JPY")


def test_a_correction_is_remembered_for_similar_texts(worker: None, person: Person, stranger: Person) -> None:
    first = settled(person, enter(person, "blue tokai 340"))
    corrected = data(person.patch(f"/api/transactions/{first['_id']}", {"category": "Education"}))
    assert corrected["category"] == "Education"
    assert settled(person, enter(person, "blue tokai 410"))["category"] == "Education"
    assert settled(stranger, enter(stranger, "blue tokai 410"))["category"] == first["category"]


def test_a_task_that_runs_twice_changes_nothing(worker: None, person: Person, app: Flask) -> None:
    done = settled(person, enter(person, "auto 85"))
    with app.app_context():
        tasks.categorise(done["user_id"], done["_id"])
        tasks.categorise(done["user_id"], str(ObjectId()))
    assert data(person.get(f"/api/transactions/{done['_id']}")) == done


def test_a_lost_message_is_handed_out_again(worker: None, person: Person, app: Flask) -> None:
    """What a worker never heard of, because the broker was away or lost it, the sweep finds."""
    transaction = enter(person, "parking 60")
    done = settled(person, transaction)
    with app.app_context():
        lost = {**(mongo.db.transactions.find_one({"_id": ObjectId(done["_id"])}) or {}), "_id": ObjectId()}
        lost |= {"status": "processing", "lease_until": clock.now() - timedelta(seconds=1), "amount": 0, "attempts": 0}
        mongo.db.transactions.insert_one(lost)
    again = settled(person, {"_id": str(lost["_id"])})
    assert (again["status"], again["amount"]) == ("completed", 60)


def test_one_that_kills_its_workers_is_given_up(worker: None, person: Person, app: Flask) -> None:
    done = settled(person, enter(person, "parking 70"))
    with app.app_context():
        poison = {**(mongo.db.transactions.find_one({"_id": ObjectId(done["_id"])}) or {}), "_id": ObjectId()}
        poison |= {"status": "processing", "lease_until": clock.now() - timedelta(seconds=1), "attempts": 10}
        mongo.db.transactions.insert_one(poison)
    again = settled(person, {"_id": str(poison["_id"])})
    assert (again["status"], again["failure"]["code"]) == ("failed", "ai_unavailable")


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 201, None, 5, "a\u0000b"], ids=["empty", "blank", "long", "null", "number", "control"]
)
def test_a_text_that_cannot_be_read_is_refused(person: Person, text: Any) -> None:
    answer = person.post("/api/transactions/", {**AI, "text": text})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["data"]["details"][0]["loc"] == ["body", "text"]
