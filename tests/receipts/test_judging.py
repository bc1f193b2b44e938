"""What is stored of a reading, and why a person is asked to look."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.receipts import extracting
from app.services import receipt_reader
from app.services.receipt_parser.types import Reading
from tests import drawings
from tests.factories import Person, data
from tests.receipts.records import path_of, send

Read = Callable[..., dict[str, Any]]
CERTAIN = {"merchant": 0.95, "date": 0.95, "total": 0.95, "items": 0.95}


@pytest.fixture
def read(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> Read:
    """A receipt of an upload that was read like this."""
    monkeypatch.setattr("app.receipts.service.enqueue", lambda *_: True)

    def read_as(**fields: Any) -> dict[str, Any]:
        known = {"merchant": "Corner Grocery", "date": date(2026, 2, 14), "currency": "EUR", "total": Decimal("9.35")}
        reading = Reading(**{**known, "confidence": CERTAIN, **fields})
        found = receipt_reader.Read(reading, "embedded", 0.9, 1)
        monkeypatch.setattr(receipt_reader, "read", lambda *_: found)
        receipt = data(send(person, drawings.pdf(drawings.GROCERIES)))["receipt"]
        with app.app_context():
            extracting.extract(ObjectId(person.profile["_id"]), ObjectId(receipt["_id"]), "here")
        return data(person.get(path_of(receipt)))

    return read_as


def test_tomorrows_date_is_believed_as_it_may_be_tomorrow_where_the_till_stands(person: Person, read: Read) -> None:
    tomorrow = clock.today(person.profile["timezone"]) + timedelta(days=1)
    receipt = read(date=tomorrow)
    assert (receipt["transaction_date"], receipt["review_reasons"]) == (tomorrow.isoformat(), [])


@pytest.mark.parametrize("day", [datetime.now(UTC).date() + timedelta(days=3), date(1969, 12, 31)])
def test_a_date_out_of_range_is_not_stored_until_a_person_gives_one(person: Person, read: Read, day: date) -> None:
    receipt = read(date=day)
    assert receipt["transaction_date"] != day.isoformat()
    assert receipt["review_reasons"] == ["date_out_of_range"]
    corrected = data(person.patch(path_of(receipt), {"transaction_date": "2026-02-01"}))
    assert (corrected["needs_review"], corrected["transaction_date"]) == (False, "2026-02-01")
