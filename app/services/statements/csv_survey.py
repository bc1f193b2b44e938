"""The first pass over a table: what styles all its rows together leave possible. Keeps counts, never the rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core.money import DECIMALS
from app.services.statements.csv_amounts import apart, currency_of, mark_of
from app.services.statements.csv_columns import MONEY
from app.services.statements.csv_day_order import Days
from app.services.statements.csv_identity import Uniqueness
from app.services.statements.csv_layout import Table
from app.services.statements.csv_lines import Record
from app.services.statements.csv_words import is_sum, kind_of

OPPOSITE = {"expense": "refund", "income": "expense", "refund": "expense"}
SIDES = {"debit": "expense", "credit": "income"}
SHORT_REMARK = 25


@dataclass
class Amounts:
    """What the amounts of the rows seen so far show: decimal marks, and signs by what their column or type says."""

    marks: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    currency: str | None = None
    separator: str = ""  # of an amount that could be read in two ways

    def see(self, cell: str, kind: str | None) -> bool:
        """Take an amount into account, and what its type says; False if it is none."""
        written = apart(cell)
        mark = mark_of(written.number) if written else "!"
        if written is None or mark == "!":
            return False
        self.marks[mark] += 1
        if written.number.strip("0.,"):
            self.kinds[kind, written.sign] += 1
        if mark == "?":
            self.separator = "," if "," in written.number else "."
        if self.currency is None and written.currency:
            self.currency = currency_of(written.currency, None)
        return True

    def decimal_mark(self, currency: str | None) -> str:
        """The decimal mark of a file: what most amounts show.

        Where all could be read in two ways ("1,234") a currency with fewer than three decimals settles it: those
        are thousands.
        """
        if self.marks["."] or self.marks[","] or not self.separator:
            return "," if self.marks[","] > self.marks["."] else "."
        if DECIMALS.get(currency or "", 2) >= 3:
            return "."
        return "." if self.separator == "," else ","

    def usual_sign(self, kind: str) -> bool:
        """Whether amounts of a kind usually have a minus."""
        minus = self.kinds[kind, "-"]
        return minus > sum(count for (said, sign), count in self.kinds.items() if said == kind and sign != "-")


@dataclass
class Survey:
    """All that is known of a table after its first pass."""

    days: Days = field(default_factory=Days)
    amounts: Amounts = field(default_factory=Amounts)
    references: Uniqueness = field(default_factory=Uniqueness)
    total: int = 0
    last_good: int = 0
    after: int = 0  # rows since the last good one that look like no part of the table


def rows(table: Table, records: Iterable[Record]) -> Iterator[Record]:
    """The records of a table's body: what comes after its header, less blank lines and repetitions of the header."""
    names = table.columns.names
    for record in records:
        if record.line <= table.header_line and record.line:
            continue
        cells = record.cells
        first = cells[0].strip() if cells else ""
        if not first and not record.problem and not any(cell.strip() for cell in cells):
            continue
        if names and first == names[0] and [cell.strip() for cell in cells] == names:
            continue
        yield record


def survey(table: Table, records: Iterable[Record]) -> Survey:
    """Look at every row of a table once."""
    seen = Survey()
    places = table.columns.places
    kinds: dict[str, str | None] = {}
    money = [(places[role], SIDES.get(role)) for role in MONEY if role in places]
    day, kind, reference, unit = table.columns.dates[0], *(places.get(one) for one in ("type", "reference", "currency"))
    for record in rows(table, records):
        seen.total += 1
        cells = record.cells
        width = len(cells)
        said = None
        if kind is not None and kind < width:
            cell = cells[kind]
            if cell not in kinds and len(kinds) < 1000:
                kinds[cell] = kind_of(cell)
            said = kinds.get(cell)
        if unit is not None and unit < width and seen.amounts.currency is None:
            seen.amounts.currency = currency_of(cells[unit], None)
        dated = day < width and seen.days.see(record.line, cells[day])
        paid = [seen.amounts.see(cells[place], side or said) for place, side in money if place < width and cells[place]]
        if reference is not None and reference < width:
            seen.references.see(cells[reference])
        if dated and any(paid):
            seen.last_good, seen.after = record.line, 0
        elif states_balance(record, table):
            seen.total -= 1
        elif is_outside(record, table):
            seen.after += 1
    seen.total -= seen.after
    return seen


def is_outside(record: Record, table: Table) -> bool:
    """Whether a row without a day and an amount looks like one of the lines that follow a table: a sum, a remark."""
    if record.problem:
        return False
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    if is_sum(filled[0]):
        return True
    day = table.columns.dates[0]
    dated = day < len(record.cells) and any(letter.isdigit() for letter in record.cells[day])
    return len(filled) == 1 and not dated and (record.cells[0].strip() != "" or len(filled[0]) > SHORT_REMARK)


def states_balance(record: Record, table: Table) -> bool:
    """Whether a row has no amount and says that it is a sum or a balance: it stands in the table but is no booking."""
    if record.problem:
        return False
    money = [table.columns.places[role] for role in MONEY if role in table.columns.places]
    paid = any(place < len(record.cells) and record.cells[place].strip() for place in money)
    return not paid and any(is_sum(cell) for cell in record.cells)
