"""Subtotal, tax, tip, discount, rounding, cash and change, and whether they agree."""

from decimal import Decimal

import pytest

from app.services.receipt_parser import charges, line_items, rows
from app.services.receipt_parser.charges import Charges
from app.services.receipt_parser.types import LineItem
from tests.receipt_parser.layout import page


def read(*written: str | tuple[str, ...]) -> Charges:
    return charges.read(rows.read([page(list(written))]))


def test_reads_each_sum_by_its_words() -> None:
    found = read(
        ("Soup", "20.00"),
        ("Subtotal", "20.00"),
        ("Sales tax 8.25%", "1.65"),
        ("Tip", "4.00"),
        ("Total", "25.65"),
        ("Cash", "30.00"),
        ("Change", "4.35"),
    )
    assert found.subtotal == Decimal("20.00")
    assert found.tax == Decimal("1.65")
    assert found.tip == Decimal("4.00")
    assert found.cash == Decimal("30.00")
    assert found.change == Decimal("4.35")
    assert found.discount is None


@pytest.mark.parametrize(
    ("words", "tax"),
    [
        ((("CGST 2.5%", "2.50"), ("SGST 2.5%", "2.50")), "5.00"),
        ((("10% Service charge", "10.00"), ("7% GST", "7.70")), "17.70"),
        ((("Tax 1", "1.30"), ("Tax 2", "0.38"), ("Total tax", "1.68")), "1.68"),
        ((("GST 6%", "100.00", "6.00"),), "6.00"),
        ((("MwSt 19%", "19,00"),), "19.00"),
        ((("TAX 8.75%", ".35"),), "0.35"),
    ],
)
def test_several_taxes_are_one_sum(words: tuple[tuple[str, ...], ...], tax: str) -> None:
    total = Decimal(100) + Decimal(tax)
    assert read(("Subtotal", "100.00"), *words, ("Total", str(total))).tax == Decimal(tax)


def test_numbers_of_tax_payers_are_no_tax() -> None:
    assert (
        read("GST Reg No: 20-0301619-D", "TAX INVOICE", ("VAT No. 343 4753 55", "00012"), ("Tea", "2.00")).tax is None
    )


def test_discounts_and_rounding_are_read() -> None:
    found = read(("Subtotal", "10.02"), ("Discount", "-2.00"), ("Rounding adj", "-0.02"), ("Total", "8.00"))
    assert found.discount == Decimal("2.00")
    assert found.rounding == Decimal("-0.02")


def test_an_amount_below_its_words_is_found() -> None:
    assert read(("Tea", "3.00"), "Subtotal", ("", "3.00"), ("Total", "3.30")).subtotal == Decimal("3.00")


def test_items_charges_and_total_agree_or_not() -> None:
    items = (LineItem("Soup", Decimal("20.00")), LineItem("Bread", Decimal("5.00")))
    taxed = Charges(subtotal=Decimal("25.00"), tax=Decimal("2.00"))
    assert charges.adds_up(Decimal("27.00"), items, taxed) is True
    assert charges.adds_up(Decimal("25.00"), items, Charges(tax=Decimal("2.00"))) is True
    assert charges.adds_up(Decimal("24.98"), items, Charges(rounding=Decimal("-0.02"))) is True
    assert charges.adds_up(Decimal("22.00"), items, Charges(discount=Decimal("3.00"))) is True
    assert charges.adds_up(Decimal("37.00"), items, Charges(tax=Decimal("2.00"))) is False


def test_without_total_or_items_there_is_nothing_to_check() -> None:
    assert charges.adds_up(None, (LineItem("Soup", Decimal(20)),), Charges()) is None
    assert charges.adds_up(Decimal(20), (), Charges()) is None


def test_an_empty_document_has_no_charges() -> None:
    assert charges.read(()) == Charges()
    assert line_items.read((), Decimal(5), Charges()) == ()


def test_thousands_are_not_cut_into_columns() -> None:
    found = read(("Bag", "$28,250.00"), ("Subtotal", "$28,250.00"), ("Tax", "$2,223.00"), ("Total", "$30,473.00"))
    assert (found.subtotal, found.tax) == (Decimal("28250.00"), Decimal("2223.00"))


def test_a_table_of_taxes_is_read_where_no_row_names_the_tax() -> None:
    found = read(
        ("Total incl. GST", "106.00"),
        ("GST summary", "Amount", "Tax"),
        ("S = 6%", "100.00", "6.00"),
    )
    assert found.tax == Decimal("6.00")


def test_a_total_with_tax_in_its_name_is_no_tax() -> None:
    found = read(("Total sales (excluding GST)", "100.00"), ("Total (incl. of GST)", "106.00"), ("Total GST", "6.00"))
    assert (found.subtotal, found.tax, found.included) == (Decimal("100.00"), Decimal("6.00"), False)
