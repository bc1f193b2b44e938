"""Amounts as people read them in English: -₹12,34,567.50, $1,234.00, ¥1,500, KWD 1.250.

Signs, grouping and short forms are those of Unicode's CLDR (by Babel): rupees in lakhs and crores.
"""

from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import format_compact_currency, format_currency, get_currency_symbol

from app.core.money import DECIMALS

INDIAN = frozenset({"INR", "PKR", "BDT", "NPR", "LKR"})
NO_BREAK = "\u00a0"


def amount(value: float | Decimal, currency: str) -> str:
    """An amount with its currency's sign and decimals: -₹12,34,567.50, ¥1,500, KWD 1.250."""
    whole = "#,##,##0" if currency in INDIAN else "#,##0"
    decimals = DECIMALS[currency]
    pattern = f"¤{whole}.{'0' * decimals}" if decimals else f"¤{whole}"
    return _spaced(format_currency(exact(value), currency, pattern, _locale(currency), currency_digits=False), currency)


def brief(value: float | Decimal, currency: str) -> str:
    """An amount as it is said aloud: without decimals where there is nothing in them, ₹12,400."""
    written = amount(value, currency)
    places = DECIMALS[currency]
    return written[: -places - 1] if places and written.endswith("0" * places) else written


def rounded(value: float | Decimal, currency: str) -> str:
    """About how much: two digits that say something, ₹2,000 for ₹1,987.50."""
    number = exact(value)
    digits = Decimal(1).scaleb(max(number.adjusted() - 1, -DECIMALS[currency]))
    return brief(number.quantize(digits, ROUND_HALF_EVEN), currency)


def short(value: float | Decimal, currency: str) -> str:
    """An amount in few characters, rounded, for charts: ₹12.3L, $1.2M, ¥950."""
    written = format_compact_currency(exact(value), currency, locale=_locale(currency), fraction_digits=1)
    return _spaced(written, currency)


def exact(value: float | Decimal) -> Decimal:
    """The amount that a JSON number stands for: its shortest text."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _spaced(text: str, currency: str) -> str:
    """With a space behind a sign that ends with a letter: CLDR wants it and Babel doesn't do it."""
    sign = get_currency_symbol(currency, _locale(currency))
    return text.replace(sign, sign + NO_BREAK, 1) if sign[-1].isalpha() else text


def _locale(currency: str) -> str:
    return "en_IN" if currency in INDIAN else "en"
