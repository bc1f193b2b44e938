"""Uploads from file to transaction: read by Gemini, by the embedded reader in its place, or not at all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.receipts import extracting
from app.services import receipt_reader
from app.services.storage import StorageUnavailable
from config import load_settings
from tests import drawings, gemini_stub
from tests.accounts import another_app
from tests.factories import Person, data
from tests.files import nobody, owner_of
from tests.gemini_stub import ANSWER, GeminiStub
from tests.receipts.records import RECEIPTS, path_of, send, uploaded
from tests.waiting import wait_until

Read = Callable[[bytes], dict[str, Any]]


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with gemini_stub.gemini_stub() as server:
        server.replies = {"today": gemini_stub.good(**ANSWER)}
        yield server


@pytest.fixture
def read(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> Read:
    """A receipt of an upload, read here and now rather than by a worker of other tests."""
    monkeypatch.setattr("app.receipts.service.enqueue", lambda *_: True)

    def read_here(content: bytes) -> dict[str, Any]:
        answer = send(person, content)
        assert answer.status_code == 202, answer.json
        receipt = data(answer)["receipt"]
        with app.app_context():
            extracting.extract(ObjectId(person.profile["_id"]), ObjectId(receipt["_id"]), "here")
        return data(person.get(path_of(receipt)))

    return read_here


@pytest.fixture
def gemini(app: Flask, stub: GeminiStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application asks the stub."""
    chosen = {"AI_PROVIDER": "gemini", "GEMINI_API_KEY": "key-of-the-tests", "GEMINI_API_ENDPOINT": stub.endpoint}
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=chosen))
    assert load_settings(**chosen).uses_gemini


def test_gemini_reads_where_it_is_configured(gemini: None, read: Read) -> None:
    receipt = read(drawings.pdf(drawings.GROCERIES))
    assert (receipt["status"], receipt["extracted_by"]) == ("completed", "gemini")
    assert (receipt["merchant_name"], receipt["total_amount"], receipt["currency"]) == ("Corner Grocery", 9.35, "EUR")
    assert (receipt["transaction_date"], receipt["tax"], receipt["subtotal"]) == ("2026-02-14", 0.85, 8.5)
    assert (receipt["category"], receipt["payment_method"]) == ("Groceries", "cash")
    assert [item["name"] for item in receipt["items"]] == ["Milk", "Bread", "Apples"]
    assert (receipt["needs_review"], receipt["review_reasons"]) == (False, [])


def test_a_total_that_is_on_the_paper_nowhere_has_to_be_looked_at(gemini: None, stub: GeminiStub, read: Read) -> None:
    stub.replies = {"today": gemini_stub.good(**{**ANSWER, "total_amount": 777.77})}
    receipt = read(drawings.pdf(drawings.GROCERIES))
    assert receipt["needs_review"]
    assert receipt["review_reasons"] == ["total_doubtful"]
    assert receipt["field_confidence"]["total_amount"] < 0.5


def test_what_gemini_says_is_stored_no_further_than_a_persons_input(gemini: None, stub: GeminiStub, read: Read) -> None:
    odd = {
        "merchant_name": "Corner\u0000\n Grocery ",
        "category": "Weapons",
        "transaction_date": "1969-02-14",
        "tax": -1,
        "tip": 0.855,
        "payment_method": "x" * 1500,
        "text": "a\u0007b" + "x" * 50_000,
        "items": [{"name": "Milk", "total_price": 3}, {"name": "\u0000", "total_price": 1}],
    }
    stub.replies = {"today": gemini_stub.good(**{**ANSWER, **odd})}
    receipt = read(drawings.pdf(drawings.GROCERIES))
    assert (receipt["extracted_by"], receipt["merchant_name"]) == ("gemini", "Corner Grocery")
    assert (receipt["category"], receipt["tax"], receipt["tip"]) == ("Groceries", None, None)
    assert (receipt["payment_method"], len(receipt["ocr_text"])) == ("x" * 50, 20_000)
    assert [item["name"] for item in receipt["items"]] == ["Milk"]
    assert set(receipt["review_reasons"]) == {
        "date_out_of_range", "date_doubtful", "items_do_not_add_up", "items_doubtful"
    }  # fmt: skip


def test_the_embedded_reader_answers_for_a_gemini_that_fails(gemini: None, stub: GeminiStub, read: Read) -> None:
    stub.replies = {"today": gemini_stub.error(403, "PERMISSION_DENIED")}
    receipt = read(drawings.pdf(drawings.GROCERIES))
    assert (receipt["status"], receipt["extracted_by"], receipt["total_amount"]) == ("completed", "embedded", 9.35)
    assert receipt["category"] == "Groceries"


@pytest.mark.parametrize("lines", [drawings.PROSE, drawings.SCREENSHOT])
def test_what_is_no_receipt_gets_no_number_that_counts_unseen(read: Read, lines: tuple[str, ...]) -> None:
    receipt = read(drawings.pdf(lines))
    assert receipt["needs_review"]
    assert receipt["status"] == "failed" or receipt["field_confidence"]["total_amount"] < 0.5
    assert receipt["status"] == "completed" or receipt["failure"]["code"] == "no_total"


def test_a_photo_without_text_fails_and_says_so(gemini: None, stub: GeminiStub, read: Read) -> None:
    receipt = read(drawings.jpeg(drawings.fur()))
    assert (receipt["status"], receipt["failure"]["code"]) == ("failed", "no_text")
    assert (receipt["total_amount"], receipt["items"], receipt["extracted_by"]) == (None, [], None)
    assert stub.requests == []


def test_what_no_signal_ends_is_settled_all_the_same(
    person: Person, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object) -> None:
        wait_until(lambda: person.get(RECEIPTS, status="failed").json["data"]["receipts"])
        raise receipt_reader.NoText

    monkeypatch.setattr(extracting, "LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(receipt_reader, "read", hang)
    receipt = read(drawings.pdf(drawings.GROCERIES))
    assert (receipt["status"], receipt["failure"]["code"]) == ("failed", "timeout")


def test_an_outage_of_the_storage_only_delays(
    app: Flask, settings: dict[str, object], person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.receipts.service.enqueue", lambda *_: True)
    receipt = uploaded(person, drawings.pdf(drawings.GROCERIES))
    owner, receipt_id = owner_of(person), ObjectId(receipt["_id"])
    bucket = {"STORAGE_BACKEND": "s3", "S3_BUCKET": "receipts", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "k"}
    with (
        nobody() as url,
        another_app(app, settings, **bucket, S3_ENDPOINT_URL=url) as away,
        away.app_context(),
    ):
        for attempt in range(2 * extracting.MOST_ATTEMPTS):
            with pytest.raises(StorageUnavailable):
                extracting.extract(owner, receipt_id, f"worker {attempt}")
    waiting = data(person.get(path_of(receipt, "/status")))
    assert (waiting["status"], waiting["progress"]) == ("processing", "queued")
    with app.app_context():
        extracting.extract(owner, receipt_id, "the last worker")
    assert data(person.get(path_of(receipt)))["total_amount"] == 9.35
