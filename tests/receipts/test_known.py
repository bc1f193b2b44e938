"""Receipts that are given in full, and what can be done with any receipt."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from tests.factories import Person, data, fields_at_fault
from tests.receipts.records import BREAD, RECEIPTS, UPLOADS, known_receipt, listed, path_of
from tests.records import TRANSACTIONS, count_of, stored


def test_is_stored_as_it_is_given(person: Person) -> None:
    answer = person.post(RECEIPTS, {**BREAD, "category": "Groceries", "notes": "for Sunday", "ocr_text": "RYE 12.40"})
    assert answer.status_code == 201
    assert data(answer)["duplicate"] is False
    receipt = data(answer)["receipt"]
    assert (receipt["merchant_name"], receipt["total_amount"], receipt["transaction_date"]) == (
        "Corner Bakery",
        12.4,
        "2026-02-01",
    )
    assert (receipt["status"], receipt["source"], receipt["category"]) == ("completed", "receipt", "Groceries")
    assert receipt["items"][0] == {
        "name": "Rye bread",
        "quantity": 2,
        "unit_price": 6.2,
        "total_price": 12.4,
        "category": None,
    }
    assert (receipt["is_edited"], receipt["needs_review"], receipt["file"]) == (False, False, None)
    assert receipt["ocr_text"] == "RYE 12.40"
    assert data(person.get(path_of(receipt))) == receipt
    assert data(person.get(path_of(receipt, "/items")))["items"] == receipt["items"]
    status = data(person.get(path_of(receipt, "/status")))
    assert (status["status"], status["progress"], status["total_amount"]) == ("completed", "done", 12.4)


def test_the_same_key_stores_one(person: Person) -> None:
    first, again = (person.post(RECEIPTS, BREAD, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert data(first) == data(again)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count_of(person) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_amount": 0}, "total_amount"),
        ({"total_amount": 1.005}, "total_amount"),
        ({"merchant_name": " "}, "merchant_name"),
        ({"transaction_date": "yesterday"}, "transaction_date"),
        ({"ocr_confidence": 1.01}, "ocr_confidence"),
        ({"receipt": {}}, "receipt"),
        ({"status": "completed"}, "status"),
        ({"currency": "XXQ"}, "currency"),
    ],
)
def test_what_is_not_right_is_named(person: Person, change: dict[str, Any], field: str) -> None:
    assert fields_at_fault(person.post(RECEIPTS, {**BREAD, **change})) == [["body", field]]
    assert count_of(person) == 0


def test_is_a_transaction_like_any_other(person: Person) -> None:
    receipt = known_receipt(person, currency="INR", transaction_date=str(clock.today("Asia/Kolkata")))
    (transaction,) = data(person.get(TRANSACTIONS))["transactions"]
    assert transaction["_id"] == receipt["_id"]
    assert transaction["receipt"] == {"file": None, "needs_review": False, "is_edited": False}
    assert data(person.get("/api/transactions/summary"))["current_month_spend"] == 12.4
    person.spend(5)
    assert listed(person) == [receipt["_id"]]
    assert data(person.get(UPLOADS))["uploads"] == []


def test_corrections_change_what_is_given_and_nothing_else(person: Person) -> None:
    receipt = known_receipt(person)
    change = {
        "merchant_name": "Bakery on the corner",
        "total_amount": 13,
        "tax": 0.85,
        "tip": 0,
        "payment_method": "card",
        "transaction_date": "2026-02-03",
        "items": [{"name": "Wheat bread", "total_price": 12.15}],
        "tags": ["home"],
    }
    corrected = data(person.patch(path_of(receipt), change))
    assert {name: corrected[name] for name in change} == {
        **change,
        "items": [{**corrected["items"][0], "name": "Wheat bread", "total_price": 12.15, "quantity": None}],
    }
    assert (corrected["is_edited"], corrected["items_difference"], corrected["description"]) == (
        True,
        0.85,
        "Bakery on the corner",
    )
    assert (corrected["currency"], corrected["category"]) == ("EUR", receipt["category"])
    assert data(person.get(f"{TRANSACTIONS}{receipt['_id']}"))["amount"] == 13
    assert stored(receipt)["edited"] == sorted(
        ["merchant", "amount", "tax", "tip", "payment_method", "date", "items", "tags"]
    )
    assert data(person.request("PUT", path_of(receipt), json={"tax": None}))["tax"] is None


def test_a_refused_correction_changes_nothing(person: Person) -> None:
    receipt = known_receipt(person)
    for change, field in (
        ({"merchant_name": "Other", "total_amount": 1.234}, "total_amount"),
        ({"notes": "x", "tax": 0.001}, "tax"),
        ({"currency": "JPY"}, "currency"),
        ({"total_amount": None}, "total_amount"),
        ({"amount": 5}, "amount"),
    ):
        assert fields_at_fault(person.patch(path_of(receipt), change)) == [["body", field]]
    assert data(person.get(path_of(receipt))) == receipt


def test_the_transactions_own_routes_keep_the_receipt_consistent(person: Person) -> None:
    receipt = known_receipt(person)
    path = f"{TRANSACTIONS}{receipt['_id']}"
    person.patch(path_of(receipt), {"tax": 1})
    assert person.patch(path, {"merchant": "Brotkorb", "currency": "USD"}).status_code == 200
    corrected = data(person.get(path_of(receipt)))
    assert (corrected["merchant_name"], corrected["tax"], corrected["is_edited"]) == ("Brotkorb", 1, True)
    assert listed(person, search="brotk") == [receipt["_id"]]
    assert listed(person, search="bakery") == []
    assert person.delete(path).status_code == 200
    assert person.get(path_of(receipt)).status_code == 404


@pytest.mark.parametrize(("path", "name"), [(RECEIPTS, "merchant_name"), (TRANSACTIONS, "merchant")])
def test_by_either_door_a_receipt_is_called_after_its_merchant(person: Person, path: str, name: str) -> None:
    receipt = known_receipt(person)

    def described(**change: Any) -> str:
        assert person.patch(f"{path}{receipt['_id']}", change).status_code == 200
        (found,) = data(person.get(TRANSACTIONS, search=change.get("description") or change[name]))["transactions"]
        return str(found["description"])

    assert described(**{name: "Brotkorb"}) == "Brotkorb"
    assert described(**{name: "Backhaus", "description": "Breakfast"}) == "Breakfast"
    assert described(**{name: "Kamps"}) == "Breakfast"


def test_a_merchants_category_becomes_a_habit(person: Person) -> None:
    first = known_receipt(person)
    assert first["category"] == "Other"
    person.patch(path_of(first), {"category": "Food & Dining"})
    assert known_receipt(person, merchant_name="CORNER BAKERY")["category"] == "Food & Dining"
    assert known_receipt(person, merchant_name="Another Shop")["category"] == "Other"


def test_filters(person: Person) -> None:
    bread = known_receipt(person, notes="für Sonntag", ocr_text="KASSE 7\nMwSt 0,85")
    books = known_receipt(
        person, merchant_name="Bücherwurm", category="Education", transaction_date="2026-02-05", items=None
    )
    known_receipt(person, transaction_date="2025-01-01", merchant_name="Long ago", items=None)
    both = [books["_id"], bread["_id"]]
    assert listed(person, start_date="2026-02-01", end_date="2026-02-05") == both
    assert listed(person, category="Education") == [books["_id"]]
    assert listed(person, status="failed") == []
    assert listed(person, status="completed", start_date="2026-02-02") == [books["_id"]]
    for search in ("kass", "mwst", "SONNT", "rye", "bread", "akery", "corner bak", "0,85", "bak CORN rye"):
        assert listed(person, search=search) == [bread["_id"]], search
    assert listed(person, search="BÜCHER") == [books["_id"]]
    for search in ("asse", "nothing", "corner wurm", "---", "$gt", ".*"):
        assert listed(person, search=search) == [], search
    assert person.get(RECEIPTS, start_date="2026-02-05", end_date="2026-02-01").status_code == 422


def test_pages(person: Person) -> None:
    made = [known_receipt(person, transaction_date=f"2026-02-{day:02d}")["_id"] for day in range(1, 6)]
    pages = [data(person.get(RECEIPTS, page=page, limit=2)) for page in (1, 2, 3)]
    assert [receipt["_id"] for page in pages for receipt in page["receipts"]] == made[::-1]
    assert [page["pagination"]["has_more"] for page in pages] == [True, True, False]
    assert {page["pagination"]["total"] for page in pages} == {5}
    assert data(person.get(RECEIPTS, search="bakery", limit=2))["pagination"]["total"] == 5


def test_possible_duplicates_follow_every_change(person: Person, stranger: Person) -> None:
    known_receipt(stranger)
    receipt = known_receipt(person)
    near = person.spend(12.4, currency="EUR", date="2026-02-04", merchant="Bakery")
    for other in ({"amount": 12.41}, {"currency": "USD"}, {"date": "2026-02-05"}, {"type": "income"}):
        person.spend(**{"amount": 12.4, "currency": "EUR", "date": "2026-02-01", **other})
    (duplicate,) = data(person.get(path_of(receipt)))["possible_duplicates"]
    assert duplicate == {
        "_id": near["_id"],
        "merchant": "Bakery",
        "amount": 12.4,
        "currency": "EUR",
        "date": "2026-02-04",
    }
    person.patch(f"{TRANSACTIONS}{near['_id']}", {"date": str(clock.today("UTC") - timedelta(days=300))})
    assert data(person.get(path_of(receipt)))["possible_duplicates"] == []
    person.patch(f"{TRANSACTIONS}{near['_id']}", {"date": "2026-01-29"})
    assert len(data(person.get(path_of(receipt)))["possible_duplicates"]) == 1
    person.delete(f"{TRANSACTIONS}{near['_id']}")
    assert data(person.get(path_of(receipt)))["possible_duplicates"] == []


def test_is_gone_when_deleted(person: Person) -> None:
    receipt = known_receipt(person)
    assert person.delete(path_of(receipt)).status_code == 200
    assert person.get(path_of(receipt)).status_code == 404
    assert person.delete(path_of(receipt)).status_code == 404
    assert data(person.get(TRANSACTIONS))["pagination"]["total"] == 0


def test_other_transactions_are_no_receipts(person: Person) -> None:
    path = f"{RECEIPTS}{person.spend(5)['_id']}"
    for answer in (person.get(path), person.patch(path, {"notes": "x"}), person.delete(path)):
        assert answer.status_code == 404
    assert count_of(person) == 1
