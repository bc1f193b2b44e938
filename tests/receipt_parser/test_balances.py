"""What the other sums of a receipt say about an amount, and that the total follows it."""

import datetime
from decimal import Decimal

import pytest

from app.services import receipt_parser
from app.services.receipt_parser.balances import KINDS, Balances
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.rows import read
from app.services.receipt_parser.types import Hints
from tests.receipt_parser.layout import page

Written = str | tuple[str, ...]
HINTS = Hints(datetime.date(2024, 6, 1), "MYR")
HEAD: list[Written] = ["PELANGI TOOLS SDN BHD", "NO. 5, JALAN DAMAI 2,", "DATE: 12/03/2024"]
ROUNDED: list[Written] = [*HEAD, ("CHISEL", "20.02"), ("TOTAL", "20.02"), ("ROUNDING", "-0.02"), ("CASH", "20.00")]
TAXED: list[Written] = [
    *HEAD,
    ("HAMMER", "24.90"),
    ("TOTAL", "RM 24.90"),
    ("CASH", "RM 24.90"),
    ("CHANGE", "RM 0.00"),
    ("GST 6%", "RM 1.41"),
    ("TOTAL EXCL. GST", "RM 23.49"),
]
LESS: list[Written] = [
    *HEAD,
    ("SAW", "45.70"),
    ("SUB-TOTAL", "45.70"),
    ("DISCOUNT", "14.80"),
    ("GRAND TOTAL", "30.90"),
    ("CASH", "50.00"),
    ("CHANGE", "19.10"),
]


@pytest.mark.parametrize(
    ("rows", "total"), [(TAXED, "24.90"), (LESS, "30.90"), ([*ROUNDED, ("CHANGE", "0.00")], "20.00")]
)
def test_the_amount_that_the_other_sums_lead_to_is_the_total(rows: list[Written], total: str) -> None:
    assert receipt_parser.read([page(rows)], HINTS).total == Decimal(total)


def test_an_amount_is_known_by_its_name_and_by_what_it_makes_with_others() -> None:
    balances = Balances(Document(read([page(LESS)])))
    total, before = (balances.evidence(Decimal(value)) for value in ("30.90", "45.70"))
    called = [[kind for kind, is_so in zip(KINDS, one, strict=False) if is_so] for one in (total, before)]
    assert called == [["total"], ["subtotal"]]
    paid_less_change, led_to = len(KINDS), len(KINDS) + 3
    assert (total[paid_less_change], before[paid_less_change]) == (1.0, 0.0)
    assert (total[led_to], before[led_to]) == (1.0, 0.0)
