"""What a reading makes of a receipt: it is believed no more than a person's input."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId

from app.core import clock
from app.receipts import entry, outcome
from app.receipts.line_items import one_line
from app.receipts.schemas import ReceiptUpload
from app.services.receipt_parser.types import LineItem, Reading
from tests.records import freeze

TODAY = "2026-02-10"
USER: Any = {"_id": ObjectId(), "currency": "INR", "timezone": "Asia/Kolkata"}
FILE = {"_id": ObjectId(), "sha256": "0" * 64}
READ = {"merchant": "Corner Bakery", "date": date(2026, 2, 1), "currency": "EUR", "total": Decimal("12.40")}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, f"{TODAY}T12:00:00+00:00")


def uploaded(**fields: Any) -> dict[str, Any]:
    """A stored receipt that waits to be read."""
    body = ReceiptUpload.model_construct(file=None, category=None, notes=None, currency=None)
    return {**entry.uploaded(USER, body, ObjectId(), FILE), "user_id": USER["_id"], **fields}


def settled(document: dict[str, Any] | None = None, **read: Any) -> dict[str, Any]:
    """What is stored when this was read."""
    reading = Reading(**{**READ, **read})
    return outcome.settled(document or uploaded(), reading, one_line(reading.merchant, 200), None)


def test_a_reading_settles_a_receipt() -> None:
    result = settled()
    assert (result["status"], result["failure"], result["type"]) == ("completed", None, "expense")
    assert (result["amount"], result["currency"], result["local_date"]) == (1240, "EUR", "2026-02-01")
    assert result["merchant"] == result["description"] == "Corner Bakery"
    assert result["receipt.review_reasons"] == []


def test_a_negative_total_is_a_refund() -> None:
    result = settled(total=Decimal("-12.40"))
    assert (result["type"], result["amount"], result["status"]) == ("refund", 1240, "completed")


@pytest.mark.parametrize(
    ("total", "currency", "reason"),
    [
        (None, "EUR", "total_missing"),
        (Decimal(0), "EUR", "total_missing"),
        (Decimal("12.405"), "EUR", "total_too_precise"),
        (Decimal("12.40"), "JPY", "total_too_precise"),
        (Decimal("10000000.01"), "EUR", "total_out_of_range"),
        (Decimal("-10000000.01"), "EUR", "total_out_of_range"),
        (Decimal("1E+30"), "EUR", "total_out_of_range"),
    ],
)
def test_without_a_usable_total_it_fails_and_keeps_the_rest(total: Decimal | None, currency: str, reason: str) -> None:
    result = settled(total=total, currency=currency)
    assert (result["status"], result["amount"]) == ("failed", 0)
    assert result["failure"]["code"] == "no_total"
    assert result["receipt.review_reasons"] == [reason]
    assert result["merchant"] == "Corner Bakery"


@pytest.mark.parametrize(
    ("total", "currency", "minor"),
    [
        (Decimal("1240.0"), "JPY", 1240),
        (Decimal("12.400"), "EUR", 1240),
        (Decimal("1.234"), "KWD", 1234),
        (Decimal(10_000_000), "EUR", 1_000_000_000),
    ],
)
def test_a_total_has_the_decimals_of_its_currency(total: Decimal, currency: str, minor: int) -> None:
    result = settled(total=total, currency=currency)
    assert (result["amount"], result["status"], result["receipt.review_reasons"]) == (minor, "completed", [])


@pytest.mark.parametrize(("read", "expected"), [(None, "INR"), ("eur", "EUR"), ("XXX", "INR")])
def test_an_unknown_currency_is_the_one_of_the_upload(read: str | None, expected: str) -> None:
    assert settled(currency=read)["currency"] == expected


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (None, "date_missing"),
        (date(2026, 2, 12), "date_out_of_range"),
        (date(1969, 12, 31), "date_out_of_range"),
    ],
)
def test_without_a_usable_date_it_is_of_the_day_it_was_sent(day: date | None, reason: str) -> None:
    result = settled(date=day)
    assert (result["local_date"], result["receipt.review_reasons"]) == (TODAY, [reason])


@pytest.mark.parametrize("days", [0, 1])
def test_the_latest_day_anywhere_is_not_the_future(days: int) -> None:
    day = clock.today(USER["timezone"]) + timedelta(days=days)
    result = settled(date=day)
    assert (result["local_date"], result["receipt.review_reasons"]) == (day.isoformat(), [])


def test_what_a_person_set_stays() -> None:
    fixed = ["amount", "merchant", "date"]
    document = uploaded(edited=fixed, amount=500, currency="USD", merchant="Mine", description="Mine", type="income")
    result = settled(document, total=Decimal("-12.405"), merchant=None, date=None)
    assert not result.keys() & {*fixed, "currency", "type", "local_date"}
    assert (result["status"], result["receipt.review_reasons"]) == ("completed", [])
    assert "mine" in result["receipt.words"]


def test_doubt_is_a_reason_to_look_once() -> None:
    result = settled(merchant=None, confidence={"total": 0.69, "merchant": 0.2, "date": 0.7, "tax": 2.0})
    assert result["receipt.review_reasons"] == ["merchant_missing", "total_doubtful"]
    assert result["receipt.field_confidence"]["total_amount"] == 0.69
    assert result["receipt.field_confidence"]["tax"] == 1.0


def test_what_was_read_is_text_and_bounded() -> None:
    result = settled(
        merchant="  Cor\x00ner\n Bakery " + "x" * 300,
        text="TOTAL\x07 12.40",
        reasons=("items_do_not_add_up", "Not A Code", "<script>"),
        tax=Decimal(-1),
        tip=Decimal("0.005"),
        items=(
            LineItem("", Decimal(1)),
            LineItem("Rye\x1b bread", Decimal("12.40"), Decimal(2), Decimal("6.20")),
        ),
    )
    assert result["merchant"].startswith("Cor ner Bakery x")
    assert len(result["merchant"]) == 200
    assert result["receipt.ocr_text"] == "TOTAL 12.40"
    assert result["receipt.review_reasons"] == ["items_do_not_add_up", "items_doubtful"], "one item has no name"
    assert (result["receipt.tax"], result["receipt.tip"]) == (None, None)
    assert [(item["name"], item["unit_price"], item["total_price"]) for item in result["items"]] == [
        ("Rye bread", 620, 1240)
    ]


def test_a_failed_reading_leaves_an_amount_as_it_was() -> None:
    assert outcome.failed(uploaded(amount=500), "timeout") == {"status": "completed", "failure": None}
    result = outcome.failed(uploaded(edited=["merchant"]), "no_text")
    assert (result["status"], result["failure"]["code"]) == ("failed", "no_text")
    assert result["receipt.review_reasons"] == ["total_missing", "date_missing"]


def test_a_second_reading_gives_up_nothing_that_the_first_one_found() -> None:
    item = LineItem("Rye bread", Decimal("12.40"))
    first = outcome.settled(uploaded(), Reading(**READ, items=(item,)), "Corner Bakery", "Groceries")
    parts = {name.removeprefix("receipt."): value for name, value in first.items() if name.startswith("receipt.")}
    whole = {name: value for name, value in first.items() if not name.startswith("receipt.")}
    before = uploaded(**whole)
    before["receipt"] |= parts
    second = settled(before, merchant=None, date=None)
    after = {**before, **second}
    for name in ("merchant", "description", "category", "local_date", "date", "items", "amount", "currency"):
        assert after[name] == first[name], name
    assert sorted(second["receipt.review_reasons"]) == ["date_missing", "merchant_missing"]
