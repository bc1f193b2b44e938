"""Reads CSV: of any bank or tracker, in any of their encodings, delimiters and ways to write days and amounts."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from app.services.statements.csv_amounts import currency_of
from app.services.statements.csv_day_order import order_of
from app.services.statements.csv_encoding import encoding_of
from app.services.statements.csv_layout import NAMES, Table, find
from app.services.statements.csv_lines import Record, lines, records
from app.services.statements.csv_rows import Reader, Style
from app.services.statements.csv_signs import signs_of
from app.services.statements.csv_survey import Survey, survey
from app.services.statements.records import Options, Statement, Unreadable

ENCODINGS = {
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1254": "Windows-1254",
    "euc_jp": "EUC-JP",
    "cp932": "Shift_JIS",
}


def read(stream: BinaryIO, options: Options) -> Statement:
    """The entries of a CSV file. It is read three times: for its encoding, for its style, and for its entries.

    Nothing is kept but counts and a few row numbers, so memory doesn't grow with the file. What only the whole file
    can tell (day or month first, decimal comma or point, what a bare amount is) is decided before the first entry.

    `options.mapping` names columns by our fields: date, amount, debit, credit, type, currency, description, merchant,
    category, notes, tags, reference; in a file without a header by their numbers from 1. `options.date_format` tells
    the order of day, month and year, like "DD/MM/YYYY" or "%d/%m/%Y".

    Raises:
        Unreadable: on "file" (no text, no table, no day or amount in it), "mapping" or "date_format".
    """
    encoding = encoding_of(stream)
    table = find(lines(stream, encoding), options.mapping)

    def again() -> Iterator[Record]:
        return records(_after_hint(lines(stream, encoding)), table.delimiter)

    seen = survey(table, again())
    if not seen.total:
        raise Unreadable("file", "The file has a header but no rows.")
    style, notes = _style(table, seen, options)
    notes = [f"Cells are apart by {NAMES.get(table.delimiter, table.delimiter)}.", *notes]
    if not encoding.startswith("utf-8"):
        notes.insert(0, f"The text is in {ENCODINGS.get(encoding, encoding.upper())}.")
    return Statement("csv", Reader(table, seen, style).read(again()), seen.total, notes)


def _after_hint(source: Iterator[str]) -> Iterator[str]:
    """The lines with spreadsheets' "sep=;" blanked, so that the others keep their numbers."""
    first = next(source, "")
    return chain(["\n" if first.casefold().startswith("sep=") else first], source)


def _style(table: Table, seen: Survey, options: Options) -> tuple[Style, list[str]]:
    columns = table.columns
    unit = currency_of(columns.unit, options.currency) if columns.unit else None
    mark = seen.amounts.decimal_mark(unit or options.currency)
    header = columns.names[columns.dates[0]] if columns.names else ""
    comma = seen.amounts.marks[","] > seen.amounts.marks["."]
    order, about_days = order_of(seen.days, options.date_format, options.today, header, comma)
    signs = signs_of(seen.amounts, "amount" not in columns.places, seen.card_payments)
    about_marks = "Amounts have decimal commas." if comma else None
    preferred = unit or _usual_yuan(columns.names) or options.currency
    style = Style(order, mark, signs, unit, preferred)
    return style, [note for note in (about_days, about_marks, signs.note) if note]


def _usual_yuan(names: list[str]) -> str | None:
    """What "¥" stands for under a header in simplified Chinese."""
    return "CNY" if any("额" in name for name in names) else None
