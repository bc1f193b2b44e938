"""Amounts are written as people of the currency read them."""

import pytest

from app.core import wording
from app.core.money import CURRENCIES, DECIMALS


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456750, "INR", "₹12,34,567.50"),
        (-123456750, "INR", "-₹12,34,567.50"),
        (123400, "USD", "$1,234.00"),
        (1500, "JPY", "¥1,500"),
        (1250, "KWD", "KWD\u00a01.250"),
        (-5, "CHF", "-CHF\u00a00.05"),
        (0, "EUR", "€0.00"),
    ],
)
def test_amounts(minor: int, currency: str, text: str) -> None:
    assert wording.amount(minor, currency) == text


def test_a_number_is_rounded_to_the_decimals_of_its_currency() -> None:
    assert wording.amount_of(0.1 + 0.2, "USD") == "$0.30"


@pytest.mark.parametrize(("currency", "text"), [("INR", "₹12.3L"), ("USD", "$1.2M"), ("CHF", "CHF\u00a01.2M")])
def test_short_amounts(currency: str, text: str) -> None:
    assert wording.short_amount(1_234_567, currency) == text


def test_every_currency_can_be_written_with_all_its_decimals() -> None:
    for currency in CURRENCIES:
        text, decimals = wording.amount(123456, currency), DECIMALS[currency]
        assert text.endswith(f".{'123456'[6 - decimals :]}" if decimals else "123,456"), text
