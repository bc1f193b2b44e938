"""Money's one door: Decimal inside, int64 minor units in Mongo, a JSON number outside.

The number of decimals of a currency is ISO 4217's.
"""

from decimal import Context, Decimal

from iso4217 import Currency

DECIMALS: dict[str, int] = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
CURRENCIES = tuple(sorted(DECIMALS))
MOST_DECIMALS = max(DECIMALS.values())
LARGEST_AMOUNT = 10_000_000
EXACT = Context(prec=80)  # far beyond what a bounded number literal can hold, so nothing is ever rounded


class TooPrecise(ValueError):
    """An amount has more decimals than its currency."""


def decimals_message(currency: str) -> str:
    """What to tell a person whose amount has too many decimals."""
    places = DECIMALS[currency]
    return f"{currency} has no decimals" if places == 0 else f"{currency} has at most {places} decimals"


def to_minor(amount: Decimal | int, currency: str) -> int:
    """Minor units of a currency amount, exactly: 45.50 INR is 4550, 1500 JPY is 1500.

    Raises:
        TooPrecise: the amount has more decimals than the currency.
    """
    scaled = Decimal(amount).scaleb(DECIMALS[currency], EXACT)
    if scaled != scaled.to_integral_value():
        raise TooPrecise(decimals_message(currency))
    return int(scaled)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The currency amount of minor units: 4550 INR is Decimal("45.50")."""
    return Decimal(minor).scaleb(-DECIMALS[currency])


def to_number(minor: int, currency: str) -> int | float:
    """The JSON number of minor units: 4550 INR is 45.5, 1500 JPY is 1500.

    Division of two integers is correctly rounded (IEEE 754), so up to 15 digits the
    shortest text of the result is exactly the decimal amount.

    Raises:
        TypeError: what is stored is no whole number.
    """
    if not isinstance(minor, int):
        raise TypeError("minor units are whole numbers")
    places = DECIMALS[currency]
    return minor / 10**places if places else minor


def comparable(minor: int, currency: str) -> int:
    """The number shown, in ten-thousandths: orders amounts of different currencies by what people read."""
    return int(minor * 10 ** (MOST_DECIMALS - DECIMALS[currency]))
