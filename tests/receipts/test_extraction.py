"""Uploads that a real worker reads."""

from tests.factories import Person, data
from tests.receipts.records import path_of, settled, uploaded
from tests.records import TRANSACTIONS, stored


def test_a_photo_becomes_a_receipt(person: Person, reading_worker: None) -> None:
    receipt = settled(person, uploaded(person, currency="EUR", notes="for Sunday"))
    assert (receipt["status"], receipt["failure"]) == ("completed", None)
    assert (receipt["total_amount"], receipt["currency"], receipt["transaction_date"]) == (10.3, "EUR", "2026-02-01")
    assert "bakery" in receipt["merchant_name"].lower()
    assert (receipt["category"], receipt["notes"]) == ("Food & Dining", "for Sunday")
    assert "10.30" in receipt["ocr_text"]
    assert 0.5 < receipt["ocr_confidence"] <= 1
    assert receipt["extracted_by"] == "embedded"
    status = data(person.get(path_of(receipt, "/status")))
    assert (status["progress"], status["total_amount"]) == ("done", 10.3)
    (transaction,) = data(person.get(TRANSACTIONS))["transactions"]
    assert (transaction["_id"], transaction["amount"]) == (receipt["_id"], 10.3)
    assert "worker" not in stored(receipt)["receipt"]
