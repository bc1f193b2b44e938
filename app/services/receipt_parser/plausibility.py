"""Whether a total can be what it is taken for, beside everything else that was read."""

import re
from dataclasses import replace
from decimal import Decimal

from app.services.receipt_parser import amounts, conventions, labels
from app.services.receipt_parser.types import Reading

MOST_CHANCE = 0.4  # of a total that something speaks against: so low that a person looks
ZERO = Decimal(0)
_NUMBER = re.compile(r"(?<![\w.,/:-])\d[\d.,]*[.,]\d{2,}(?![\w/:-]|\s?%)")


def checked(reading: Reading, own: str) -> Reading:
    """The reading, its total with a low chance where something speaks against it.

    That is a tax or a single item beyond it, unless something was taken off; a row that speaks of a total and has a
    number that is none of the amounts there can be; that it is the only amount, and no word says what it is; or numbers
    like 33.000 in a document that names no currency, or in one without thousandths. `own` is the person's currency.
    """
    if reading.total is None:
        return reading
    if not _is_beaten(reading, reading.total) and not _is_ambiguous(reading, reading.total, own):
        return reading
    chance = min(reading.confidence.get("total", 1.0), MOST_CHANCE)
    return replace(reading, confidence={**reading.confidence, "total": chance})


def _is_beaten(reading: Reading, total: Decimal) -> bool:
    dearest = max((item.total_price for item in reading.items), default=ZERO)
    beyond = max(reading.tax or ZERO, ZERO if reading.discount else dearest)
    rows = reading.text.splitlines()
    return (total > 0 and beyond > total) or any(map(_is_unread, rows)) or _is_bare(rows)


def _is_bare(rows: list[str]) -> bool:
    """Whether there is one amount at most, and no label: being ahead of no other one says nothing."""
    found = {amount.value for row in rows for amount in amounts.find(row)}
    return len(found) <= 1 and not any(label for row in rows for label in labels.find(row))


def _is_ambiguous(reading: Reading, total: Decimal, own: str) -> bool:
    if f"{total:f}"[-4:-3] == ".":
        return (reading.currency or own) not in conventions.THOUSANDTHS
    is_told = reading.currency is not None or own in conventions.WHOLE
    return not is_told and conventions.points_part_thousands(reading.text.splitlines(), own)


def _is_unread(text: str) -> bool:
    """Whether a row speaks of a total with a number that is no amount."""
    says_total = any(label.kind == "total" for label in labels.find(text))
    return says_total and not amounts.find(text, whole=True) and _NUMBER.search(text) is not None
