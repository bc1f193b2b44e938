"""A file that is read again: what is known stays, whatever the second reading says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.receipts import extracting
from app.services import receipt_reader
from app.services.receipt_parser.types import LineItem, Reading
from tests.factories import Person, data
from tests.receipts.records import known_receipt, path_of, uploaded

FIRST = Reading(
    merchant="Corner Bakery",
    date=date(2026, 2, 1),
    currency="EUR",
    total=Decimal("12.40"),
    tax=Decimal("0.80"),
    items=(LineItem("Rye bread", Decimal("12.40")),),
    text="CORNER BAKERY\nTOTAL 12.40",
    confidence={"merchant": 0.9, "total": 0.9, "date": 0.9},
)
YEN = replace(FIRST, currency="JPY", total=Decimal(1240), tax=Decimal(550), items=())
Settle = Callable[[dict[str, Any], Reading], dict[str, Any]]


@pytest.fixture
def settle(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> Settle:
    """A waiting receipt once a reader has said this of its file."""
    monkeypatch.setattr("app.receipts.service.enqueue", lambda *_: True)

    def settle(receipt: dict[str, Any], reading: Reading) -> dict[str, Any]:
        read = receipt_reader.Read(reading=reading, extracted_by="embedded", ocr_confidence=None)
        monkeypatch.setattr(receipt_reader, "read", lambda *_: read)
        with app.app_context():
            extracting.extract(ObjectId(person.profile["_id"]), ObjectId(receipt["_id"]), "here")
        return data(person.get(path_of(receipt)))

    return settle


@pytest.fixture
def first(person: Person, settle: Settle) -> dict[str, Any]:
    """A receipt of 12.40 EUR that was read once."""
    receipt = settle(uploaded(person), FIRST)
    assert (receipt["status"], receipt["total_amount"], receipt["currency"]) == ("completed", 12.4, "EUR")
    return receipt


@pytest.fixture
def again(person: Person, settle: Settle, first: dict[str, Any]) -> Callable[[Reading], dict[str, Any]]:
    """The receipt after another reading."""

    def read_again(reading: Reading) -> dict[str, Any]:
        assert person.post(path_of(first, "/reprocess")).status_code == 202
        return settle(first, reading)

    return read_again


Again = Callable[[Reading], dict[str, Any]]


@pytest.mark.parametrize("change", [{"tax": 5.5}, {"items": [{"name": "Bread", "total_price": 12.4}]}])
def test_money_that_a_person_set_keeps_its_currency(
    person: Person, first: dict[str, Any], again: Again, change: dict[str, Any]
) -> None:
    corrected = data(person.patch(path_of(first), change))
    receipt = again(YEN)
    assert receipt["currency"] == "EUR"
    assert [receipt[name] for name in change] == [corrected[name] for name in change]
    assert receipt["review_reasons"] == ["total_doubtful"], "it was read in another currency"


def test_another_currency_is_taken_where_a_person_set_no_money(
    person: Person, first: dict[str, Any], again: Again
) -> None:
    person.patch(path_of(first), {"merchant_name": "Bakery"})
    receipt = again(YEN)
    assert (receipt["total_amount"], receipt["currency"], receipt["tax"]) == (1240, "JPY", 550)
    assert receipt["review_reasons"] == []


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (replace(YEN, total=None), "total_missing"),
        (replace(YEN, total=Decimal("1240.5")), "total_too_precise"),
        (replace(FIRST, total=Decimal(10_000_001)), "total_out_of_range"),
    ],
)
def test_a_known_total_outlives_a_reading_without_one(again: Again, second: Reading, reason: str) -> None:
    receipt = again(second)
    assert (receipt["status"], receipt["failure"], receipt["type"]) == ("completed", None, "expense")
    assert (receipt["total_amount"], receipt["currency"], receipt["needs_review"]) == (12.4, "EUR", True)
    assert reason in receipt["review_reasons"]


def test_a_known_refund_stays_one(settle: Settle, person: Person) -> None:
    refund = settle(uploaded(person), replace(FIRST, total=Decimal("-12.40")))
    person.post(path_of(refund, "/reprocess"))
    receipt = settle(refund, replace(FIRST, total=None))
    assert (receipt["type"], receipt["total_amount"]) == ("refund", 12.4)


def test_what_a_person_said_stays_certain(person: Person, first: dict[str, Any], again: Again) -> None:
    person.patch(path_of(first), {"total_amount": 13, "payment_method": "card"})
    receipt = again(replace(FIRST, confidence={"merchant": 0.8, "total": 0.2, "date": 0.75}))
    assert receipt["field_confidence"] == {
        "merchant_name": 0.8,
        "total_amount": 1,
        "transaction_date": 0.75,
        "payment_method": 1,
    }


def test_money_does_not_vanish_while_its_receipt_waits(person: Person, first: dict[str, Any]) -> None:
    person.patch("/api/auth/profile", {"currency": "EUR"})
    other = known_receipt(person)
    uploaded(person)

    def counted() -> tuple[Any, ...]:
        summary = data(person.get("/api/transactions/summary", month=2, year=2026))
        days = data(person.get("/api/transactions/history", start_date="2026-02-01", end_date="2026-02-02"))
        (duplicate,) = data(person.get(path_of(other)))["possible_duplicates"]
        return (
            *(summary[name] for name in ("current_month_spend", "transaction_count")),
            *((day["total_spend"], day["transaction_count"]) for day in days),
            duplicate["_id"],
        )

    before = counted()
    assert before == (24.8, 2, (24.8, 2), first["_id"])
    waiting = data(person.post(path_of(first, "/reprocess")))
    assert (waiting["status"], waiting["total_amount"]) == ("processing", 12.4)
    assert data(person.get(path_of(first, "/status")))["progress"] == "queued"
    assert counted() == before
