"""What can't be imported is said clearly, and nothing of it is stored."""

import gzip
from typing import Any

import pytest
from flask import Flask

from app.extensions import mongo
from tests.factories import Person, code, data, fields_at_fault
from tests.files import keys_of, owner_of
from tests.imports.files import CAMT, CSV, IMPORT, OFX, counts, imported, send, transactions

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
AMBIGUOUS = b"Date,Amount,Description\n01/02/2026,-3.20,tea\n03/04/2026,-3.20,tea\n"


@pytest.mark.parametrize(
    ("content", "fields", "at_fault"),
    [
        (PICTURE, {}, "file"),
        (b"PK\x03\x04" + b"\0" * 100, {}, "file"),
        (gzip.compress(CSV), {}, "file"),
        (b" \n", {}, "file"),
        (OFX[:-200], {}, "file"),
        (CAMT[:-60], {}, "file"),
        (b'[{"date": "2026-01-01"', {}, "file"),
        (CAMT.replace(b"<Document", b'<!DOCTYPE d [<!ENTITY a "aa">]><Document'), {}, "file"),
        (CSV, {"mapping": {"amount": "Betrag"}}, "mapping"),
        (CSV, {"mapping": "[1]"}, "mapping"),
        (CSV, {"currency": "ABC"}, "currency"),
        (CSV, {"nonsense": "1"}, "nonsense"),
        (AMBIGUOUS, {"date_format": "nonsense"}, "date_format"),
    ],
)
def test_a_file_that_can_t_be_read_is_refused(
    app: Flask, person: Person, content: bytes, fields: dict[str, Any], at_fault: str
) -> None:
    answer = send(person, content, **fields)
    assert fields_at_fault(answer) == [["body", at_fault]]
    assert transactions(person) == []
    assert mongo.db.imports.count_documents({"user_id": owner_of(person)}) == 0
    with app.app_context():
        assert keys_of(owner_of(person)) == []


def test_each_bad_row_is_named_and_the_good_ones_go_in(person: Person) -> None:
    rows = (
        "2026-01-05,-12.50,fine",
        "2026-13-45,-12.50,no such day",
        "2026-01-05,nothing,no amount",
        "2026-01-05,-20000000,too much",
        "2026-01-05,-1.234,too precise",
        "2026-01-07,-2.50," + "long " * 200,
    )
    content = "\n".join(["Date,Amount,Description", *rows, ""]).encode()
    outcome = imported(person, content, currency="EUR")
    assert counts(outcome) == (2, 0, 4)
    assert [fault["row"] for fault in outcome["errors"]] == [3, 4, 5, 6]
    assert all(fault["msg"] and fault["field"] for fault in outcome["errors"])
    long = transactions(person)[1]
    assert (len(long["description"]), long["currency"]) == (500, "EUR")
    assert long["notes"] == ("long " * 200).strip()


def test_of_very_many_faults_the_first_are_listed(person: Person) -> None:
    content = b"Date,Amount,Description\n2026-01-01,-1,fine\n" + b"2026-01-05,nothing,tea\n" * 150
    outcome = imported(person, content)
    assert counts(outcome) == (1, 0, 150)
    assert (len(outcome["errors"]), outcome["more_errors"]) == (100, 50)


def test_a_file_beyond_the_limit_is_refused(app: Flask, person: Person, limits: Any) -> None:
    limits(MAX_IMPORT_SIZE=2048)
    answer = send(person, b"x" * 3000)
    assert (answer.status_code, code(answer)) == (413, "too_large")
    assert send(person, CSV).status_code == 201


def test_a_body_of_another_kind_is_refused(person: Person) -> None:
    assert person.post(IMPORT, {"file": "x"}).status_code == 415
    packed = person.request("POST", IMPORT, data=gzip.compress(CSV), headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    assert "Content-Encoding" in packed.json["message"]


def test_ambiguous_days_are_asked_for(person: Person) -> None:
    answer = send(person, AMBIGUOUS)
    if answer.status_code == 422:
        assert fields_at_fault(answer) == [["body", "date_format"]]
    else:
        assert any("day" in note or "date" in note.lower() for note in data(answer)["notes"])
    outcome = imported(person, AMBIGUOUS.replace(b"tea", b"coffee"), date_format="DD/MM/YYYY")
    assert [row["local_date"] for row in outcome["preview"]] == ["2026-02-01", "2026-04-03"]
