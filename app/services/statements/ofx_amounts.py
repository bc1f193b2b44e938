"""Amounts of OFX: "-12.34", "-12,34", "+5", "-12.3400"; and with thousands apart, which the standard forbids.

OFX 2.2, 3.2.9.2: the amount is signed, either a comma or a point is the decimal separator, nothing separates thousands.
"""

import re
from decimal import Decimal

PLAIN = re.compile(r"[+-]?\d{1,30}\.\d{1,2}", re.ASCII)
LONGEST = 40
THOUSANDS = " \u00a0\u202f'’"
SIGN = r"[+\-\u2212]?"


def _pattern(decimal: str, other: str) -> re.Pattern[str]:
    """Digits, or groups of them (India's are of two), behind them `decimal` and more digits."""
    apart = rf"[{THOUSANDS}{re.escape(other)}]"
    whole = rf"\d+|\d{{1,3}}(?:{apart}\d{{2,3}})*{apart}\d{{3}}"
    return re.compile(rf"(?=.*\d)({SIGN})\s?({whole}|)(?:{re.escape(decimal)}(\d*))?", re.ASCII)


PATTERNS = {".": _pattern(".", ","), ",": _pattern(",", ".")}


class Ambiguous(ValueError):
    """An amount may mean two different numbers: 1,000 is one or a thousand."""


def readings(text: str) -> dict[str, Decimal]:
    """What an amount may mean, by the decimal separator that it would be written with; nothing if it is no amount."""
    found = {}
    for decimal, pattern in PATTERNS.items():
        if len(text) <= LONGEST and (match := pattern.fullmatch(text)):
            sign, whole, fraction = match.groups()
            digits = re.sub(r"\D", "", whole or "0", flags=re.ASCII)
            found[decimal] = Decimal(f"{'-' if sign in ('-', '−') else ''}{digits}.{fraction or 0}")
    return found


def shows(text: str) -> str | None:
    """The decimal separator that an amount is certainly written with, if it says so."""
    if PLAIN.fullmatch(text):
        return "."
    found = list(readings(text))
    return found[0] if len(found) == 1 and found[0] in text else None


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
    found = readings(text)
    if not found:
        raise ValueError("no amount")
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    if decimal is None and "," in text:
        raise Ambiguous
    return found[decimal or "."]  # a point is what the standard's own examples have
