"""Whole receipts read from their lines: made up here, in no data the rankers have seen."""

import datetime
import time
from decimal import Decimal

import pytest

from app.services import receipt_parser
from app.services.receipt_parser.types import Hints, Line, Page
from tests.receipt_parser.layout import page

HINTS = Hints(datetime.date(2024, 6, 1), "GBP")
CAFE = [
    "THE COPPER KETTLE",
    "14 Harbour Street",
    "Whitby YO21 3PU",
    "Tel: 01947 555 0132",
    ("Date: 17/03/2024", "12:41"),
    ("2 Cream tea", "17.00"),
    ("1 Lemon cake", "4.25"),
    ("Subtotal", "21.25"),
    ("VAT 20%", "4.25"),
    ("TOTAL", "£25.50"),
    ("Cash", "30.00"),
    ("Change", "4.50"),
    "Thank you, please come again",
]
WORKSHOP = [
    "BINTANG JAYA HARDWARE SDN BHD",
    "(998877-X)",
    "NO. 7, JALAN MELUR 3,",
    "81300 SKUDAI, JOHOR",
    "TEL: 07-555 1234",
    "TAX INVOICE",
    ("INVOICE NO : CS00123", "DATE : 09/11/2023"),
    ("PAINT BRUSH 2IN", "8.50"),
    ("WALL PAINT 5L", "72.00"),
    ("TOTAL SALES", "RM 80.50"),
    ("CASH", "100.00"),
    ("CHANGE", "19.50"),
]
DINER = [
    "SUNNY FORK DINER",
    "88 Lake Avenue",
    "Madison, WI 53703",
    "(608) 555-0147",
    ("Server: Ann", "04/05/24 7:15 PM"),
    ("Pancakes", "9.50"),
    ("Coffee", "3.00"),
    ("Subtotal", "12.50"),
    ("Tax", "0.69"),
    ("Total", "13.19"),
    ("Visa", "13.19"),
]


@pytest.mark.parametrize(
    ("rows", "merchant", "day", "total"),
    [
        (CAFE, "THE COPPER KETTLE", "2024-03-17", "25.50"),
        (WORKSHOP, "BINTANG JAYA HARDWARE SDN BHD", "2023-11-09", "80.50"),
        (DINER, "SUNNY FORK DINER", "2024-04-05", "13.19"),
    ],
)
@pytest.mark.parametrize("lean", [0.0, -0.08])
def test_a_receipt_is_read(rows: list, merchant: str, day: str, total: str, lean: float) -> None:
    reading = receipt_parser.read([page(rows, lean=lean)], HINTS)
    assert (reading.merchant, str(reading.date), reading.total) == (merchant, day, Decimal(total))
    assert all(0.5 < reading.confidence[name] <= 1 for name in ("merchant", "date", "total"))
    assert reading.text.splitlines()[0] == rows[0]


def test_items_charges_and_payment_come_along() -> None:
    reading = receipt_parser.read([page(DINER)], HINTS)
    assert [(item.name, item.total_price) for item in reading.items] == [
        ("Pancakes", Decimal("9.50")),
        ("Coffee", Decimal("3.00")),
    ]
    assert (reading.subtotal, reading.tax, reading.payment_method) == (Decimal("12.50"), Decimal("0.69"), "visa")
    assert (reading.currency, reading.reasons) == ("USD", ())


def test_a_misread_name_becomes_that_of_the_persons_own_merchant() -> None:
    misread = ["THE C0PPFR KETTLE", *CAFE[1:]]
    known = Hints(HINTS.today, "GBP", ("Harbour Fish Bar", "The Copper Kettle"))
    reading = receipt_parser.read([page(misread)], known)
    assert reading.merchant == "The Copper Kettle"
    assert reading.confidence["merchant"] > 0.9


def test_what_is_no_receipt_gets_no_invented_numbers() -> None:
    reading = receipt_parser.read([page(["KEEP OFF THE GRASS", "City Parks"])], HINTS)
    assert (reading.date, reading.total, reading.items) == (None, None, ())
    assert not {"date", "total", "items"} & set(reading.confidence)


@pytest.mark.parametrize(
    ("prices", "total"),
    [
        (("1,05,932.20", "9,533.90", "9,533.90", "Rs. 1,25,000.00"), "125000"),
        (("₹ 1,05,932.20", "₹ 9,533.90", "₹ 9,533.90", "₹1,25,000.00"), "125000"),
        (("10,59,322", "95,339", "95,339", "12,50,000"), "1250000"),
        (("84,746/-", "7,627/-", "7,627/-", "Rs 1,00,000/-"), "100000"),
    ],
)
@pytest.mark.parametrize("title", ["", "TAX INVOICE"])
def test_rupees_are_read_in_lakhs(prices: tuple[str, ...], total: str, title: str) -> None:
    names = ("LED TV", "CGST 9%", "SGST 9%", "Grand Total")
    head = [title, "SHARMA ELECTRONICS", "MG Road, Bangalore", "GSTIN 29ABCDE1234F1Z5", ("Date: 17/03/2024",)]
    reading = receipt_parser.read([page([*head, *zip(names, prices, strict=True)])], Hints(HINTS.today, "INR"))
    assert (reading.total, reading.currency) == (Decimal(total), "INR")
    assert [(item.name, item.total_price + (reading.tax or 0)) for item in reading.items] == [
        ("LED TV", Decimal(total))
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [
            ("Sofa", "12,34,56,789.00"),
            ("CGST 9%", "95.00"),
            ("Cushion", "1,055.00"),
            ("Grand Total", "12,34,57,789.00"),
        ],
        [("Pancakes", "9.50"), ("Coffee", "93.00"), ("Tax", "0.69"), ("Total", "13.19"), ("Visa", "13.19")],
        [("Pancakes", "9.50"), ("Sales tax", "5.60"), ("Total", "1.19"), ("Visa", "1.19")],
    ],
)
def test_a_total_that_other_sums_speak_against_is_doubtful(rows: list) -> None:
    assert receipt_parser.read([page([*DINER[:5], *rows])], HINTS).confidence.get("total", 0) < 0.7


@pytest.mark.parametrize(
    ("own", "prices", "total"),
    [
        ("INR", ("Rp 22.000", "Rp 11.000", "Rp 33.000"), "33000"),
        ("INR", ("50.000", "5.000", "55.000 ₫"), "55000"),
        ("CLP", ("12.300", "1.200", "$13.500"), "13500"),
        ("IDR", ("1.500.000", "250.000", "Rp 1.750.000"), "1750000"),
        ("INR", ("1.134 €", "100 €", "1.234 €"), "1234"),
        ("INR", ("1.134,00 €", "0,50 €", "1.134,50 €"), "1134.50"),
        ("JPY", ("1,200", "300", "¥1,500"), "1500"),
        ("KWD", ("2.500", "1.000", "KWD 3.500"), "3.500"),
        ("TND", ("2,500", "1,000", "3,500 TND"), "3.500"),
    ],
)
@pytest.mark.parametrize("title", ["", "INVOICE"])
def test_a_document_parts_thousands_and_decimals_in_one_way(
    own: str, prices: tuple[str, ...], total: str, title: str
) -> None:
    goods = zip(("Large bowl", "Small bowl", "TOTAL"), prices, strict=True)
    rows = [title, "CORNER HOUSE", "Long Street 12", ("Date: 17/03/2024",), *goods]
    reading = receipt_parser.read([page(rows)], Hints(HINTS.today, own))
    assert reading.total == Decimal(total)
    assert sum(item.total_price for item in reading.items) == Decimal(total)
    assert reading.confidence["total"] >= 0.7


def test_thousands_in_an_unknown_currency_are_doubtful() -> None:
    rows = ["CORNER HOUSE", ("Date: 17/03/2024",), ("Large bowl", "2.500"), ("Small bowl", "1.000"), ("TOTAL", "3.500")]
    assert receipt_parser.read([page(rows)], HINTS).confidence["total"] < 0.7


@pytest.mark.parametrize("pages", [[], [Page((), 10, 10)], [page([" ", "\x00"])]])
def test_nothing_is_read_from_nothing(pages: list) -> None:
    reading = receipt_parser.read(pages, HINTS)
    assert (reading.merchant, reading.date, reading.total, reading.text) == (None, None, None, "")
    assert reading.confidence == {}


def test_items_that_do_not_add_up_are_not_sure() -> None:
    wrong = [("Coffee", "30.00") if row == ("Coffee", "3.00") else row for row in DINER]
    right, wrongly = (receipt_parser.read([page(rows)], HINTS).confidence["items"] for rows in (DINER, wrong))
    assert wrongly < 0.7 < right


@pytest.mark.parametrize(
    "text", ["1.00 " * 60, "TOTAL " * 50, "1,000" * 60, "((((" * 75, "12/" * 100, "a" * 300, "\u202e\x1b[31m$" * 50]
)
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    box = ((0.0, 0.0), (300.0, 0.0), (300.0, 10.0), (0.0, 10.0))
    lines = tuple(
        Line(text, tuple((x, y + 12 * number) for x, y in box))  # type: ignore[arg-type]
        for number in range(100)
    )
    started = time.perf_counter()
    reading = receipt_parser.read([Page(lines, 300, 4000)], HINTS)
    assert time.perf_counter() - started < 10
    assert len(reading.text) <= len(lines) * 301
    assert all(letter.isprintable() or letter == "\n" for letter in reading.text)


@pytest.mark.parametrize(("text", "columns"), [("." * 300, 10), ("1-1-" * 75, 10), ("1 " * 150, 1), ("1." * 150, 10)])
def test_the_largest_hostile_page_is_read_in_bounded_time(text: str, columns: int) -> None:
    lines = []
    for number in range(2000):
        left, top = 300.0 * (number % columns), 12.0 * (number // columns)
        lines.append(Line(text, ((left, top), (left + 290, top), (left + 290, top + 10), (left, top + 10))))
    started = time.process_time()
    receipt_parser.read([Page(tuple(lines), 300 * columns, 24_000 / columns)], HINTS)
    assert time.process_time() - started < 10, "some 2 seconds on a free core"


def test_a_long_receipt_is_read_to_its_end() -> None:
    goods = [(f"Article number {number}", "1.25") for number in range(800)]
    reading = receipt_parser.read([page([*CAFE[:5], *goods, ("TOTAL", "£1,000.00")])], HINTS)
    assert reading.total == Decimal(1000)
