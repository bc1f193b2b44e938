"""Reads invoices: documents with a seller, a buyer, several dates and a table, mostly PDFs with their own text."""

from collections.abc import Sequence

from app.services.receipt_parser import conventions, payment
from app.services.receipt_parser import rows as row_reader
from app.services.receipt_parser.invoices import columns, figures, issue, labels, money, parties, sums, table
from app.services.receipt_parser.invoices.layout import folded
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import Hints, LineItem, Page, Reading

SHEET = (0.6, 1.7)  # width by height of a sheet of paper; till rolls are narrower


TEXT_POINTS, OCR_POINTS = 2, 6  # what a document needs to be taken for an invoice, by where its text comes from


def is_invoice(pages: Sequence[Page]) -> bool:
    """Whether these are pages of an invoice rather than of a till receipt that calls itself one."""
    rows = row_reader.read(pages)
    texts = [folded(cell.text) for row in rows for cell in row.cells]
    if not any(labels.INVOICE.search(text) for text in texts):
        return False
    if pages[0].source == "text":
        return _structure(pages[0], rows, texts) >= TEXT_POINTS
    return _structure(pages[0], rows, texts) >= OCR_POINTS and not any(labels.TILL.search(text) for text in texts)


def _structure(page: Page, rows: Sequence[Row], texts: Sequence[str]) -> int:
    """How much of an invoice's structure there is: its title, numbers, parties, terms, bank, table and paper."""
    signs = (labels.TITLE, labels.INVOICE_NUMBER, labels.BUYER, labels.TERMS, labels.BANK)
    found = sum(any(sign.search(text) for text in texts) for sign in signs)
    width = max(row.right for row in rows) - min(row.left for row in rows)
    is_sheet = SHEET[0] <= page.width / max(page.height, 1.0) <= SHEET[1] and width > 0.5 * page.width
    return found + is_sheet + 2 * any(columns.read(row) for row in rows)


def read(pages: Sequence[Page], hints: Hints) -> Reading:
    """What an invoice says: the seller, the day of issue, what it comes to, and its lines.

    Amounts of a credit note are given as they are printed, and `credit_note` stands among the reasons.
    """
    rows = row_reader.read(pages)
    texts = [folded(row.text) for row in rows]
    currency, currency_chance = money.currency(rows, figures.has_decimal_comma(texts), hints.currency)
    comma = figures.has_decimal_comma(texts) or conventions.points_part_thousands(texts, currency or hints.currency)
    merchant, merchant_chance = parties.seller(rows, hints.merchants)
    day, day_chance = issue.read(rows, currency or hints.currency, hints.today)
    found = sums.read(rows, comma)
    items = table.read(rows, comma, found.of_lines)
    chances = {
        "merchant": merchant_chance,
        "date": day_chance,
        "total": found.chance,
        "currency": currency_chance,
        "items": _items_chance(items, found),
    }
    return Reading(
        merchant=merchant,
        date=day,
        currency=currency,
        total=found.total,
        subtotal=found.subtotal,
        tax=found.tax,
        discount=found.discount,
        payment_method=payment.read([row for row in rows if labels.PAYMENT.search(folded(row.text))]),
        items=items,
        text="\n".join(row.text for row in rows),
        confidence={name: round(chance, 2) for name, chance in chances.items() if chance},
        reasons=("credit_note",) if _is_credit_note(rows) else (),
    )


def _items_chance(items: Sequence[LineItem], found: sums.Sums) -> float:
    if not items:
        return 0.0
    return 0.93 if table.adds_up(items, found.of_lines) else 0.55


def _is_credit_note(rows: Sequence[Row]) -> bool:
    return any(labels.CREDIT_TITLE.match(folded(cell.text)) for row in rows[:30] for cell in row.cells)
