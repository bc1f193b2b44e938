"""Reads receipts and invoices: lines of text with their boxes in, typed fields with confidences out.

A library: it knows no user, no request and no database, and needs no network. What it reads is untrusted text.
"""

from collections.abc import Sequence

from app.services.receipt_parser.types import Hints, Page, Reading


def read(pages: Sequence[Page], hints: Hints) -> Reading:
    """What a receipt or an invoice says; fields it doesn't name, or that can't be read, are None.

    Text beyond what a document can hold (2,000 lines, 300 characters a line, 100,000 in all) is not looked at.
    """
    from app.services.receipt_parser import invoices, plausibility, receipt  # noqa: PLC0415 -- numpy and a model: never in the API

    if pages and invoices.is_invoice(pages):
        return plausibility.checked(invoices.read(pages, hints), hints.currency)
    return plausibility.checked(receipt.read(pages, hints), hints.currency)
