"""Any table of entries, written in any style and encoding, reads back exactly."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.statements import Entry, Fault, Unreadable, csv_reader
from app.services.statements.csv_amounts import mark_of, value_of
from tests.statements.reading import OPTIONS, statement

LETTERS = {
    "utf-8": st.characters(min_codepoint=32, exclude_categories=("C", "Z")),
    "utf-8-sig": st.characters(min_codepoint=32, exclude_categories=("C", "Z")),
    "utf-16": st.characters(min_codepoint=32, exclude_categories=("C", "Z")),
    "utf-16-le": st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=("C", "Z")),
    "utf-16-be": st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=("C", "Z")),
    "cp1252": st.sampled_from(
        ["Müller", " Café", " Größe;", " l’été", " señor", ' "Ærø"', " £5", " 12 €", " à Créteil", " São,"]
    ),
    "gb18030": st.sampled_from("超市购物餐饮交通出行工资转账支付房租水电医疗教育的一是在不了有和人这"),
    "euc_jp": st.sampled_from("スーパーコンビニでんき水道給与振込家賃電車ラーメンのはをにが東京"),
}
GROUPS = {".": (",", " ", "'", ""), ",": (".", " ", "'", "\xa0", "")}
HEADERS = {
    "gb18030": {
        "Date": "交易日期",
        "Amount": "金额",
        "Type": "借贷标志",
        "Debit": "借方金额",
        "Credit": "贷方金额",
        "Description": "摘要",
    },
    "euc_jp": {
        "Date": "取引日",
        "Amount": "金額",
        "Type": "取引区分",
        "Debit": "出金",
        "Credit": "入金",
        "Description": "お取引内容",
    },
}
DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%b-%Y",
    "%Y年%m月%d日",
    "%d.%m.%y",
    "%d %B %Y",
)
PARTS = ("2026-01-05", "05/13/26", "1,5", "-3", "Total", '"', '""', ",", ";", "\n", "\r", "x", " ", "é", "\t")
SIGNS = ("minus", "brackets", "after", "DR", "type", "columns")


class Row(NamedTuple):
    """What a row says."""

    day: date
    cents: int
    is_income: bool
    text: str


class Style(NamedTuple):
    """How a table is written."""

    encoding: str
    delimiter: str
    mark: str
    group: str
    dates: str
    signs: str
    ending: str
    quoting: int


@st.composite
def tables(draw: st.DrawFn) -> tuple[Style, list[Row]]:
    encoding = draw(st.sampled_from(sorted(LETTERS)))
    mark = draw(st.sampled_from(".,"))
    style = Style(
        encoding,
        draw(st.sampled_from(",;\t|")),
        mark,
        draw(
            st.sampled_from([group for group in GROUPS[mark] if group != "\xa0" or encoding.startswith(("utf", "cp"))])
        ),
        draw(st.sampled_from([one for one in DATES if one.isascii() or encoding.startswith(("utf", "gb", "euc"))])),
        draw(st.sampled_from(SIGNS)),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    # The 28th is in each file, so that no day can be read in two ways; a word of letters begins each text.
    words = st.lists(LETTERS[encoding], min_size=1, max_size=12).map(lambda parts: f"x{''.join(parts)}x")
    row = st.builds(Row, st.dates(date(2020, 1, 1), date(2026, 11, 20)), st.integers(1, 10**9), st.booleans(), words)
    rows = draw(st.lists(row, min_size=1, max_size=8))
    return style, [*rows, Row(date(2024, 5, 28), 5050, False, "xx"), Row(date(2024, 5, 28), 99, True, "xx")]


def grouped(cents: int, style: Style) -> str:
    whole, part = divmod(cents, 100)
    return f"{whole:,}".replace(",", style.group) + f"{style.mark}{part:02}"


def cells(row: Row, style: Style) -> list[str]:
    amount = grouped(row.cents, style)
    money = {
        "minus": [amount if row.is_income else f"-{amount}"],
        "brackets": [amount if row.is_income else f"({amount})"],
        "after": [amount if row.is_income else f"{amount}-"],
        "DR": [f"{amount} CR" if row.is_income else f"{amount} DR"],
        "type": [amount, "Credit" if row.is_income else "Debit"],
        "columns": ["", amount] if row.is_income else [amount, ""],
    }[style.signs]
    return [row.day.strftime(style.dates), *money, row.text]


def written(style: Style, rows: list[Row]) -> bytes:
    money = {"type": ["Amount", "Type"], "columns": ["Debit", "Credit"]}.get(style.signs, ["Amount"])
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator=style.ending, quoting=style.quoting)
    names = HEADERS.get(style.encoding, {})
    writer.writerow([names.get(name, name) for name in ("Date", *money, "Description")])
    writer.writerows(cells(row, style) for row in rows)
    return text.getvalue().encode(style.encoding)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_what_is_written_is_read_back(table: tuple[Style, list[Row]]) -> None:
    style, rows = table
    found, good, bad = statement(written(style, rows))
    assert bad == []
    assert found.total == len(rows)
    assert [(entry.day, entry.amount, entry.type == "income", entry.description) for entry in good] == [
        (row.day, Decimal(row.cents) / 100, row.is_income, row.text) for row in rows
    ]


def outcome(content: bytes) -> list[Entry | Fault] | str:
    """The rows of a file, or why it is refused."""
    try:
        found = csv_reader.read(io.BytesIO(content), OPTIONS)
        rows = list(found.entries)
    except Unreadable as refused:
        return refused.message
    assert found.total == len(rows)
    return rows


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert outcome(content)
    assert outcome(b"Date,Amount,Description\n2026-01-05,1,x\n" + content)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=60))
def test_any_broken_table_has_as_many_rows_as_it_says(parts: list[str]) -> None:
    rows = outcome(("Date,Amount,Description\n2026-01-05,1.00,x\n" + "".join(parts)).encode())
    assert isinstance(rows, str) or all(isinstance(row, Entry | Fault) for row in rows)


@given(st.text("0123456789.,'’ ", min_size=1, max_size=14))
def test_an_amount_is_never_read_in_a_way_its_mark_denies(number: str) -> None:
    mark = mark_of(number)
    values = {value_of(number, one) for one in ".,"} - {None}
    assert len(values) == {"!": 0, "?": 2}.get(mark, 1)
    if mark in (".", ","):
        assert value_of(number, mark) is not None
