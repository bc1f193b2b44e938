"""The first pass over a table: what styles all its rows together leave possible. Keeps counts, never the rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core.money import DECIMALS
from app.services.statements.csv_amounts import apart, currency_of, mark_of
from app.services.statements.csv_columns import MONEY
from app.services.statements.csv_day_order import Days
from app.services.statements.csv_identity import References
from app.services.statements.csv_layout import Table
from app.services.statements.csv_lines import Record
from app.services.statements.csv_words import LONGEST, is_sum, kind_of, pays_card
from app.services.statements.records import Unreadable

OPPOSITE = {"expense": "refund", "income": "expense", "refund": "expense"}
SIDES = {"debit": "expense", "credit": "income"}
SHORT_REMARK = 25
MOST_KINDS = MOST_LOOKED_AT = 1000
SHOWN = 10
# Rows that are no entries cost as much as others and can be far shorter: a file of them is given up.
MOST_BAD, OUTNUMBERED = 10_000, 3


@dataclass
class Amounts:
    """What the amounts of the rows seen so far show: decimal marks, and signs by what their column or type says."""

    marks: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    # Of amounts that could be read in two ways: the separator and the currency, None where the row names none.
    unsure: set[tuple[str, str | None]] = field(default_factory=set)

    def see(self, cell: str, kind: str | None, unit: str = "") -> bool:
        """Take an amount into account, what its type says and its row's currency; False if it is none."""
        written = apart(cell)
        mark = mark_of(written.number) if written else "!"
        if written is None or mark == "!":
            return False
        self.marks[mark] += 1
        if written.number.strip("0.,"):
            self.kinds[kind, written.sign] += 1
        if mark == "?":
            currency = currency_of(unit, None) or currency_of(written.currency, None)
            self.unsure.add(("," if "," in written.number else ".", currency))
        return True

    def decimal_mark(self, currency: str | None) -> str:
        """The decimal mark of a file: what most amounts show. `currency` is that of rows that name none.

        Where all could be read in two ways ("1,234") currencies with fewer than three decimals settle it: those are
        thousands. In currencies with three it is decimals if no amount is without. "" where that doesn't tell.
        """
        if self.marks["."] or self.marks[","] or not self.unsure:
            return "," if self.marks[","] > self.marks["."] else "."
        separator, *others = {separator for separator, _ in self.unsure}
        decimals = [DECIMALS.get(named or currency or "", 2) for _, named in self.unsure]
        if not others and max(decimals) < 3:
            return "." if separator == "," else ","
        if not others and min(decimals) >= 3 and not self.marks[""]:
            return separator
        return ""

    def usual_sign(self, kind: str) -> bool:
        """Whether amounts of a kind usually have a minus."""
        minus = self.kinds[kind, "-"]
        return minus > sum(count for (said, sign), count in self.kinds.items() if said == kind and sign != "-")


@dataclass
class Survey:
    """All that is known of a table after its first pass."""

    days: Days = field(default_factory=Days)
    amounts: Amounts = field(default_factory=Amounts)
    references: References = field(default_factory=References)
    total: int = 0
    last_good: int = 0
    after: int = 0  # rows since the last good one that look like no part of the table
    good: int = 0
    bad: int = 0  # rows without a day or an amount, those that state a balance among them
    kinds: dict[str, str | None] = field(default_factory=dict)
    minuses: int = 0  # rows with a minus whose words were looked at
    payments: int = 0  # those of them that say they pay a card
    payment_rows: list[int] = field(default_factory=list)

    def kind(self, cell: str) -> str | None:
        """What a cell of the type column says; the same few words come again in each row."""
        cell = cell[:LONGEST]
        if cell not in self.kinds and len(self.kinds) < MOST_KINDS:
            self.kinds[cell] = kind_of(cell)
        return self.kinds.get(cell)

    def count(self, record: Record, table: Table, is_good: bool) -> None:
        """Count a row.

        Raises:
            Unreadable: nearly all rows so far have no day or no amount.
        """
        self.total += 1
        if is_good:
            self.good, self.last_good, self.after = self.good + 1, record.line, 0
            self._look_for_payment(record, table)
            return
        self.bad += 1
        if self.bad > MOST_BAD + OUTNUMBERED * self.good:
            raise Unreadable(
                "file", f"Of the first {record.line} lines {self.bad} have no date or no amount that can be read."
            )
        if states_balance(record, table):
            self.total -= 1
        elif is_outside(record, table):
            self.after += 1

    def _look_for_payment(self, record: Record, table: Table) -> None:
        """See whether a row with a minus, one of the first of them, says that it pays a card."""
        place = table.columns.places.get("amount", len(record.cells))
        if self.minuses >= MOST_LOOKED_AT or not any(
            mark in "".join(record.cells[place : place + 1]) for mark in "-−("
        ):
            return
        self.minuses += 1
        said = [table.columns.places.get(role) for role in ("description", "merchant", "category", "notes")]
        if any(pays_card(cell) for at in said if at is not None for cell in record.cells[at : at + 1]):
            self.payments += 1
            self.payment_rows += [record.line] if len(self.payment_rows) < SHOWN else []

    @property
    def card_payments(self) -> list[int]:
        """Some rows that pay a card, where at least half of the rows with a minus do: as in a card's statement."""
        return self.payment_rows if self.payments * 2 >= self.minuses else []


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
    """Look at every row of a table once.

    Raises:
        Unreadable: it is no table of entries: nearly all of its rows are none.
    """
    seen = Survey()
    places = table.columns.places
    money = [(places[role], SIDES.get(role)) for role in MONEY if role in places]
    day, kind, reference, unit = table.columns.dates[0], *(places.get(one) for one in ("type", "reference", "currency"))
    for record in rows(table, records):
        cells, width = record.cells, len(record.cells)
        said = seen.kind(cells[kind]) if kind is not None and kind < width else None
        named = cells[unit] if unit is not None and unit < width else ""
        dated = day < width and seen.days.see(record.line, cells[day])
        paid = [
            seen.amounts.see(cells[place], side or said, named)
            for place, side in money
            if place < width and cells[place]
        ]
        if reference is not None and reference < width:
            seen.references.see(cells[reference])
        seen.count(record, table, dated and any(paid))
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
