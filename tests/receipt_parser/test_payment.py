"""How it was paid, as far as the receipt says."""

import pytest

from app.services.receipt_parser import payment, rows
from tests.receipt_parser.layout import page


@pytest.mark.parametrize(
    ("row", "method"),
    [
        (("CASH", "20.00"), "cash"),
        (("Visa ****1234", "9.00"), "visa"),
        (("MASTERCARD", "9.00"), "mastercard"),
        (("AMEX", "9.00"), "amex"),
        (("DEBIT CARD TENDER", "9.00"), "debit_card"),
        (("Credit Card", "9.00"), "credit_card"),
        (("Paid by UPI", "9.00"), "upi"),
        (("Apple Pay", "9.00"), "mobile"),
        (("Tender MasterCard", "9.00"), "mastercard"),
        (("XXXXXXXXXXXX1234", "9.00"), "card"),
        (("Contanti", "9,00"), "cash"),
    ],
)
def test_names_the_method(row: tuple[str, str], method: str) -> None:
    assert payment.read(rows.read([page(["CORNER SHOP", ("Tea", "9.00"), ("Total", "9.00"), row])])) == method


@pytest.mark.parametrize(
    "row",
    [
        "Cashier: Dana",
        "No cash refunds, gift cards and returns in 14 days",
        "We accept Visa and Mastercard",
        ("Cashew nuts", "4.00"),
        ("Rounding", "0.01"),
    ],
)
def test_names_none_where_none_is_named(row: str | tuple[str, str]) -> None:
    assert payment.read(rows.read([page(["CORNER SHOP", ("Tea", "9.00"), ("Total", "9.00"), row])])) is None
