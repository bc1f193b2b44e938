"""Amounts as people read them in English sentences."""

from decimal import ROUND_HALF_EVEN, Decimal

from app.core.money import DECIMALS

# Signs that are no other currency's, as Unicode's CLDR has them for English; the rest are written by their codes.
SIGNS = {
    "AUD": "A$", "AZN": "₼", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "CRC": "₡", "EUR": "€", "GBP": "£", "GEL": "₾",
    "GHS": "GH₵", "HKD": "HK$", "ILS": "₪", "INR": "₹", "JPY": "¥", "KHR": "៛", "KRW": "₩", "KZT": "₸", "LAK": "₭",
    "MNT": "₮", "MXN": "MX$", "NGN": "₦", "NZD": "NZ$", "PHP": "₱", "PYG": "₲", "RUB": "₽", "THB": "฿", "TRY": "₺",
    "TWD": "NT$", "UAH": "₴", "USD": "$", "VND": "₫",
}  # fmt: skip
INDIAN = {"INR", "PKR", "BDT", "NPR", "LKR"}
NO_BREAK = "\u00a0"


def amount(value: float | Decimal, currency: str) -> str:
    """An amount with its currency's sign and decimals: -₹12,34,567.50, ¥1,500, KWD 1.250."""
    number = exact(value).quantize(Decimal(1).scaleb(-DECIMALS[currency]), ROUND_HALF_EVEN)
    whole, _, decimals = f"{abs(number):f}".partition(".")
    minus = "-" if number < 0 else ""
    return f"{minus}{sign(currency)}{grouped(whole, currency)}{'.' if decimals else ''}{decimals}"


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


def grouped(whole: str, currency: str) -> str:
    """Digits with commas: by threes, or as in South Asia by three and then by twos."""
    head, tail = whole[:-3], whole[-3:]
    size = 2 if currency in INDIAN else 3
    groups = [head[max(0, end - size) : end] for end in range(len(head), 0, -size)]
    return ",".join([*reversed(groups), tail])


def sign(currency: str) -> str:
    """What stands before an amount: the currency's sign, else its code."""
    return SIGNS.get(currency, f"{currency}{NO_BREAK}")


def exact(value: float | Decimal) -> Decimal:
    """The amount that a JSON number stands for: its shortest text."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))
