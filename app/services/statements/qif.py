"""QIF: the payments of bank, cash, card, asset and liability accounts, with categories and splits.

Nothing in the format says how dates and amounts are written; the file is read once to find out, then for its entries.
"""

import os
import re
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from app.services.statements.booking import Wrong, each, exact, signed_type
from app.services.statements.csv_amounts import apart, mark_of, value_of
from app.services.statements.csv_day_order import Days, day_of, order_of
from app.services.statements.csv_encoding import encoding_of
from app.services.statements.csv_lines import lines
from app.services.statements.csv_survey import Amounts
from app.services.statements.qif_records import LONG, MOST_SPLITS, OPENING, SECURITIES, Record, Records, Split
from app.services.statements.records import Entry, Options, Part, Statement, Unreadable, echo
from app.services.statements.texts import clean, described

LEFT_OUT = {
    SECURITIES: "investment records are left out: they are no payments.",
    OPENING: "opening balances are left out: they are no income.",
}
FIELDS = {"D": "date", "T": "amount", "U": "amount", "S": "items", "$": "items", LONG: "record"}
QUICKEN_YEAR = re.compile(r"\s*'\s*(\d{1,2})$", re.ASCII)  # 1/31'26, 1/31' 6: years from 2000 on
MOST_NOTES = 20


class Style(NamedTuple):
    """How a file writes days and amounts, the currency it is taken to be in, and where notes go."""

    order: str
    mark: str
    currency: str | None
    notes: list[str]


def read(stream: BinaryIO, options: Options) -> Statement:
    """The entries of a QIF file. Their currency isn't told by the format.

    Raises:
        Unreadable: it holds no payments' section, or its dates are ambiguous (field "date_format").
    """
    encoding, cut_off = encoding_of(stream), _breaks_off(stream)
    days, amounts, records = Days(years_last=True), Amounts(), Records(cut_off)
    for record in records.read(lines(stream, encoding)):
        days.see(record.row, _date(record))
        amounts.see(record.fields.get("T") or record.fields.get("U", ""), None)
    if not (records.accounts or records.left_out):
        raise Unreadable("file", "There are no payments of an account in this QIF file.")
    mark = amounts.decimal_mark(options.currency)
    order, note = order_of(days, options.date_format, options.today, "", mark == ",")
    style = Style(order, mark, options.currency, _notes(records, note, encoding))
    found = Records(cut_off).read(lines(stream, encoding))
    return Statement("qif", each(found, lambda record: _entry(record, style)), records.rows, style.notes)


def _breaks_off(stream: BinaryIO) -> bool:
    """Whether the last line of a file has no end."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - 2, 0))
    return not set(stream.read(2)) & {0x0A, 0x0D}


def _notes(records: Records, order: str | None, encoding: str) -> list[str]:
    notes = [order] if order else []
    notes += [f"{number} {LEFT_OUT[what]}" for what, number in records.left_out.items()]
    if len(records.accounts) > 1:
        notes.append(f"The file holds {len(records.accounts)} accounts; all were read.")
    if records.unclosed:
        notes.append("The last record isn't closed by ^: the file may have been cut off.")
    if not encoding.startswith("utf"):
        notes.append(f"The text is in {encoding.replace('cp12', 'Windows-12')}.")
    return notes


def _date(record: Record) -> str:
    written = QUICKEN_YEAR.sub(lambda year: f"/20{year[1].zfill(2)}", record.fields.get("D", ""))
    return written.replace("/ ", "/").replace("- ", "-")


def _entry(record: Record, style: Style) -> Entry:
    if record.wrong:
        raise Wrong(FIELDS[record.wrong], _what_is_wrong(record))
    amount = _amount(record, style)
    name, memo = clean(record.fields.get("P", "")), clean(" ".join(record.memos))
    description, notes = described(name, memo, _otherwise(record))
    transfer = _account(record.fields.get("L", ""))
    remarks = [notes, f"Transfer: {transfer}" if transfer else None, _number(record) if name or memo else None]
    return Entry(
        row=record.row,
        type=signed_type(amount),
        amount=abs(amount),
        currency=None,
        day=_day(record, style),
        description=description,
        merchant=name or None,
        category=_category(record.fields.get("L", "")),
        notes="; ".join(filter(None, remarks)) or None,
        items=_items(record, amount, style),
    )


def _what_is_wrong(record: Record) -> str:
    if record.wrong == LONG:
        return "A line of this record is longer than 1 MiB."
    if record.wrong in record.fields and record.wrong in "DTU":
        return f"{record.wrong} is there twice, or the file breaks off here: a record ends with ^."
    return "The file breaks off in this record."


def _day(record: Record, style: Style) -> date | datetime:
    written = _date(record)
    day = day_of(written, style.order) if written else None
    if day is None:
        raise Wrong("date", f"{echo(written)} is no date." if written else "There is no date (D).")
    return day


def _amount(record: Record, style: Style) -> Decimal:
    """T, or U where there is no T; two that differ tell nothing."""
    written = [record.fields[letter] for letter in "TU" if record.fields.get(letter)]
    if not written:
        raise Wrong("amount", "There is no amount (T).")
    found = {_number_of(text, style) for text in written}
    if len(found) > 1:
        raise Wrong("amount", f"T says {echo(written[0])}, U says {echo(written[1])}.")
    return exact(found.pop(), style.currency)


def _number_of(text: str, style: Style) -> Decimal:
    taken = apart(text)
    value = value_of(taken.number, style.mark) if taken and not taken.currency else None
    if value is None and taken and not style.mark and mark_of(taken.number) == "?":
        raise Wrong("amount", f"{echo(text)} can be read in two ways, and no other amount tells how.")
    if taken is None or value is None:
        raise Wrong("amount", f"{echo(text)} is no amount.")
    return -value if taken.sign == "-" else value


def _account(category: str) -> str:
    """The other account of a transfer, which stands in brackets where a category would."""
    return clean(category[1 : category.index("]")]) if category.startswith("[") and "]" in category else ""


def _category(written: str) -> str | None:
    return None if _account(written) or written.casefold() == "--split--" else clean(written) or None


def _number(record: Record) -> str | None:
    """The number of a check."""
    number = clean(record.fields.get("N", ""))
    return f"No. {number}" if number.isdigit() else None


def _otherwise(record: Record) -> str:
    """What a payment is called that names nobody and no purpose."""
    transfer = _account(record.fields.get("L", ""))
    if transfer:
        return f"Transfer: {transfer}"
    return _category(record.fields.get("L", "")) or _number(record) or "Payment"


def _items(record: Record, amount: Decimal, style: Style) -> tuple[Part, ...]:
    """The splits, signed so that they add up to the entry's amount; where they don't, notes say so."""
    if record.split_count > MOST_SPLITS:
        _note(style, f"Record {record.row} has more than {MOST_SPLITS} splits, and is taken without them.")
        return ()
    try:
        parts = tuple(_part(split, amount < 0, style) for split in record.splits)
    except Wrong as wrong:
        _note(style, f"Record {record.row} is taken without its splits: {wrong.msg}")
        return ()
    total = sum((part.amount for part in parts), Decimal(0))
    if parts and total != abs(amount):
        _note(style, f"The splits of record {record.row} add up to {total}, its amount is {abs(amount)}.")
    return parts


def _part(split: Split, turned: bool, style: Style) -> Part:
    value = _number_of(split.amount, style)
    transfer = _account(split.category)
    category = _category(split.category)
    name = clean(split.memo) or category or (f"Transfer: {transfer}" if transfer else "Split")
    return Part(name, -value if turned else value, category)


def _note(style: Style, text: str) -> None:
    if len(style.notes) < MOST_NOTES:
        style.notes.append(text)
