"""Each kind of file becomes transactions, shown before as they are stored afterwards."""

from typing import Any

import pytest

from tests.factories import Person, data
from tests.imports.files import CAMT, CSV, IMPORTS, OFX, QIF, counts, imported, transactions

SAME = ("state", "total", "created", "duplicates", "invalid", "errors", "more_errors", "preview", "notes", "format")


@pytest.mark.parametrize(
    ("content", "form", "rows"),
    [
        (
            CSV,
            "csv",
            [
                ("expense", 12.5, "POS 4029 NETFLIX.COM AMSTERDAM", "Netflix", "Entertainment"),
                ("expense", 3.2, "CORNER COFFEE", "Corner Coffee", "Food & Dining"),
                ("expense", 3.2, "CORNER COFFEE", "Corner Coffee", "Food & Dining"),
                ("income", 2500, "SALARY JANUARY", "Salary January", "Other"),
            ],
        ),
        (
            OFX,
            "ofx",
            [
                ("expense", 12.5, "NETFLIX.COM", "Netflix", "Entertainment"),
                ("income", 2500, "EMPLOYER", "Employer", "Other"),
            ],
        ),
        (
            QIF,
            "qif",
            [
                ("expense", 60, "Superstore", "Superstore", "Food & Dining"),
                ("income", 100, "Grandmother", "Grandmother", "Other"),
            ],
        ),
        (CAMT, "camt", [("expense", 19.99, "Stadtwerke", "Stadtwerke", "Utilities")]),
    ],
    ids=["csv", "ofx", "qif", "camt"],
)
def test_what_is_shown_before_is_what_is_stored(person: Person, content: bytes, form: str, rows: list[Any]) -> None:
    shown = imported(person, content, dry_run=True)
    assert shown["import_id"] is None
    assert transactions(person) == []
    assert data(person.get(IMPORTS))["imports"] == []

    outcome = imported(person, content)
    assert {name: shown[name] for name in SAME} == {name: outcome[name] for name in SAME}
    assert (outcome["state"], outcome["format"]) == ("completed", form)
    assert counts(outcome) == (len(rows), 0, 0)
    stored = transactions(person)
    fields = ("type", "amount", "description", "merchant", "category")
    assert [tuple(one[name] for name in fields) for one in stored] == rows
    assert {one["source"] for one in stored} == {"import"}
    compared = ("type", "amount", "currency", "category", "description", "merchant", "date", "local_date", "notes")
    assert [{name: row[name] for name in compared} for row in outcome["preview"]] == [
        {name: one[name] for name in compared} for one in stored
    ]

    again = imported(person, content)
    assert counts(again) == (0, len(rows), 0)
    assert len(transactions(person)) == len(rows)
    assert [one["import_id"] for one in data(person.get(IMPORTS))["imports"]] == [
        again["import_id"],
        outcome["import_id"],
    ]


def test_a_long_remark_of_a_bank_s_is_in_the_notes_as_a_whole(person: Person) -> None:
    remark = "PURPOSE " * 100
    imported(person, OFX.replace(b"<NAME>NETFLIX.COM", b"<MEMO>" + remark.encode()), "bank.ofx")
    first, _ = transactions(person)
    assert (len(first["description"]), first["notes"]) == (500, remark.strip())
    imported(person, OFX.replace(b"A2", b"A3").replace(b"SALARY JANUARY", remark.encode() * 3), "bank.ofx")
    assert sorted(len(one["notes"]) for one in transactions(person, type="income")) == [14, 2000]


def test_parts_of_a_split_are_line_items(person: Person) -> None:
    imported(person, QIF)
    split = transactions(person)[0]
    assert [(item["name"], item["total_price"], item["category"]) for item in split["items"]] == [
        ("Groceries", 50, "Groceries"),
        ("Household", 10, "Housing"),
    ]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_comes_back_as_it_was(person: Person, stranger: Person, form: str) -> None:
    imported(person, CSV)
    person.spend(5, external_id="x-1", tags=["a", "b"], items=[{"name": "milk", "quantity": 2, "unit_price": 2.5}])
    exported = person.get("/api/transactions/export", format=form).data

    assert counts(imported(stranger, exported, f"export.{form}")) == (5, 0, 0)
    assert stranger.get("/api/transactions/export", format=form).data == exported
    assert counts(imported(stranger, exported, f"export.{form}")) == (0, 5, 0)
    assert counts(imported(person, exported, f"export.{form}", dry_run=True)) == (0, 5, 0)
    assert counts(imported(person, exported, f"export.{form}")) == (0, 5, 0)


def test_an_external_id_that_is_taken_is_a_fault_of_its_row(person: Person, stranger: Person) -> None:
    person.spend(5, external_id="x-1")
    person.spend(6, external_id="x-2")
    exported = person.get("/api/transactions/export", format="csv").data
    stranger.spend(7, external_id="x-1")
    for dry_run in (True, False):
        outcome = imported(stranger, exported, dry_run=dry_run)
        assert counts(outcome) == (1, 0, 1)
        assert [fault["field"] for fault in outcome["errors"]] == ["external_id"]
