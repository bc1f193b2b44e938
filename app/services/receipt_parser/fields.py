"""The candidates for each trained field with what its ranker is given of them."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from app.services.receipt_parser import days, merchants, totals
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.features import Features
from app.services.receipt_parser.merchant_features import Names
from app.services.receipt_parser.types import Hints

RANKED = ("merchant", "date", "total")
Value = str | datetime.date | Decimal


def candidates(field: str, document: Document, hints: Hints) -> tuple[Sequence[Value], list[Features]]:
    """The values one of RANKED may have in a document, and as many descriptions."""
    if field == "merchant":
        names, described = merchants.candidates(document), Names(document)
        return [merchants.tidied(name.text) for name in names], [described.describe(name) for name in names]
    if field == "date":
        found = days.candidates(document, hints)
        among = days.Days(document, found)
        return [day.date for day in found], [among.describe(day) for day in found]
    sums = totals.candidates(document)
    ranked = totals.Totals(document, sums)
    return [one.value for one in sums], [ranked.describe(one) for one in sums]
