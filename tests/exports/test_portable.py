"""Rows of our own exports: written and read again they are what they were, and nothing in them runs."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import Decimal128
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core import money
from app.core.types import CATEGORIES
from app.models.transactions import Kind
from app.services.statements.records import Fault, Unreadable
from app.transactions import portable_reading
from app.transactions.portable import COLUMNS, PortableRow, as_cells, as_json, original, portable, safe

USER: Any = {"currency": "INR", "timezone": "Asia/Kolkata"}
RUNS = re.compile(r"[=+\-@]")
PLAIN: dict[str, Any] = {
    "date": datetime(2026, 2, 1, 6, 30, 12, 345000, UTC),
    "local_date": "2026-02-01",
    "type": "expense",
    "amount": 4550,
    "currency": "USD",
    "category": "Groceries",
    "description": "Bread",
    "merchant": None,
    "notes": None,
    "tags": [],
    "items": [],
    "external_id": None,
}


def texts(longest: int) -> st.SearchStrategy[str]:
    """What a person may enter, often with the signs that matter here."""
    signs = st.text(alphabet="=+-@'\";,\t\n ＝x0", max_size=20)
    clean = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=longest)
    return (clean | signs).map(lambda text: text.strip() or "x")


@st.composite
def transactions(draw: st.DrawFn) -> dict[str, Any]:
    """The portable fields of a transaction as they are stored."""
    currency = draw(st.sampled_from(money.CURRENCIES))
    largest = money.to_minor(money.LARGEST_AMOUNT, currency)
    date = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(milliseconds=draw(st.integers(0, 4_000_000_000_000)))
    quantity = st.decimals(Decimal("0.000001"), 1_000_000, places=6).filter(bool).map(Decimal128)
    prices = st.integers(1, largest)
    item = st.fixed_dictionaries(
        {
            "name": texts(200),
            "quantity": st.none() | quantity,
            "unit_price": st.none(),
            "total_price": st.none() | prices,
            "category": st.none() | st.sampled_from(CATEGORIES),
        }
    )
    return {
        "date": date,
        "local_date": (date + timedelta(hours=draw(st.sampled_from((-12, 0, 14))))).date().isoformat(),
        "type": draw(st.sampled_from([*Kind])).value,
        "amount": draw(prices),
        "currency": currency,
        "category": draw(st.sampled_from(CATEGORIES)),
        "description": draw(texts(500)),
        "merchant": draw(st.none() | texts(200)),
        "notes": draw(st.none() | texts(2000)),
        "tags": draw(st.lists(texts(50), max_size=5)),
        "items": draw(st.lists(item, max_size=3)),
        "external_id": draw(st.none() | texts(200)),
    }


def as_csv(*stored: dict[str, Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *(as_cells(portable(fields)) for fields in stored)])
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes, kind: str) -> list[PortableRow | Fault]:
    rows = portable_reading.csv_rows if kind == "csv" else portable_reading.json_rows
    return list(rows(io.BytesIO(content), USER, None))


def shown(row: PortableRow | Fault) -> bytes:
    assert isinstance(row, PortableRow), row
    return as_json(portable(row.fields))


def at_an_end(instant: str, day: str) -> dict[str, Any]:
    return {**PLAIN, "date": datetime.fromisoformat(instant), "local_date": day}


@given(st.lists(transactions(), max_size=4))
@example([at_an_end("2100-12-31T23:59:59+00:00", "2101-01-01"), at_an_end("2101-01-01T04:00:00+00:00", "2100-12-31")])
@example([at_an_end("1970-01-01T00:00:00+00:00", "1969-12-31"), at_an_end("1969-12-31T20:00:00+00:00", "1970-01-01")])
@settings(max_examples=30, deadline=None)
def test_rows_come_back_as_they_were(stored: list[dict[str, Any]]) -> None:
    before = [as_json(portable(fields)) for fields in stored]
    assert [shown(row) for row in read(as_csv(*stored), "csv")] == before
    assert [shown(row) for row in read(b"[" + b",\n".join(before) + b"]", "json")] == before
    assert [row.fields["amount"] for row in read(as_csv(*stored), "csv")] == [fields["amount"] for fields in stored]


@given(texts(100))
@example("'=1")
@example("a;=1")
@example("x\n\t=1")
@settings(max_examples=150, deadline=None)
def test_no_cell_begins_with_what_runs_whatever_the_delimiter(text: str) -> None:
    cell = safe(text)
    assert original(cell) == text
    beginnings = [piece for piece in re.split("[;\t\n]", cell) if piece]
    assert not any(RUNS.match(piece.lstrip("\"'")) and not piece.startswith("'") for piece in beginnings)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", '"=1', "＝1"])
def test_formulas_become_texts(text: str) -> None:
    assert as_cells(portable({**PLAIN, "description": text}))[COLUMNS.index("description")] == f"'{text}"


def test_plain_texts_stay_as_they_are() -> None:
    for text in ("it's", "'quoted'", "a - b", "a=b", "mail@example.com", "💸 ₹500", "two\n\n\tlines"):
        assert safe(text) == text


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("amount", "0"),
        ("amount", "10000001"),
        ("amount", "45.505"),
        ("amount", "NaN"),
        ("amount", "lots"),
        ("currency", "ZZZ"),
        ("category", "Spaceships"),
        ("type", "gift"),
        ("date", "yesterday"),
        ("local_date", "2026-02-30"),
        ("local_date", "2026-02-04"),
        ("description", "x" * 501),
        ("description", ""),
        ("description", "a\x00b"),
        ("tags", '{"a": 1}'),
        ("items", '[{"name": "Milk", "quantity": 2, "unit_price": 3, "total_price": 7}]'),
        ("items", '[{"name": "Milk", "colour": "white"}]'),
    ],
)
def test_a_row_that_nobody_could_enter_is_told_with_its_field(kind: str, field: str, cell: str) -> None:
    if kind == "csv":
        cells = dict(zip(COLUMNS, as_cells(portable(PLAIN)), strict=True))
        out = io.StringIO()
        csv.writer(out).writerows([COLUMNS, cells.values(), {**cells, field: cell}.values(), cells.values()])
        content, row = out.getvalue().encode(), 3
    else:
        plain = as_json(portable(PLAIN)).decode()
        number = field in ("tags", "items") or cell.replace(".", "").isdigit()
        value = cell if number else '"' + cell.replace("\x00", "\\u0000") + '"'
        damaged = re.sub(rf'"{field}":(\[\]|null|"[^"]*"|[0-9.]+)', lambda _: f'"{field}":{value}', plain)
        content, row = f"[{plain},{damaged},{plain}]".encode(), 2
    first, fault, last = read(content, kind)
    assert isinstance(first, PortableRow)
    assert isinstance(last, PortableRow)
    assert isinstance(fault, Fault)
    assert (fault.row, fault.field.split(".")[0]) == (row, field)
    assert fault.msg


def test_a_total_that_was_rounded_in_another_currency_is_read() -> None:
    item = {
        "name": "Rice",
        "quantity": Decimal128("0.333"),
        "unit_price": 33300,
        "total_price": 11100,
        "category": None,
    }
    stored = {**PLAIN, "items": [item]}
    (row,) = read(as_csv(stored), "csv")
    assert shown(row) == as_json(portable(stored))


def test_rows_are_counted_by_the_lines_they_begin_on() -> None:
    cells = as_cells(portable({**PLAIN, "notes": "two\nlines"}))
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, cells, [], cells, cells[:3]])
    assert [row.row for row in read(out.getvalue().encode(), "csv")] == [2, 5, 7]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("csv", b""),
        ("csv", b"a,b,c\n1,2,3\n"),
        ("csv", ",".join(COLUMNS).encode() + b"\n\xff\xfe,\n"),
        ("csv", ",".join(COLUMNS).encode() + b'\n"' + b"x" * 3_000_000),
        ("csv", ",".join(COLUMNS).encode() + b"\n" + b'"a\n",' * 600_000),
        ("json", b""),
        ("json", b"{}"),
        ("json", b"3"),
        ("json", b"[{"),
        ("json", b'[{"amount": 1}'),
        ("json", b"[" * 100_000),
        ("json", b'["' + b"x" * 3_000_000 + b'"]'),
        ("json", b"[" + b'{"a":[' + b"1," * 2_000_000 + b"1]}]"),
        ("json", b"[1e99999999999999999999]"),
        ("json", b"[" + b"9" * 100_000 + b"]"),
        ("json", b'["\xff"]'),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:20]),
)
def test_what_is_no_export_of_ours_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, kind)
    assert refused.value.field == "file"
