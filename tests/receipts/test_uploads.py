"""Uploading receipts: what is stored at once, duplicates, races, deletion; nothing here needs to be read."""

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.extensions import mongo
from app.receipts import repository
from tests.accounts import at_once
from tests.factories import PASSWORD, Person, code, data, fields_at_fault
from tests.files import owner_of
from tests.intake.files import BAD
from tests.receipts.drawing import draw
from tests.receipts.records import BREAD, IMAGE, RECEIPTS, UPLOADS, known_receipt, listed, path_of, send, uploaded
from tests.records import TRANSACTIONS, count_of
from tests.waiting import wait_until


def files_of(person: Person) -> int:
    """How many files of a person are in the storage, pictures made of them aside."""
    return mongo.db["stored_files.files"].count_documents({"filename": {"$regex": f"^{owner_of(person)}/.*/original$"}})


def test_an_upload_is_a_receipt_that_waits(person: Person) -> None:
    content = draw()
    answer = send(person, content, category="Groceries", notes="for Sunday", currency="eur")
    assert answer.status_code == 202
    assert data(answer)["duplicate"] is False
    receipt = data(answer)["receipt"]
    assert (receipt["status"], receipt["source"], receipt["amount"]) == ("processing", "receipt", 0)
    assert (receipt["category"], receipt["notes"], receipt["currency"]) == ("Groceries", "for Sunday", "EUR")
    unknown = ("merchant_name", "total_amount", "transaction_date", "ocr_text", "failure", "extracted_by")
    assert all(receipt[name] is None for name in unknown)
    assert receipt["file"] == {
        "filename": "lunch.jpg",
        "size": len(content),
        "content_type": "image/jpeg",
        "sha256": receipt["file"]["sha256"],
        "pages": 1,
    }
    assert data(person.get(path_of(receipt, "/status"))) == {
        "_id": receipt["_id"],
        "status": "processing",
        "progress": "queued",
    }
    (upload,) = data(person.get(UPLOADS))["uploads"]
    assert (upload["receipt_id"], upload["status"], upload["filename"]) == (receipt["_id"], "processing", "lunch.jpg")
    assert upload["sha256"] == receipt["file"]["sha256"]
    assert listed(person, status="processing") == [receipt["_id"]]


def test_an_account_sends_only_so_many(person: Person, stranger: Person, limits: Callable[..., None]) -> None:
    limits(RATELIMIT_UPLOAD="2/minute")
    receipt = uploaded(person)
    assert person.post(RECEIPTS, BREAD).status_code == 201
    refused = send(person, draw())
    assert (refused.status_code, code(refused)) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert send(stranger, draw()).status_code == 202
    assert person.get(path_of(receipt)).status_code == 200
    assert person.post(path_of(receipt, "/reprocess")).status_code != 429, "counted by itself"


def test_nothing_internal_is_shown(person: Person) -> None:
    receipt = uploaded(person)
    shown = str([data(person.get(path)) for path in (path_of(receipt), RECEIPTS, UPLOADS, TRANSACTIONS)])
    for internal in ("own_currency", "read_as", "lease", "revision", "words", "timezone", "once", "stored_at"):
        assert internal not in shown


def test_the_image_is_shown_to_its_owner_only(person: Person, stranger: Person) -> None:
    receipt = uploaded(person)
    for query in ({}, {"size": "thumb"}):
        answer = person.get(path_of(receipt, "/image"), **query)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"].startswith("private")
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert person.request("GET", path_of(receipt, "/image"), query_string=query, headers=tag).status_code == 304
        assert stranger.get(path_of(receipt, "/image"), **query).status_code == 404
    assert fields_at_fault(person.get(path_of(receipt, "/image"), size="huge")) == [["query", "size"]]
    assert person.get(path_of(known_receipt(person), "/image")).status_code == 404
    linked = person.client.get(receipt["image_url"])
    assert (linked.status_code, linked.mimetype) == (200, "image/jpeg")


def test_the_same_file_is_the_same_receipt(person: Person, stranger: Person) -> None:
    content = draw()
    first = uploaded(person, content)
    again = send(person, content, filename="other name.jpg")
    assert again.status_code == 200
    assert (data(again)["duplicate"], data(again)["receipt"]["_id"]) == (True, first["_id"])
    assert (count_of(person), files_of(person)) == (1, 1)
    assert send(stranger, content).status_code == 202
    forced = send(person, content, f"{RECEIPTS}?force=true")
    assert forced.status_code == 202
    assert data(forced)["receipt"]["_id"] != first["_id"]
    assert count_of(person) == files_of(person) == 2
    assert data(send(person, content))["receipt"]["_id"] == first["_id"]


def test_what_is_typed_is_stored_whatever_became_of_its_file(person: Person) -> None:
    content = draw()
    first = uploaded(person, content)
    typed = {**BREAD, "image_base64": b64encode(content).decode()}
    answers = at_once(3, lambda _: person.post(RECEIPTS, typed))
    assert [(answer.status_code, data(answer)["duplicate"]) for answer in answers] == [(201, False)] * 3
    receipts = [data(person.get(path_of(data(answer)["receipt"]))) for answer in answers]
    for receipt in receipts:
        assert (receipt["status"], receipt["total_amount"], receipt["merchant_name"]) == (
            "completed",
            12.4,
            "Corner Bakery",
        )
        others = {other["_id"] for other in receipts} - {receipt["_id"]}
        assert {other["_id"] for other in receipt["possible_duplicates"]} == others
    assert count_of(person) == files_of(person) == 4
    assert data(send(person, content))["receipt"]["_id"] == first["_id"]


def test_of_racing_receipts_with_one_file_none_is_lost(person: Person) -> None:
    typed = {**BREAD, "image_base64": b64encode(draw()).decode()}
    answers = at_once(4, lambda number: person.post(RECEIPTS, {**typed, "total_amount": number + 1}))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(data(answer)["receipt"]["total_amount"] for answer in answers) == [1, 2, 3, 4]
    assert count_of(person) == files_of(person) == 4


def test_racing_uploads_of_one_file_store_one(person: Person) -> None:
    content = draw()
    answers = at_once(6, lambda _: send(person, content))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    assert len({data(answer)["receipt"]["_id"] for answer in answers}) == 1
    assert (count_of(person), files_of(person)) == (1, 1)


def test_the_same_key_uploads_one(person: Person) -> None:
    content = draw()
    first, again = (
        person.post(
            RECEIPTS, data={"file": (BytesIO(content), "a.jpg"), "notes": "n"}, headers={"Idempotency-Key": "k"}
        )
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count_of(person) == files_of(person) == 1


def test_a_known_receipt_may_bring_its_image(person: Person) -> None:
    image = "data:image/jpeg;base64," + b64encode(draw()).decode()
    receipt = known_receipt(person, image_base64=image)
    assert (receipt["status"], receipt["file"]["content_type"]) == ("completed", "image/jpeg")
    assert person.get(path_of(receipt, "/image")).status_code == 200
    assert data(person.get(UPLOADS))["uploads"][0]["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "field"), [({"category": "Bread"}, "category"), ({"currency": "XXQ"}, "currency"), ({"tip": "1"}, "tip")]
)
def test_a_refused_upload_stores_nothing(person: Person, fields: dict[str, str], field: str) -> None:
    assert fields_at_fault(send(person, draw(), **fields)) == [["body", field]]
    assert count_of(person) == files_of(person) == 0


REFUSED = (
    *("nothing", "half a JPEG", "half a PDF", "50,000 pixels square", "a moving GIF", "a program", "an archive"),
    *("500 pages", "a locked PDF", "a script at the start", "a document after a picture", "an archive after a PDF"),
)


def refused(answer: TestResponse, person: Person) -> tuple[int, str]:
    """The status and code of a refusal that stored nothing."""
    assert count_of(person) == files_of(person) == 0
    assert data(person.get(UPLOADS))["uploads"] == []
    return answer.status_code, code(answer)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_file_stores_nothing(person: Person, kind: str) -> None:
    make, status, reason = BAD[kind]
    answer = send(person, make())
    assert refused(answer, person) == (status, reason)
    assert status == 415 or fields_at_fault(answer) == [["body", "file"]]


BAD_NAMES = ["../a.jpg", "C:\\\\a.jpg", 'a\\".jpg', "a\n.jpg", "a\r\nX: 1.jpg", "a" * 500 + ".jpg"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_file_with_a_bad_name_is_not_stored(person: Person, name: str) -> None:
    answer = person.post(RECEIPTS, data={"file": (BytesIO(draw()), name)})  # the name goes over the wire as it is
    assert refused(answer, person)[0] == 422
    assert fields_at_fault(answer) == [["body", "file"]]


@pytest.mark.parametrize(
    ("image", "status"),
    [("%%%", 422), ("data:image/jpeg;base64,abc", 422), (b64encode(b"no picture").decode(), 415), (IMAGE[:2000], 422)],
)
def test_base64_with_rubbish_is_not_stored(person: Person, image: str, status: int) -> None:
    assert refused(person.post(RECEIPTS, {**BREAD, "image_base64": image}), person)[0] == status


def test_a_form_without_a_file_is_refused(person: Person) -> None:
    answer = person.post(RECEIPTS, data={"notes": "none"}, content_type="multipart/form-data")
    assert fields_at_fault(answer) == [["body", "file"]]


def test_a_row_that_is_refused_leaves_no_file(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(repository, "insert", refuse)
    assert send(person, draw()).status_code == 500
    assert files_of(person) == 0


@pytest.mark.parametrize("path", [RECEIPTS, TRANSACTIONS])
def test_deleting_removes_the_file(person: Person, worker: None, path: str) -> None:
    receipt = known_receipt(person, image_base64=b64encode(draw()).decode())
    assert files_of(person) == 1
    assert person.delete(f"{path}{receipt['_id']}").status_code == 200
    wait_until(lambda: files_of(person) == 0)
    assert person.client.get(receipt["image_url"]).status_code == 404


def test_while_it_is_processing(person: Person) -> None:
    receipt = uploaded(person)
    for answer in (
        person.patch(path_of(receipt), {"notes": "x"}),
        person.post(path_of(receipt, "/reprocess")),
    ):
        assert (answer.status_code, code(answer)) == (409, "receipt_processing")
    transaction = f"{TRANSACTIONS}{receipt['_id']}"
    answer = person.patch(transaction, {"notes": "x"})
    assert (answer.status_code, code(answer)) == (409, "transaction_processing")
    assert data(person.get("/api/transactions/summary"))["transaction_count"] == 0


@pytest.mark.parametrize("path", [RECEIPTS, TRANSACTIONS])
def test_who_sent_the_wrong_photo_need_not_wait(person: Person, stranger: Person, worker: None, path: str) -> None:
    receipt = uploaded(person)
    assert stranger.delete(f"{path}{receipt['_id']}").status_code == 404
    assert person.delete(f"{path}{receipt['_id']}").status_code == 200
    assert count_of(person) == 0
    wait_until(lambda: files_of(person) == 0)


def test_only_a_receipt_with_a_file_is_read_again(person: Person) -> None:
    answer = person.post(path_of(known_receipt(person), "/reprocess"))
    assert (answer.status_code, code(answer)) == (409, "no_file")


def test_erasing_the_account_removes_its_files(people: Any, worker: None) -> None:
    person = people()
    uploaded(person)
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    wait_until(lambda: files_of(person) == 0)
