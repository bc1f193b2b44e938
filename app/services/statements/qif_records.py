"""The records of QIF: lines that begin with the letter of a field, ended by ^, in sections that begin with !

Source: Quicken's "QIF file format", as Intuit published it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

PAYMENTS = {"bank", "cash", "ccard", "oth a", "oth l"}
SECURITIES = "invst"
OPENING = "opening balance"
MOST_SPLITS = 500
MOST_MEMOS, MOST_ACCOUNTS = 50, 1000
LONG = "\0"  # what a line of more than 1 MiB is told as
ONCE = ("D", "T", "U")


@dataclass(slots=True)
class Split:
    """A part of an entry: S, E and $ as they are written."""

    category: str = ""
    memo: str = ""
    amount: str = ""


@dataclass(slots=True)
class Record:
    """One payment: its number among those of the file, its fields by their letters, and its splits.

    `wrong` is the letter of a field that is there twice, or that the file breaks off in; LONG for a line too long.
    """

    row: int
    fields: dict[str, str] = field(default_factory=dict)
    memos: list[str] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    split_count: int = 0
    wrong: str = ""

    def take(self, letter: str, text: str) -> None:
        """Keep what a line says."""
        if letter == "M":
            self.memos += [text] if len(self.memos) < MOST_MEMOS else []
        elif letter == "S":
            self.split_count += 1
            self.splits += [Split(category=text)] if len(self.splits) < MOST_SPLITS else []
        elif letter in "E$" and self.splits:
            setattr(self.splits[-1], "memo" if letter == "E" else "amount", text)
        elif letter in ONCE and letter in self.fields:
            self.wrong = self.wrong or letter
        else:
            self.fields.setdefault(letter, text)


class Records:
    """Reads records out of lines; `left_out` counts what is no payment, `rows` the payments, `accounts` names theirs.

    Args:
        cut_off: whether the file's last line has no end: an amount there may be half of one.
    """

    def __init__(self, cut_off: bool) -> None:
        self.rows = 0
        self.left_out: Counter[str] = Counter()
        self.accounts: dict[str, None] = {}
        self.unclosed = False
        self._cut_off = cut_off
        self._section = self._account = ""
        self._record: Record | None = None

    def read(self, lines: Iterable[str]) -> Iterator[Record]:
        """The payments of all sections, in the file's order."""
        letter = ""
        for line in lines:
            letter, text = line[:1], line[1:].strip()
            if letter in ("^", "!"):
                yield from self._closed()
                self._section = self._named(text) if letter == "!" else self._section
            elif line.strip():
                self._record = self._record or Record(self.rows + 1)
                if letter == LONG:
                    self._record.wrong = LONG
                self._record.take(letter.upper(), text)
        if self._record:
            self.unclosed = True
            self._record.wrong = self._record.wrong or (letter if self._cut_off and letter in "DTUS$" else "")
            yield from self._closed()

    def _named(self, text: str) -> str:
        """The section that a line with ! begins: options don't begin any."""
        kind, _, name = text.casefold().partition(":")
        if kind == "account":
            return kind
        return " ".join(name.split()) if kind == "type" else self._section

    def _closed(self) -> Iterator[Record]:
        record, self._record = self._record, None
        if record is None:
            return
        if self._section == "account":
            self._account = record.fields.get("N", "")
        elif self._section == SECURITIES:
            self.left_out[SECURITIES] += 1
        elif self._section in PAYMENTS:
            if len(self.accounts) < MOST_ACCOUNTS:
                self.accounts.setdefault(self._account)
            if self._is_opening(record):
                self.left_out[OPENING] += 1
            else:
                self.rows = record.row
                yield record

    def _is_opening(self, record: Record) -> bool:
        """Whether a record is the account's first balance, by its name or as a transfer to the account itself."""
        itself = bool(self._account) and record.fields.get("L", "") == f"[{self._account}]"
        return itself or record.fields.get("P", "").casefold() == OPENING
