"""Uploads that a real worker reads."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.drawings import jpeg, landscape
from tests.factories import Person, data
from tests.intake.files import drawing_bomb
from tests.processes import Worker
from tests.receipts.drawing import LINES, draw, heic, scanned
from tests.receipts.records import listed, path_of, settled, uploaded
from tests.records import TRANSACTIONS, count_of, stored
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def child(reading_worker: Worker) -> Any:
    """The process that does the reading."""
    pid = reading_worker.popen.pid

    def found() -> int:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0])

    return found


def being_read(receipt: dict[str, Any]) -> bool:
    return stored(receipt)["receipt"]["progress"] in ("reading", "extracting")


def test_a_photo_becomes_a_receipt(person: Person, reading_worker: Worker) -> None:
    receipt = settled(person, uploaded(person, currency="EUR", notes="for Sunday"))
    assert (receipt["status"], receipt["failure"]) == ("completed", None)
    assert (receipt["total_amount"], receipt["currency"], receipt["transaction_date"]) == (10.3, "EUR", "2026-02-01")
    assert "bakery" in receipt["merchant_name"].lower()
    assert (receipt["category"], receipt["notes"]) == ("Food & Dining", "for Sunday")
    assert "10.30" in receipt["ocr_text"]
    assert 0.5 < receipt["ocr_confidence"] <= 1
    assert set(receipt["field_confidence"]) >= {"merchant_name", "total_amount", "transaction_date"}
    assert receipt["extracted_by"] == "embedded"
    status = data(person.get(path_of(receipt, "/status")))
    assert (status["progress"], status["total_amount"]) == ("done", 10.3)
    (transaction,) = data(person.get(TRANSACTIONS))["transactions"]
    assert (transaction["_id"], transaction["amount"]) == (receipt["_id"], 10.3)
    assert listed(person, search="riverton") == [receipt["_id"]]
    assert "worker" not in stored(receipt)["receipt"]


@pytest.mark.parametrize("make", [heic, scanned])
def test_so_does_what_phones_and_scanners_send(
    person: Person, reading_worker: Worker, make: Callable[[], bytes]
) -> None:
    receipt = settled(person, uploaded(person, make()))
    assert (receipt["status"], receipt["total_amount"], receipt["transaction_date"]) == (
        "completed",
        10.3,
        "2026-02-01",
    )
    assert (receipt["extracted_by"], receipt["ocr_confidence"] > 0.5) == ("embedded", True)
    assert person.get(path_of(receipt, "/image")).mimetype == "image/jpeg"


def test_a_queue_is_read_in_order(person: Person, reading_worker: Worker) -> None:
    receipts = [uploaded(person, draw(lines)) for lines in (LINES, LINES[-4:], LINES[-3:])]
    for receipt in receipts:
        settled(person, receipt)
    ends = [stored(receipt)["updated_at"] for receipt in receipts]
    assert ends == sorted(ends)
    assert {stored(receipt)["attempts"] for receipt in receipts} == {1}


def test_what_a_person_set_outlives_another_reading(person: Person, reading_worker: Worker) -> None:
    first = settled(person, uploaded(person, category="Travel"))
    assert first["category"] == "Travel"
    fixed = {"merchant_name": "Bakery at the mill", "total_amount": 11.3, "tip": 1}
    corrected = data(person.patch(path_of(first), fixed))
    assert not {reason for reason in corrected["review_reasons"] if reason.startswith(("merchant", "total"))}
    answer = person.post(path_of(first, "/reprocess"))
    assert (answer.status_code, data(answer)["status"]) == (202, "processing")
    again = settled(person, first)
    assert {name: again[name] for name in fixed} == fixed
    assert (again["status"], again["category"], again["is_edited"]) == ("completed", "Travel", True)
    assert (again["transaction_date"], again["items"]) == (first["transaction_date"], first["items"])
    second = settled(person, uploaded(person))
    assert second["merchant_name"] == "Bakery at the mill", "it was read the same way before"
    assert second["category"] == "Travel"
    assert [entry["_id"] for entry in second["possible_duplicates"]] == []
    person.patch(path_of(second), {"total_amount": 11.3})
    assert [entry["_id"] for entry in data(person.get(path_of(second)))["possible_duplicates"]] == [first["_id"]]


def test_without_text_there_is_no_amount_until_a_person_gives_one(person: Person, reading_worker: Worker) -> None:
    receipt = settled(person, uploaded(person, jpeg(landscape())))
    assert (receipt["status"], receipt["failure"]["code"]) == ("failed", "no_text")
    assert (receipt["amount"], receipt["total_amount"], receipt["needs_review"]) == (0, None, True)
    assert data(person.get("/api/uploads/"))["uploads"][0]["status"] == "failed"
    assert data(person.get("/api/transactions/summary"))["transaction_count"] == 0
    completed = data(person.patch(path_of(receipt), {"total_amount": 5, "merchant_name": "Kiosk"}))
    assert (completed["status"], completed["total_amount"], completed["failure"]) == ("completed", 5, None)
    assert completed["review_reasons"] == ["date_missing"]


def test_a_killed_reading_runs_again_and_settles_once(person: Person, child: Any) -> None:
    receipt = uploaded(person, draw((*LINES[:-3], "TOTAL           10.31")))
    wait_until(lambda: being_read(receipt), 30, every=0.01)
    os.kill(child(), signal.SIGKILL)
    assert settled(person, receipt)["total_amount"] == 10.31
    document = stored(receipt)
    assert (document["attempts"], document["revision"]) == (2, 2)


def test_a_page_that_takes_hours_to_draw_holds_up_nobody(person: Person, reading_worker: Worker) -> None:
    """Its document is read without it, at the first try."""
    receipt = uploaded(person, drawing_bomb())
    found = settled(person, receipt)
    assert (found["status"], found["failure"]["code"]) == ("failed", "no_text")
    assert stored(receipt)["attempts"] == 1


def test_a_reading_of_what_was_deleted_leaves_nothing(person: Person, reading_worker: Worker, worker: None) -> None:
    receipt = uploaded(person)
    wait_until(lambda: being_read(receipt), 30, every=0.01)
    assert person.delete(path_of(receipt)).status_code == 200
    assert settled(person, uploaded(person))["status"] == "completed", "the next one is read after it"
    assert count_of(person) == 1
    assert person.get(path_of(receipt)).status_code == 404
