"""Amounts as tills, countries and OCR engines write them."""

import time
from decimal import Decimal

import pytest

from app.services.receipt_parser import amounts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.56", ["1234.56"]),
        ("1.234,56", ["1234.56"]),
        ("1 234,56", ["1234.56"]),
        ("1'234.50 CHF", ["1234.50"]),
        ("Rs. 2.800.00", ["2800.00"]),
        ("TOTAL 12 .50", ["12.50"]),
        ("1O.00", ["10.00"]),
        ("l2.5O", ["12.50"]),
        ("RM12.50 SR", ["12.50"]),
        ("TOTAL$58.92", ["58.92"]),
        ("5.99T 2 @ 3.00", ["5.99", "3.00"]),
        ("-5.00", ["-5.00"]),
        ("5.00-", ["-5.00"]),
        ("(5.00)", ["-5.00"]),
        ("-$5.00", ["-5.00"]),
        ("COUPON - 5.00", ["-5.00"]),
        ("2 500.00", ["500.00"]),
        ("50 EUR", ["50"]),
        ("GST 6.00% 0.57", ["0.57"]),
        ("25.12.2018 12:50 7.51pm", []),
        ("1500", []),
        ("Steps today 8,412", []),
        ("Total Rs. 1,25,000.00", ["125000.00"]),
        ("₹ 1,25,000.00", ["125000.00"]),
        ("12,34,567.89", ["1234567.89"]),
        ("1.25.000,00", ["125000.00"]),
        ("1, 25, 000 .00", ["125000.00"]),
        ("1,25,000 2,50,000", ["125000", "250000"]),
        ("Rs 2,50,000/-", ["250000"]),
        ("500/-", ["500"]),
        ("Rp 1.234.567", ["1234567"]),
        ("10.12.2018 12,34,56,789.00", []),
        ("99999999.00", []),
    ],
)
def test_prices_are_found_as_they_are_written(text: str, expected: list[str]) -> None:
    assert [str(amount.value) for amount in amounts.find(text)] == expected


def test_bare_numbers_are_found_when_asked_for_and_every_span_is_the_texts() -> None:
    text = "2 x Tea @ RM 1,250.00"
    two, price = amounts.find(text, whole=True)
    assert (two.value, two.is_price, text[two.start : two.end]) == (Decimal(2), False, "2")
    assert (price.marked, text[price.start : price.end]) == (True, "RM 1,250.00")


@pytest.mark.parametrize("hostile", ["1," * 150, "1 " * 150, "$" * 300, "-" * 300, "RM" * 150, "1.0 " * 75, "O" * 300])
def test_no_line_takes_long(hostile: str) -> None:
    started = time.perf_counter()
    amounts.find(hostile, whole=True)
    assert time.perf_counter() - started < 0.1
