"""Amounts as people read them."""

from decimal import Decimal

import pytest

from app.core import amounts
from app.core.money import CURRENCIES, DECIMALS, to_decimal


@pytest.mark.parametrize(
    ("value", "currency", "written", "brief", "about"),
    [
        (1234567.5, "INR", "₹12,34,567.50", "₹12,34,567.50", "₹12,00,000"),
        (12400, "INR", "₹12,400.00", "₹12,400", "₹12,000"),
        (Decimal("1987.50"), "USD", "$1,987.50", "$1,987.50", "$2,000"),
        (-1234567, "EUR", "-€1,234,567.00", "-€1,234,567", "-€1,200,000"),
        (100, "JPY", "¥100", "¥100", "¥100"),
        (1.25, "KWD", "KWD\u00a01.250", "KWD\u00a01.250", "KWD\u00a01.200"),
        (0.07, "INR", "₹0.07", "₹0.07", "₹0.07"),
        (0, "INR", "₹0.00", "₹0", "₹0"),
        (99.6, "INR", "₹99.60", "₹99.60", "₹100"),
    ],
)
def test_amounts_in_words(value: float | Decimal, currency: str, written: str, brief: str, about: str) -> None:
    assert amounts.amount(value, currency) == written
    assert amounts.brief(value, currency) == brief
    assert amounts.rounded(value, currency) == about


@pytest.mark.parametrize(("currency", "text"), [("INR", "₹12.3L"), ("USD", "$1.2M"), ("CHF", "CHF\u00a01.2M")])
def test_short_amounts(currency: str, text: str) -> None:
    assert amounts.short(1_234_567, currency) == text


def test_every_currency_is_written_with_all_its_decimals() -> None:
    for currency in CURRENCIES:
        decimals = DECIMALS[currency]
        text = amounts.amount(to_decimal(123456, currency), currency)
        assert text.endswith(f".{'123456'[6 - decimals :]}" if decimals else "123,456"), text
