"""Invoices of many layouts and four languages: who sells, when it was issued, what it comes to, what was bought."""

import time
from datetime import date
from decimal import Decimal

import pytest

from app.services.receipt_parser import invoices
from app.services.receipt_parser.types import Hints, Line, LineItem, Page, Reading
from tests.receipt_parser.invoice_layouts import LAYOUTS, Layout, due_date_first, no_value_added_tax
from tests.receipt_parser.layout import page
from tests.receipt_parser.sheets import Sheet

TODAY = date(2026, 11, 21)
LONGEST_SECONDS = 5.0  # for the worst page there can be; it takes some tenths


def read(sheet: Sheet, *merchants: str, currency: str = "INR") -> Reading:
    return invoices.read(sheet.pages(), Hints(TODAY, currency, merchants))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_invoices_are_read_whatever_their_layout(layout: Layout) -> None:
    sheet, expected = layout()
    pages = sheet.pages()
    assert invoices.is_invoice(pages)
    reading = invoices.read(pages, Hints(TODAY, "INR"))
    assert reading.merchant == expected.merchant
    assert reading.date == expected.date
    assert (reading.currency, reading.total) == (expected.currency, Decimal(expected.total))
    assert reading.tax == (Decimal(expected.tax) if expected.tax else None)
    assert [(item.name, item.total_price) for item in reading.items] == expected.lines
    assert min(reading.confidence[name] for name in ("date", "total", "items")) >= 0.7
    assert reading.reasons == ()


def test_quantities_and_prices_of_lines_are_read() -> None:
    reading = read(due_date_first()[0])
    assert reading.items[1] == LineItem("Ground rods", Decimal("90.00"), Decimal(4), Decimal("22.50"))
    assert reading.items[2].quantity == Decimal("6.5")
    assert (reading.subtotal, reading.reasons) == (Decimal("2157.50"), ())


def test_the_persons_own_name_for_a_seller_is_kept() -> None:
    assert read(no_value_added_tax()[0], "MALERBETRIEB JENS ÖZTÜRK").merchant == "MALERBETRIEB JENS ÖZTÜRK"
    assert read(no_value_added_tax()[0], "Thomas Berger").merchant == "Malerbetrieb Jens Öztürk", (
        "who buys sells nothing"
    )


def phone_bill(*sums: tuple[str, str]) -> Sheet:
    sheet = Sheet().write(
        50, 50, "Vela Mobile USA LLC", "Invoice date: Feb 12, 2024", "Service for one line, unlimited calls"
    )
    return sheet.sums(200, *sums)


def test_an_earlier_balance_is_part_of_what_is_due() -> None:
    bill = phone_bill(("Previous balance", "$64.20"), ("Total new charges", "$67.20"), ("Total amount due", "$131.40"))
    assert read(bill).total == Decimal("131.40")


def test_a_payment_is_not_taken_off_the_total() -> None:
    bill = phone_bill(("Total", "$67.20"), ("Visa payment", "-$67.20"), ("Balance due", "$0.00"))
    reading = read(bill)
    assert (reading.total, reading.payment_method) == (Decimal("67.20"), "visa")


def test_a_credit_note_says_so() -> None:
    note = Sheet().write(400, 50, "CREDIT NOTE", size=16).write(50, 50, "Fenwick Paper Co. Ltd", size=13)
    note.write(380, 90, "Date: 23/07/2024", "Original invoice: 5512 dated 12/06/2024")
    note.goods(220, ("Description", "Quantity", "Unit price", "Total"), ("Return: A4 paper", "10", "-3.50", "-35.00"))
    note.sums(280, ("Subtotal", "-35.00"), ("VAT 20%", "-7.00"), ("Total GBP", "-42.00"))
    reading = read(note)
    assert (reading.date, reading.total) == (date(2024, 7, 23), Decimal("-42.00"))
    assert "credit_note" in reading.reasons


def test_what_an_invoice_does_not_say_is_missing_and_never_made_up() -> None:
    reading = read(Sheet().write(50, 50, "Invoice", "1 of 1", "for terms and conditions see overleaf, please"))
    assert (reading.merchant, reading.date, reading.total, reading.items) == (None, None, None, ())
    assert not {"merchant", "date", "total"} & set(reading.confidence)


def test_a_sum_that_is_only_the_largest_amount_is_doubted() -> None:
    sheet = Sheet().write(
        50, 50, "Blue Door Books Ltd", "Invoice date: 4 May 2024", "Atlas of rivers 25.00", "Postage 4.00"
    )
    reading = read(sheet)
    assert reading.total == Decimal("25.00")
    assert reading.confidence["total"] < 0.5


def test_a_till_receipt_that_calls_itself_an_invoice_is_none() -> None:
    receipt = page(
        [
            "KEDAI RUNCIT ALI SDN BHD",
            "TAX INVOICE",
            ("Invoice No: 1001", "12/03/2018"),
            ("Description", "Qty", "Amount"),
            ("Milk", "2", "9.00"),
            ("Total", "9.00"),
            ("Cash", "10.00"),
            ("Change", "1.00"),
        ]
    )
    assert not invoices.is_invoice([receipt])
    assert not invoices.is_invoice([])


def test_a_letter_is_no_invoice() -> None:
    letter = Sheet().write(
        50, 60, "Dear Ms Patel,", "we look forward to seeing you on 12 May 2024.", "Yours, The Museum"
    )
    assert not invoices.is_invoice(letter.pages())


@pytest.mark.parametrize(
    "text",
    ["1.000.000," * 30, "a-" * 150, "march " * 50, "1 111 " * 50, "x@" * 150, "a.b." * 75, "& " * 150, "Ltd " * 75],
)
def test_hostile_text_takes_no_longer(text: str) -> None:
    lines = tuple(
        Line(text, ((10, 12 * row), (590, 12 * row), (590, 12 * row + 10), (10, 12 * row + 10))) for row in range(65)
    )
    started = time.monotonic()
    invoices.read([Page(lines, 600, 800, "text")], Hints(TODAY, "EUR"))
    assert time.monotonic() - started < LONGEST_SECONDS
