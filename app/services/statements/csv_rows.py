"""The second pass over a table: each row an entry, or a fault that says what is wrong with it."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.services.statements.booking import Wrong
from app.services.statements.csv_amounts import apart, currency_of, value_of
from app.services.statements.csv_day_order import TOO_LONG, day_of
from app.services.statements.csv_layout import Table
from app.services.statements.csv_lines import Record
from app.services.statements.csv_signs import Signs
from app.services.statements.csv_survey import Survey, is_outside, rows, states_balance
from app.services.statements.csv_words import LONGEST, UNBOOKED, fold, kind_of
from app.services.statements.records import Entry, Fault, echo

REMEMBERED = 4096
NAMING = ("description", "merchant", "notes", "type", "category", "reference")  # what a row is called, the best first
BLANKS = ("-", "--", "/", "n/a", "N/A", "null", "NULL", "None", "nil")  # what some write where there is nothing


class Style(NamedTuple):
    """How a file is written, as its first pass has decided."""

    order: str
    mark: str
    signs: Signs
    currency: str | None  # of rows that name none, where the file names one for all
    preferred: str | None  # what an ambiguous sign means


class Reader:
    """Makes entries of the records of one table."""

    def __init__(self, table: Table, survey: Survey, style: Style) -> None:
        self.table = table
        self.survey = survey
        self.style = style
        self.width = len(table.columns.names)
        self.texts = [role for role in (*NAMING, "tags") if role in table.columns.places]
        self.has_status = "status" in table.columns.places
        self.days: dict[str, date | datetime | None] = {}
        self.words: dict[tuple[str, str], str | None] = {}

    def read(self, records: Iterable[Record]) -> Iterator[Entry | Fault]:
        """The rows of the table one by one, without the lines after it."""
        for record in rows(self.table, records):
            try:
                yield self._entry(record)
            except Wrong as wrong:
                after = record.line > self.survey.last_good
                if not states_balance(record, self.table) and not (after and is_outside(record, self.table)):
                    yield Fault(record.line, wrong.field, wrong.msg)

    def _entry(self, record: Record) -> Entry:
        cells = record.cells
        if record.problem:
            raise Wrong("row", record.problem)
        if self.width and len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            raise Wrong("row", f"The row has {len(cells)} cells, the header {self.width}.")
        if self.has_status and (state := self._cell(cells, "status")) and self._cached("status", state):
            raise Wrong("status", f"The row says “{echo(state)}”: it is not booked.")
        day = self._day(cells)
        kind, amount, written = self._amount(cells)
        said = {role: text for role in self.texts if (text := self._text(cells, role))}
        notes = said.get("notes")
        description = next((said[role] for role in NAMING if role in said), kind.title())
        return Entry(
            row=record.line,
            type=kind,
            amount=amount,
            currency=self._currency(cells, written),
            day=day,
            description=description,
            merchant=said.get("merchant"),
            category=said.get("category"),
            notes=notes if notes != description else None,
            tags=self._tags(said.get("tags")),
            bank_id=self.survey.references.own(self._cell(cells, "reference")),
        )

    def _cell(self, cells: list[str], role: str) -> str:
        place = self.table.columns.places.get(role, -1)
        cell = cells[place].strip() if 0 <= place < len(cells) else ""
        return "" if cell in BLANKS and role != "type" else cell

    def _text(self, cells: list[str], role: str) -> str | None:
        """A cell's words in one line; None where there are none. Spreadsheets' ="…" and control characters go."""
        text = self._cell(cells, role)
        if not text:
            return None
        if text.startswith('="') and text.endswith('"'):
            text = text[2:-1]
        text = " ".join(text.split())
        if not text.isprintable():
            text = "".join(letter for letter in text if letter.isprintable() or letter > "\u009f")
        return text or None

    def _cached(self, role: str, cell: str) -> str | None:
        """What a word of a type or status column means; the same few words come again in each row."""
        cell = cell[:LONGEST]
        if (role, cell) not in self.words:
            if len(self.words) >= REMEMBERED:
                self.words.clear()
            unbooked = "unbooked" if fold(cell) in UNBOOKED else None
            self.words[role, cell] = kind_of(cell) if role == "type" else unbooked
        return self.words[role, cell]

    def _day(self, cells: list[str]) -> date | datetime:
        cell = next((cells[p] for p in self.table.columns.dates if p < len(cells) and cells[p].strip()), "")
        cell = cell[:TOO_LONG]
        if cell in self.days:
            day = self.days[cell]
        else:
            if len(self.days) >= REMEMBERED:
                self.days.clear()
            day = self.days[cell] = day_of(cell, self.style.order)
        if day is None:
            raise Wrong("date", f"“{echo(cell)}” is no date in this file." if cell else "The date is missing.")
        return day

    def _amount(self, cells: list[str]) -> tuple[str, Decimal, str]:
        """The type, the amount and the currency that is written in its cell."""
        if "amount" in self.table.columns.places:
            said = self._cell(cells, "type")
            sign, amount, written = self._number(cells, "amount")
            kind = self.style.signs.type_of(self._cached("type", said), sign)
        else:
            sides = [(role, *self._number(cells, role)) for role in ("debit", "credit") if self._cell(cells, role)]
            paid = [side for side in sides if side[2]]
            if len(paid) > 1:
                raise Wrong("amount", "The row has both a debit and a credit.")
            if not sides:
                raise Wrong("amount", "The amount is missing.")
            role, sign, amount, written = (paid or sides)[0]
            kind = self.style.signs.type_of("expense" if role == "debit" else "income", sign)
        if kind is None:
            said = self._cell(cells, "type")
            raise Wrong("type", f"“{echo(said)}” is neither an expense nor income." if said else "The type is missing.")
        if not amount:
            raise Wrong("amount", "The amount is 0.")
        return kind, amount, written

    def _number(self, cells: list[str], role: str) -> tuple[str, Decimal, str]:
        cell = self._cell(cells, role)
        if not cell:
            raise Wrong(role, "The amount is missing.")
        written = apart(cell)
        if written is None:
            raise Wrong(role, f"“{echo(cell)}” is no amount.")
        amount = value_of(written.number, self.style.mark)
        if amount is None and not self.style.mark:
            raise Wrong(
                role, f"“{echo(cell)}” can be read in two ways, and neither its currency nor other rows tell how."
            )
        if amount is None:
            raise Wrong(
                role, f"“{echo(cell)}” is not written like the other amounts, with “{self.style.mark}” for decimals."
            )
        return written.sign, amount, written.currency

    def _currency(self, cells: list[str], written: str) -> str | None:
        """The currency of a row's own column or the table's, and of the amount's cell, which have to agree."""
        told = self._cell(cells, "currency")
        code = currency_of(told, self.style.preferred) if told else self.style.currency
        if told and code is None:
            raise Wrong("currency", f"“{echo(told)}” is no ISO 4217 currency.")
        if not written:
            return code
        meant = currency_of(written, code or self.style.preferred)
        if code and meant != code:
            raise Wrong("currency", f"The amount is in “{echo(written)}”, its row or column in {code}.")
        return meant

    def _tags(self, text: str | None) -> tuple[str, ...]:
        return tuple(filter(None, (tag.strip(" #") for tag in re.split(r"[,;|]|\s#", text)))) if text else ()
