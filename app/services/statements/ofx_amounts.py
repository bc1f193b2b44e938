"""Amounts of OFX: "-12.34", "-12,34", "+5", "-12.3400"; and with thousands apart, which the standard forbids.

OFX 2.2, 3.2.9.2: the amount is signed, either a comma or a point is the decimal separator, nothing separates thousands.
"""

import re
from decimal import Decimal

from app.services.statements.csv_amounts import apart, mark_of, value_of

PLAIN = re.compile(r"[+-]?\d{1,15}\.\d{1,2}", re.ASCII)


class Ambiguous(ValueError):
    """An amount may mean two different numbers: 1,000 is one or a thousand."""


def shows(text: str) -> str | None:
    """The decimal separator that an amount is certainly written with, if it says so."""
    if PLAIN.fullmatch(text):
        return "."
    written = apart(text)
    mark = mark_of(written.number) if written else ""
    return mark if mark in (".", ",") and written and mark in written.number else None


def agreed(shown: set[str | None]) -> str | None:
    """The decimal separator of a file, by what its amounts show; None if they show none, or both."""
    certain = shown - {None}
    return certain.pop() if len(certain) == 1 else None


def amount(text: str, decimal: str | None) -> Decimal:
    """The number that an amount says, in a file whose decimal separator is `decimal`, where that is known.

    Raises:
        Ambiguous: it may mean two numbers.
        ValueError: it is no amount.
    """
    if PLAIN.fullmatch(text):
        return Decimal(text)
    written = apart(text)
    mark = mark_of(written.number) if written else "!"
    if written is None or written.currency or mark == "!":
        raise ValueError("no amount")
    if mark == "?":
        if decimal is None and "," in written.number:
            raise Ambiguous
        mark = decimal or "."  # a point is what the standard's own examples have
    value = value_of(written.number, mark or ".")
    if value is None:
        raise ValueError("no amount")
    return -value if written.sign == "-" else value
