"""Amounts as people read them, in English: ₹12,34,567.50, $1,234.00, ¥1,500, KWD 1.250.

Signs, grouping and short forms are those of Unicode's CLDR (by Babel): in lakhs and crores for rupees.
"""

from decimal import Decimal

from babel.numbers import format_compact_currency, format_currency, get_currency_symbol

from app.core.money import DECIMALS, to_decimal

SOUTH_ASIAN = frozenset({"BDT", "INR", "LKR", "NPR", "PKR"})  # written with lakhs and crores
NO_BREAK = "\u00a0"


def amount(minor: int, currency: str) -> str:
    """An amount of minor units with its currency's sign and decimals; the minus stands in front."""
    return amount_of(to_decimal(minor, currency), currency)


def amount_of(number: Decimal | float, currency: str) -> str:
    """The same for a number of the currency, rounded to its decimals; a float is taken at its shortest text."""
    decimals = DECIMALS[currency]
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    whole = "#,##,##0" if currency in SOUTH_ASIAN else "#,##0"
    pattern = f"¤{whole}.{'0' * decimals}" if decimals else f"¤{whole}"
    return _spaced(format_currency(exact, currency, pattern, _locale(currency), currency_digits=False), currency)


def short_amount(number: Decimal | float, currency: str) -> str:
    """An amount in few characters, rounded, for charts: ₹12.3L, $1.2M, ¥950."""
    return _spaced(format_compact_currency(number, currency, locale=_locale(currency), fraction_digits=1), currency)


def _spaced(text: str, currency: str) -> str:
    """With a space behind a sign that is letters, as CLDR wants it and Babel doesn't do it."""
    sign = get_currency_symbol(currency, _locale(currency))
    return text.replace(sign, sign + NO_BREAK, 1) if sign[-1].isalpha() else text


def _locale(currency: str) -> str:
    return "en_IN" if currency in SOUTH_ASIAN else "en"
