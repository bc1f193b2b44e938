"""Invoices of many layouts and four languages: who sells, when it was issued, what it comes to, what was bought."""

from datetime import date
from decimal import Decimal

from app.services.receipt_parser import invoices
from app.services.receipt_parser.types import Hints, LineItem, Reading
from tests.receipt_parser.sheets import Sheet

TODAY = date(2026, 11, 21)
ENDS = (350, 450, 545)


def read(sheet: Sheet, *merchants: str, currency: str = "INR") -> Reading:
    pages = sheet.pages()
    assert invoices.is_invoice(pages)
    return invoices.read(pages, Hints(TODAY, currency, merchants))


def lines(reading: Reading) -> list[tuple[str, str]]:
    return [(item.name, str(item.total_price)) for item in reading.items]


def american() -> Sheet:
    """Seller's letterhead left, bill to and ship to below, the due date first."""
    sheet = Sheet().write(50, 60, "Harbor Lights Electric, LLC", size=14)
    sheet.write(50, 78, "1200 Pier Avenue", "Portland, OR 97201", "billing@harborlights.com")
    sheet.write(450, 60, "INVOICE", size=18)
    sheet.write(50, 150, "Bill To:", "Cascade Dental Group Inc.", "88 Molar Street", "Salem, OR 97301")
    sheet.write(220, 150, "Ship To:", "Cascade Dental Group Inc.", "90 Molar Street", "Salem, OR 97301")
    sheet.write(400, 150, "Due Date: 05/04/2024", "Invoice Date: 04/19/2024", "Invoice #: 20417")
    sheet.row(240, ("Description", "Qty", "Unit Price", "Amount"), ENDS)
    sheet.row(260, ("Panel upgrade, 200 A", "1", "$1,450.00", "$1,450.00"), ENDS)
    sheet.row(280, ("Ground rods", "4", "$22.50", "$90.00"), ENDS)
    sheet.row(300, ("Labor", "6.5", "$95.00", "$617.50"), ENDS)
    sheet.right(450, 340, "Subtotal").right(545, 340, "$2,157.50")
    sheet.right(450, 355, "Sales Tax (8.25%)").right(545, 355, "$178.00")
    return sheet.right(450, 370, "Balance Due").right(545, 370, "$2,335.50")


def test_an_american_invoice() -> None:
    reading = read(american())
    assert reading.merchant == "Harbor Lights Electric, LLC"
    assert reading.date == date(2024, 4, 19)
    assert (reading.currency, reading.total) == ("USD", Decimal("2335.50"))
    assert (reading.subtotal, reading.tax) == (Decimal("2157.50"), Decimal("178.00"))
    assert reading.items[1] == LineItem("Ground rods", Decimal("90.00"), Decimal(4), Decimal("22.50"))
    assert lines(reading)[2] == ("Labor", "617.50")
    assert reading.reasons == ()
