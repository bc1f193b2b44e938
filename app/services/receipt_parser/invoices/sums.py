"""What an invoice comes to: the total among subtotals, taxes, earlier balances and payments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.services.receipt_parser.invoices import figures, labels
from app.services.receipt_parser.invoices.layout import Place, above, folded, place_at
from app.services.receipt_parser.rows import Cell, Row

CENT = Decimal("0.02")  # what rounding may add or take


@dataclass(frozen=True)
class Sum:
    """An amount with its label: `kind` is one of labels.SUMS, `order` counts through the document."""

    kind: str
    value: Decimal
    label: str
    order: int
    is_last_in_row: bool


@dataclass(frozen=True)
class Sums:
    """What the whole document comes to, all as amounts to pay; `chance` is of the total."""

    total: Decimal | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    discount: Decimal | None = None
    chance: float = 0.0

    @property
    def of_lines(self) -> tuple[Decimal, ...]:
        """What the lines may come to: with or without the tax, before or after the discount."""
        if self.total is None:
            return ()
        nets = {self.total, self.subtotal or self.total, self.total - (self.tax or 0)}
        return tuple(nets | {net + (self.discount or 0) for net in nets})


def read(rows: Sequence[Row], comma: bool) -> Sums:
    """Total, subtotal, tax and discount of a document."""
    found = list(labelled(rows, comma))
    total, chance = _total(found, rows, comma)
    if total is None:
        return Sums()
    subtotal, tax = _parts(found, total)
    discount = _discount(found, total, tax)
    is_proven = subtotal is not None and tax is not None and abs(subtotal + tax - total) <= CENT
    return Sums(total, subtotal, tax, discount, min(chance + 0.08, 0.98) if is_proven else chance)


def labelled(rows: Sequence[Row], comma: bool) -> Iterable[Sum]:
    """Every price with a label that says what sum it is: before it in its row, else above it."""
    order = 0
    for row in rows:
        label = ""
        found: list[tuple[str, Decimal]] = []
        for cell in row.cells:
            plain, start = folded(cell.text), 0
            for figure in (entry for entry in figures.find(plain, comma) if entry.is_price):
                before = plain[start : figure.start].strip()
                label = before if _says(before) else label if found or label else _heading(cell, figure, row, rows)
                found.append((label, figure.value))
                start = figure.end
            rest = plain[start:].strip(" :.")
            label = rest if _says(rest) else label
        for index, (text, value) in enumerate(found):
            kind = labels.kind_of(text)
            is_last = index + 1 == len(found) or found[index + 1][0] != text
            if kind:
                yield Sum(kind, value, text, order, is_last)
                order += 1


def _says(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 2 and text not in ("eur", "usd", "inr", "gbp", "chf", "ttc", "ht")


def _heading(cell: Cell, figure: figures.Figure, row: Row, rows: Sequence[Row]) -> str:
    left, right = place_at(cell, figure.start, figure.end)
    part = Cell(cell.text, left, cell.top, right, cell.bottom)
    over = above(Place(part, Row((part,), row.page, row.index, row.page_width, row.page_height)), rows)
    return folded(over.text) if over else ""


def _total(found: Sequence[Sum], rows: Sequence[Row], comma: bool) -> tuple[Decimal | None, float]:
    """The invoice's own total, or what is due where an earlier balance is added to it."""
    ends = [entry for entry in found if entry.is_last_in_row and entry.value]
    by_kind = {
        kind: [entry for entry in ends if entry.kind == kind] for kind in ("due", "grand", "total", "previous", "paid")
    }
    due = by_kind["due"][-1].value if by_kind["due"] else None
    own = _own_total(by_kind["grand"], by_kind["total"], found)
    if own is None and due is None:
        return _largest(rows, comma)
    if own is None or due is None:
        return (own or due), 0.88
    if own == due:
        return own, 0.95
    if by_kind["previous"] and (abs(due) > abs(own) or not by_kind["paid"]):
        return due, 0.75
    return (own, 0.8) if abs(due) < abs(own) else (due, 0.7)


def _own_total(grand: Sequence[Sum], plain: Sequence[Sum], found: Sequence[Sum]) -> Decimal | None:
    """The largest of the grand totals, else of the totals that a subtotal and a tax come to, else of all totals."""
    parts = _combined(found)
    for entries in (grand, [entry for entry in plain if abs(entry.value) in parts], plain):
        if entries:
            return max((entry.value for entry in entries), key=abs)
    return None


def _combined(found: Sequence[Sum]) -> set[Decimal]:
    subtotals = {entry.value for entry in found if entry.kind == "subtotal"}
    taxes = [entry.value for entry in found if entry.kind == "tax" and entry.is_last_in_row]
    return {abs(subtotal + tax) for subtotal in subtotals for tax in (*taxes, sum(taxes, Decimal(0)))}


def _parts(found: Sequence[Sum], total: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Subtotal and tax: the pair that comes to the total if there is one, else what is named."""
    subtotals = [entry.value for entry in found if entry.kind == "subtotal"]
    taxes = [entry.value for entry in found if entry.kind == "tax" and entry.is_last_in_row]
    pool = [*taxes, sum(taxes, Decimal(0)), sum(set(taxes), Decimal(0))] if taxes else []
    for tax in pool:
        for subtotal in reversed(subtotals):
            if abs(subtotal + tax - total) <= CENT:
                return subtotal, tax
    same = taxes[-1] if len(set(taxes)) == 1 else None
    beside = [subtotal for subtotal in subtotals if abs(subtotal) <= abs(total)]
    return (beside[-1] if beside else None), same


def _discount(found: Sequence[Sum], total: Decimal, tax: Decimal | None) -> Decimal | None:
    """The discount that leads from a subtotal to the total; one that prices already contain is none."""
    subtotals = [entry.value for entry in found if entry.kind == "subtotal"]
    for entry in found:
        left = {
            subtotal - abs(entry.value) + more for subtotal in subtotals for more in (Decimal(0), tax or Decimal(0))
        }
        if entry.kind == "discount" and entry.value and any(abs(amount - total) <= CENT for amount in left):
            return abs(entry.value)
    return None


def _largest(rows: Sequence[Row], comma: bool) -> tuple[Decimal | None, float]:
    """The largest price of all, where no label names a total."""
    prices = [
        entry.value
        for row in rows
        for cell in row.cells
        for entry in figures.find(folded(cell.text), comma)
        if entry.is_price
    ]
    return (max(prices), 0.3) if prices else (None, 0.0)
