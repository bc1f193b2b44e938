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
from app.services.receipt_parser.types import LineItem, Reading
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
        found = receipt_reader.Read(reading, "embedded", 0.9)
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


@pytest.mark.parametrize("name", ["merchant", "date", "total"])
def test_what_was_not_read_is_missing(read: Read, name: str) -> None:
    assert read(**{name: None, "confidence": {}})["review_reasons"] == [f"{name}_missing"]


@pytest.mark.parametrize("name", ["merchant", "date", "total"])
def test_what_is_less_than_likely_is_doubtful(read: Read, name: str) -> None:
    assert read(confidence={**CERTAIN, name: 0.69})["review_reasons"] == [f"{name}_doubtful"]


def items(*lines: tuple[str, str | None, str | None, str]) -> tuple[LineItem, ...]:
    """Line items of names, quantities, unit prices and totals."""
    return tuple(
        LineItem(name, Decimal(total), quantity and Decimal(quantity), unit and Decimal(unit))
        for name, quantity, unit, total in lines
    )


def sent_back(person: Person, receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt after its own items were sent as a correction."""
    answer = person.patch(path_of(receipt), {"items": receipt["items"]})
    assert answer.status_code == 200, answer.json
    return data(answer)


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([("Cheese", "2.5", "1.05", "2.63"), ("Bread", None, None, "6.72")], "9.35"),
        ([("Cheese", "2.5", "1.05", "2.62"), ("Bread", None, None, "6.73")], "9.35"),
        ([("Nuts", "0.3333333", "3.00", "1.00"), ("Bread", "-1", "8.35", "8.35")], "9.35"),
        ([("Tea", None, "1.05", "2.10"), ("Sample", "1", "4.00", "0"), ("Bag", "1", "7.25", "7.25")], "9.35"),
        ([("Shirt", "1", "12.35", "12.35"), ("Shirt, returned", "-1", "3.00", "-3.00")], "9.35"),
        ([("Shirt, returned", "-1", "9.35", "-9.35")], "-9.35"),
        ([("Stamp", "1", "0.005", "0.005"), ("Pen", "1", "9.35", "9.35"), ("\x00", None, None, "1.00")], "9.35"),
    ],
)
def test_items_that_were_read_can_be_sent_back_as_they_are(
    person: Person, read: Read, lines: list[Any], total: str
) -> None:
    receipt = read(items=items(*lines), total=Decimal(total))
    assert receipt["items"]
    corrected = sent_back(person, receipt)
    assert corrected["items"] == receipt["items"]
    assert corrected["items_difference"] == receipt["items_difference"]


def test_a_unit_price_is_kept_where_it_is_the_rounded_price_of_one(read: Read) -> None:
    right = read(items=items(("Cheese", "2.5", "1.05", "2.63")), total=Decimal("2.63"))
    assert (right["items"][0]["unit_price"], right["review_reasons"]) == (1.05, [])


def test_a_unit_price_that_does_not_come_to_the_total_goes(read: Read) -> None:
    wrong = read(items=items(("Cheese", "2.5", "1.05", "2.62")), total=Decimal("2.62"))
    assert (wrong["items"][0]["quantity"], wrong["items"][0]["unit_price"]) == (2.5, None)


@pytest.mark.parametrize(
    ("printed", "discount"), [(None, 3), ("3.00", 3), ("2.00", 5)], ids=["unnamed", "printed below", "beside another"]
)
def test_a_line_that_takes_off_becomes_a_discount(read: Read, printed: str | None, discount: int) -> None:
    receipt = read(
        items=items(("Shirt", None, None, "12.00"), ("Coupon", None, None, "-3.00")),
        discount=printed and Decimal(printed),
        total=12 - Decimal(discount),
    )
    assert [(item["name"], item["total_price"]) for item in receipt["items"]] == [("Shirt", 12)]
    assert (receipt["discount"], receipt["review_reasons"]) == (discount, [])
    assert receipt["items_difference"] == -discount


def test_what_is_stored_is_added_up_and_not_what_was_read(read: Read) -> None:
    lines = items(("Shirt", None, None, "9.00"), ("Button", None, None, "0.355"))
    receipt = read(items=lines, total=Decimal("9.355").quantize(Decimal("0.01")))
    assert receipt["review_reasons"] == ["items_do_not_add_up", "items_doubtful"]
    assert receipt["field_confidence"]["items"] < 0.7


def test_items_beyond_the_most_that_a_receipt_holds_are_missed(read: Read) -> None:
    receipt = read(items=items(("Tea", None, None, "1.00")) * 510, total=Decimal(510))
    assert len(receipt["items"]) == 500
    assert receipt["review_reasons"] == ["items_do_not_add_up", "items_doubtful"]


def test_a_refund_is_stored_without_its_minus(read: Read) -> None:
    receipt = read(
        items=items(("Paper, returned", "10", "-3.50", "-35.00")),
        subtotal=Decimal("-35.00"),
        tax=Decimal("-7.00"),
        total=Decimal("-42.00"),
    )
    assert (receipt["type"], receipt["total_amount"], receipt["subtotal"], receipt["tax"]) == ("refund", 42, 35, 7)
    (item,) = receipt["items"]
    assert (item["quantity"], item["unit_price"], item["total_price"]) == (10, 3.5, 35)
    assert receipt["review_reasons"] == []


def test_a_total_rounded_to_whole_units_still_agrees_with_its_items(read: Read) -> None:
    receipt = read(items=items(("Rice", None, None, "99.60")), rounding=Decimal("0.40"), total=Decimal(100))
    assert receipt["review_reasons"] == []
