"""Transactions as a file: what is in it, whose, and how it travels."""

import io
import json
import re
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import openpyxl
import pytest
from bson import ObjectId
from flask import Flask

from app.exports import streaming, workbook
from app.extensions import mongo
from app.transactions import portable_repository, portable_service
from app.transactions.portable import COLUMNS
from tests.exports.records import EXPORT, csv_rows, exported, json_rows, stored
from tests.factories import Person, code, data, fields_at_fault
from tests.imports.files import counts, imported
from tests.receipts.records import known_receipt
from tests.records import TRANSACTIONS, profiled

FORMULA = '=HYPERLINK("http://evil.example","see")'
EVERYTHING: list[dict[str, Any]] = [
    {"amount": 45.5, "description": "Plain", "currency": "INR"},
    {"amount": 1500, "description": "No decimals", "currency": "JPY", "type": "income"},
    {"amount": 1.234, "description": "Three of them", "currency": "KWD", "type": "refund"},
    {"amount": 0.0001, "description": "Four of them", "currency": "CLF"},
    {"amount": 10_000_000, "description": "The most there is"},
    {"amount": 0.1, "description": FORMULA, "merchant": "@SUM(A1)", "notes": "-1\n=2", "tags": ["+1", "'=x"]},
    {"amount": 2, "description": "'=already quoted", "external_id": "+4912345", "notes": "a;=b"},
    {"amount": 3, "description": "₹ 💸 é 漢字 \"quoted\", 'single'; <b>&amp;</b>", "notes": "one\ntwo\n\n\tthree"},
    {"amount": 4, "description": "_x0041_ is not A", "date": "2020-02-29", "tags": ["home", "a, b", "ü"]},
    {"amount": 5, "description": "To the millisecond", "date": "2026-01-31T23:59:59.999+05:30"},
    {
        "amount": 6,
        "description": "With items",
        "category": "Food & Dining",
        "items": [
            {"name": "Milk", "quantity": 1.5, "unit_price": 2, "category": "Groceries"},
            {"name": "=Bread", "quantity": 0.000001},
            {"name": "Eggs", "total_price": 3.25},
        ],
    },
]


@pytest.fixture
def owner(person: Person) -> Person:
    """Somebody with one of everything."""
    for number, fields in enumerate(EVERYTHING):
        person.spend(**{"category": "Groceries", "date": f"2026-01-{number + 1:02}", **fields})
    return person


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_export_import_and_export_are_the_same_bytes(owner: Person, people: Callable[..., Person], kind: str) -> None:
    before = exported(owner, format=kind)
    elsewhere = people(currency="USD", timezone="America/New_York")
    assert counts(imported(elsewhere, before, f"export.{kind}")) == (len(EVERYTHING), 0, 0)
    assert exported(elsewhere, format=kind) == before
    for other in ("csv", "json"):
        assert exported(elsewhere, format=other) == exported(owner, format=other)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_ones_own_export_creates_nothing_but_what_has_gone(owner: Person, kind: str) -> None:
    for _ in range(2):  # true twins
        owner.spend(7, description="Coffee", date="2026-01-20")
    content, all_there = exported(owner, format=kind), len(EVERYTHING) + 2
    assert counts(imported(owner, content, f"export.{kind}")) == (0, all_there, 0)
    gone = data(owner.get(TRANSACTIONS, search="Coffee"))["transactions"][0]
    assert owner.delete(f"{TRANSACTIONS}{gone['_id']}").status_code == 200
    assert counts(imported(owner, content, f"export.{kind}")) == (1, all_there - 1, 0)
    assert exported(owner, format=kind) == content


def test_a_row_is_compared_with_few_of_those_of_its_instant(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(owner, 500)
    owner.spend(7, description="Coffee")
    same = {"$set": {"date": datetime(2026, 2, 1, tzinfo=UTC), "local_date": "2026-02-01"}}
    mongo.db.transactions.update_many({"user_id": ObjectId(owner.profile["_id"])}, same)
    content = exported(owner, format="csv", min_amount=7, max_amount=7)
    compared = Mock(wraps=portable_service.fingerprint)
    monkeypatch.setattr(portable_service, "fingerprint", compared)
    assert counts(imported(owner, content, "export.csv")) == (0, 1, 0)
    assert compared.call_count < 10


def test_json_says_what_the_api_says_oldest_first(owner: Person) -> None:
    listed = data(owner.get(TRANSACTIONS, sort_order="asc"))["transactions"]
    rows = json_rows(exported(owner, format="json"))
    assert [list(row) for row in rows] == [list(COLUMNS)] * len(EVERYTHING)
    assert rows == [{name: transaction[name] for name in COLUMNS} for transaction in listed]
    amounts = json.loads(exported(owner, format="json"), parse_float=Decimal, parse_int=Decimal)
    assert {row["amount"] for row in amounts} >= {Decimal("45.5"), Decimal(1500), Decimal("1.234"), Decimal("0.0001")}


def test_csv_has_amounts_as_they_are_written_in_their_currency(owner: Person) -> None:
    content = exported(owner)
    assert content.startswith(b"\xef\xbb\xbf")
    amounts = {row["description"]: row["amount"] for row in csv_rows(content)}
    assert amounts["Plain"] == "45.50"
    assert amounts["No decimals"] == "1500"
    assert amounts["Three of them"] == "1.234"
    assert amounts["The most there is"] == "10000000.00"


def test_no_cell_of_csv_is_a_formula(owner: Person) -> None:
    rows = csv_rows(exported(owner))
    assert f"'{FORMULA}" in {row["description"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+\-@\t\r]", cell)]


def opened(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for sheet in book for row in sheet.iter_rows()]


def test_a_workbook_opens_with_numbers_days_and_texts(owner: Person) -> None:
    header, *rows = opened(exported(owner, format="xlsx"))
    assert [cell.value for cell in header] == list(COLUMNS)
    cells = {row[6].value: dict(zip(COLUMNS, row, strict=True)) for row in rows}
    assert len(cells) == len(EVERYTHING)
    plain, yen = cells["Plain"], cells["No decimals"]
    assert (plain["amount"].value, plain["amount"].number_format) == (45.5, "0.00")
    assert (yen["amount"].value, yen["amount"].number_format) == (1500, "0")
    assert plain["local_date"].value == datetime(2026, 1, 1)  # noqa: DTZ001 -- workbooks know no zones
    assert datetime.fromisoformat(plain["date"].value) == datetime(2026, 1, 1, 6, 30, tzinfo=UTC)
    written = cells["₹ 💸 é 漢字 \"quoted\", 'single'; <b>&amp;</b>"]
    assert written["notes"].value == "one\ntwo\n\n\tthree"
    assert cells["_x005F_x0041_ is not A"]["tags"].value == "home, a, b, ü"


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(owner: Person) -> None:
    rows = opened(exported(owner, format="xlsx"))
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n", "d"}
    assert not [cell for row in rows for cell in row if cell.hyperlink]
    texts = [cell.value for row in rows for cell in row if isinstance(cell.value, str)]
    assert f"'{FORMULA}" in texts
    assert not [text for text in texts if text[0] in "=+-@\t\r"]


def test_rows_beyond_a_sheet_go_to_the_next(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(person, 12)
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    book = openpyxl.load_workbook(io.BytesIO(exported(person, format="xlsx")))
    assert [sheet.max_row - 1 for sheet in book] == [5, 5, 2]
    dates = [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2)]
    assert dates == sorted(dates)


def test_what_xml_cannot_hold_damages_no_workbook(app: Flask, person: Person) -> None:
    stored(person, 1, description="a\x00b\ufffec", notes="x" * 40_000)
    _, row = opened(exported(person, format="xlsx"))
    assert row[6].value == "a\ufffdb\ufffdc"
    assert len(row[8].value) <= 32_767


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_nothing_is_a_whole_file_too(person: Person, kind: str) -> None:
    content = exported(person, format=kind)
    rows = {"csv": csv_rows, "json": json_rows, "xlsx": lambda book: opened(book)[1:]}[kind](content)
    assert rows == []


def test_headers_say_what_it_is(person: Person) -> None:
    for kind, content_type in (("csv", "text/csv; charset=utf-8"), ("json", "application/json")):
        answer = person.get(EXPORT, format=kind)
        assert answer.headers["Content-Type"] == content_type
        name = rf'attachment; filename="finsight-transactions-\d{{4}}-\d\d-\d\d\.{kind}"'
        assert re.fullmatch(name, answer.headers["Content-Disposition"])
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


@pytest.mark.parametrize(
    "query",
    [
        {"search": "plain"},
        {"category": "Food & Dining"},
        {"type": "income"},
        {"tag": "home"},
        {"min_amount": 3, "max_amount": "5"},
        {"start_date": "2026-01-03", "end_date": "2026-01-05"},
        {"start_date": "2026-01-03T00:00:00+05:30"},
        {"search": "of them", "type": "refund", "end_date": "2026-12-31"},
        {"search": "", "category": ""},
        {"status": "completed", "type": "expense"},
    ],
)
def test_filters_are_the_lists(owner: Person, query: dict[str, Any]) -> None:
    listed = data(owner.get(TRANSACTIONS, sort_order="asc", **query))["transactions"]
    assert listed
    rows = json_rows(exported(owner, format="json", **query))
    assert [row["description"] for row in rows] == [transaction["description"] for transaction in listed]


def test_bad_filters_are_refused(person: Person) -> None:
    assert fields_at_fault(person.get(EXPORT, format="pdf")) == [["query", "format"]]
    assert fields_at_fault(person.get(EXPORT, status="lost")) == [["query", "status"]]
    assert fields_at_fault(person.get(EXPORT, min_amount="lots")) == [["query", "min_amount"]]
    assert fields_at_fault(person.get(EXPORT, start_date="2026-02-02", end_date="2026-02-01"))


def test_only_ones_own_and_what_is_completed(person: Person, stranger: Person) -> None:
    person.spend(1, description="mine")
    stranger.spend(2, description="not mine")
    person.post(TRANSACTIONS, {"mode": "ai", "text": "Bought something"})
    known_receipt(person, merchant_name="A receipt")
    assert {row["description"] for row in json_rows(exported(person, format="json"))} == {"mine", "A receipt"}
    for status in ("processing", "failed"):
        assert json_rows(exported(person, format="json", status=status)) == []


def test_batches_neither_lose_nor_repeat(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(person, 5)
    for day in ("2026-01-01", "2026-01-02"):
        for number in range(6):
            person.spend(1, description=f"{day} {number}", date=day)
    whole = exported(person)
    monkeypatch.setattr(portable_repository, "DOCUMENTS_AT_ONCE", 2)
    assert exported(person) == whole
    rows = csv_rows(exported(person, end_date="2026-01-01"))
    assert [row["description"] for row in rows] == [f"2026-01-01 {number}" for number in range(6)]


@pytest.mark.parametrize(
    "damage",
    [
        {"amount": "much"},
        {"category": "Spaceships"},
        {"currency": "ZZZ"},
        {"date": "yesterday"},
        {"date": None},
        {"local_date": "someday"},
        {"items": [{"name": "Milk"}]},
        {"tags": [3]},
        {"description": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_damaged_ones_hide_no_others(
    person: Person, damage: dict[str, Any], kind: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(portable_repository, "DOCUMENTS_AT_ONCE", 2)
    stored(person, 5)
    owner = ObjectId(person.profile["_id"])
    mongo.db.transactions.update_one({"user_id": owner}, {"$set": damage})
    content = exported(person, format=kind)
    assert len(csv_rows(content) if kind == "csv" else opened(content)[1:]) == 4
    assert "unreadable record" in caplog.text


def test_only_so_many_at_a_time_and_one_for_each(person: Person, people: Callable[..., Person]) -> None:
    running = [people().get(EXPORT, buffered=False) for _ in range(streaming.MOST_AT_ONCE - 1)]
    running.append(person.get(EXPORT, buffered=False))
    for asking in (person, people()):
        refused = asking.get(EXPORT)
        assert (refused.status_code, code(refused)) == (503, "too_many_exports")
        assert int(refused.headers["Retry-After"]) > 0
    running.pop().close()  # a client that goes away
    assert person.get(EXPORT).status_code == 200
    for answer in running:
        answer.close()
    assert [person.get(EXPORT).status_code for _ in range(streaming.MOST_AT_ONCE + 1)] == [200] * 5


def peak_of(person: Person, kind: str) -> int:
    """The most bytes at a time while an export is read as it comes."""
    tracemalloc.start()
    answer = person.get(EXPORT, format=kind)
    assert sum(len(piece) for piece in answer.iter_encoded()) > 10_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_memory_does_not_grow_with_the_rows(
    person: Person, stranger: Person, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable_repository, "DOCUMENTS_AT_ONCE", 125)
    stored(person, 500, notes="n" * 300)
    stored(stranger, 2_500, notes="n" * 300)
    exported(person, format=kind)  # whatever is loaded for the first one
    assert peak_of(stranger, kind) < 1.5 * peak_of(person, kind)


def test_batches_read_no_more_than_they_give(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable_repository, "DOCUMENTS_AT_ONCE", 20)
    for number in range(3):  # many of the same instant
        stored(person, 30, description=f"{number}")
    with profiled("transactions", of=person) as profile:
        assert len(csv_rows(exported(person))) == 90
    batches = [entry for entry in profile if entry["op"] == "query"]
    assert len(batches) == 5
    assert all(entry["keysExamined"] <= 21 and entry["docsExamined"] <= 21 for entry in batches), batches
