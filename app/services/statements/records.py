"""What is read out of a statement: entries, faults of single rows, and the reason why a whole file can't be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

Format = Literal["csv", "ofx", "qif", "camt", "json", "own_csv"]
EXPENSE, INCOME, REFUND = "expense", "income", "refund"
LONGEST_LINE = 1 << 20  # bytes of a line or a record; nothing longer is ever held in memory
LONGEST_ECHO = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a split entry: what for, how much (negative where it lowers the sum), the file's own category."""

    name: str
    amount: Decimal
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked line of a statement.

    `row` is counted as a person does: in CSV the number of the line the record begins on, else the record's, from 1.
    `type` is expense, income or refund; `amount` is > 0; `currency` is ISO 4217, None where the file names none;
    `day` is a datetime only where the file tells its offset. `category` is in the file's own words. `bank_id` is
    the bank's own id with the account's, the same in each download of the same line.
    """

    row: int
    type: str
    amount: Decimal
    currency: str | None
    day: date | datetime
    description: str
    merchant: str | None = None
    category: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    bank_id: str | None = None
    items: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not an entry: its number, the field at fault, words for a person."""

    row: int
    field: str
    msg: str


class Unreadable(Exception):
    """The whole file can't be read; `field` is what to change ("file", "mapping", "date_format").

    `rows` are numbers of rows that show why, where there are some.
    """

    def __init__(self, field: str, message: str, rows: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.rows = list(rows)


class Options(NamedTuple):
    """What somebody says about a file: our field → its column, the currency of rows that name none, its dates."""

    mapping: dict[str, str] | None
    currency: str | None
    date_format: str | None
    today: date


class Statement(NamedTuple):
    """What a file holds. `entries` are read while they are asked for; `notes` say what was guessed."""

    format: Format
    entries: Iterator[Entry | Fault]
    total: int | None
    notes: list[str]


def echo(text: str) -> str:
    """What a cell says, short enough to be repeated in a message."""
    shown = " ".join(text.split())
    return shown if len(shown) <= LONGEST_ECHO else f"{shown[: LONGEST_ECHO - 1]}…"
