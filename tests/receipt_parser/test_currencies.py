"""The currency a document is in, None where it leaves that open."""

import pytest

from app.services.receipt_parser import currencies, rows
from tests.receipt_parser.layout import page


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ((("Tea", "£2.00"),), "GBP"),
        ((("Tee", "2,00 €"),), "EUR"),
        (("BERSATU SDN BHD", ("Tea", "2.00")), "MYR"),
        ((("Total", "RM 12.50"),), "MYR"),
        (("Springfield, IL 62704", ("Tea", "$2.00")), "USD"),
        ((("Total", "S$12.50"),), "SGD"),
        (("1 Hill Street, Singapore 179094", ("Total", "$12.50")), "SGD"),
        (("West Vancouver, BC V7T 1B6", ("Total", "$12.50")), "CAD"),
        (("ABN 53 004 085 616", ("Total", "$12.50")), "AUD"),
        (("GSTIN: 29ABCDE1234F1Z5", ("Total", "120.00")), "INR"),
        ((("Total", "Rs. 120.00"),), "INR"),
        ((("Total", "CHF 12.50"),), "CHF"),
        ((("Total QAR", "12.50"),), "QAR"),
        ((("Total", "¥1200"),), "JPY"),
        (("BERSATU SDN BHD", ("Total", "$12.50")), "MYR"),
        (("Palo Alto California 94301", ("Total", "$12.50")), "USD"),
    ],
)
def test_names_the_currency(written: tuple[str | tuple[str, str], ...], code: str) -> None:
    assert currencies.read(rows.read([page(["SHOP", *written])])) == code


@pytest.mark.parametrize("written", [("Tea", "2.00"), ("Tea", "$2.00"), ("10% SVC 3.00", "3.00"), ("TOP 2.00", "2.00")])
def test_leaves_open_what_many_countries_share(written: tuple[str, str]) -> None:
    assert currencies.read(rows.read([page(["SHOP", written])])) is None


def test_nothing_to_read_names_nothing() -> None:
    assert currencies.read(()) is None
