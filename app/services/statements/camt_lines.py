"""The lines of camt statements: a booking is one, or, where it is a batch whose payments add up to it, each payment."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.services.statements.camt_markup import Booking, Texts

NUMBER = re.compile(r"\+?\d{1,30}(?:\.\d{0,30})?", re.ASCII)
DEBIT, CREDIT = "DBIT", "CRDT"
BOOKED = ("BOOK", "")


def first(texts: Texts, *keys: str) -> str:
    """What the first of some elements says that says something; else nothing."""
    return next((texts[key][0] for key in keys if texts.get(key)), "")


@dataclass(slots=True)
class Line:
    """One line: its number in the file, what the booking and its statement say, what its own payment says.

    `part` counts the payments of a batch from 1; 0 is a booking that is one line. `detailed` is how many it has.
    """

    row: int
    account: Texts
    booking: Texts
    detail: Texts
    part: int = 0
    detailed: int = 0

    @property
    def amount(self) -> str:
        """The amount, as written."""
        return first(self.detail, "Amt", "AmtDtls/TxAmt/Amt") if self.part else first(self.booking, "Amt")

    @property
    def currency(self) -> str:
        """The currency of the amount, as written."""
        written = first(self.detail, "Amt@", "AmtDtls/TxAmt/Amt@") if self.part else first(self.booking, "Amt@")
        return written or first(self.account, "Acct/Ccy")

    @property
    def direction(self) -> str:
        """DBIT or CRDT, as written."""
        return (first(self.detail, "CdtDbtInd") if self.part else "") or first(self.booking, "CdtDbtInd")


class Lines:
    """Reads lines out of bookings; `left_out` counts those that the bank hasn't booked, by status, `rows` the lines."""

    def __init__(self) -> None:
        self.rows = 0
        self.left_out: Counter[str] = Counter()

    def read(self, bookings: Iterator[Booking]) -> Iterator[Line]:
        """The booked lines, in the file's order."""
        for booking in bookings:
            status = first(booking.texts, "Sts/Cd", "Sts").upper()
            if status not in BOOKED:
                self.left_out[status] += 1
                continue
            for line in _lines(booking):
                self.rows += 1
                line.row = self.rows
                yield line


def _lines(booking: Booking) -> list[Line]:
    account, texts, details = booking.account, booking.texts, booking.details
    single = details[0] if booking.detailed == 1 and details else {}
    whole = Line(0, account, texts, single, detailed=booking.detailed)
    if not 1 < booking.detailed == len(details):
        return [whole]
    parts = [Line(0, account, texts, detail, number) for number, detail in enumerate(details, 1)]
    return parts if _adds_up(whole, parts) else [whole]


def _adds_up(whole: Line, parts: list[Line]) -> bool:
    if not NUMBER.fullmatch(whole.amount) or any(part.currency != whole.currency for part in parts):
        return False
    total = Decimal(0)
    for part in parts:
        if not NUMBER.fullmatch(part.amount) or part.direction not in (DEBIT, CREDIT):
            return False
        total += Decimal(part.amount) * (1 if part.direction == whole.direction else -1)
    return total == Decimal(whole.amount)
