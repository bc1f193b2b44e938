"""The things bought: rows between the head of a receipt and its sums that name something and end in a price."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile
from statistics import median

from app.services.receipt_parser import labels, line_items_sums, row_amounts
from app.services.receipt_parser.charges import Charges
from app.services.receipt_parser.line_items_names import MAYBE, is_item, named, with_names
from app.services.receipt_parser.line_items_rows import Entry, parse
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import LineItem

MOST_BEHIND = 10
_COLUMNS = """
    item items qty quantity description desc descriptions price amount amt total unit rate product u/p uom disc
    producto importe precio cant uds unid menge preis betrag artikel bezeichnung libelle montant prix qte aantal
    omschrijving
"""
HEADINGS = frozenset(_COLUMNS.split())
HEADING_UNITS = frozenset({"rm", "code", "tax", "gst", "sku", "name", "no", "ea"})


def read(rows: Sequence[Row], total: Decimal | None, charges: Charges) -> tuple[LineItem, ...]:
    """The line items in the order printed.

    `total` and `charges` are what the rest of the document says: among doubtful rows those stay whose prices
    add up to it.
    """
    entries = parsed(rows)
    first, last = region(entries)
    sure = named(entries, first, last)
    kept = line_items_sums.choose(sure, doubtful(entries, first, last), total, charges)
    return tuple(item(entry) for entry in kept)


def parsed(rows: Sequence[Row]) -> list[Entry]:
    """The rows taken apart, in a second look with the column that most prices end in."""
    places = row_amounts.decimals(rows)
    entries = [parse(row, places) for row in rows]
    ends = [entry.right for entry in entries if entry.price is not None]
    return with_names(entries if len(ends) < 3 else [parse(row, places, median(ends)) for row in rows])


def region(entries: Sequence[Entry]) -> tuple[int, int]:
    """The places from the first row that may be an item to the first row of the sums behind it."""
    first = heading(entries)
    bought = Decimal(0)
    seen = False
    for place in range(first, len(entries)):
        entry = entries[place]
        if seen and ends(entry, entries[place + 1 : place + 2]) and not is_passing(entry, bought, entries[place + 1 :]):
            return first, place
        if is_item(entry) and entry.price is not None:
            seen, bought = True, bought + entry.price
    return first, len(entries)


def heading(entries: Sequence[Entry]) -> int:
    """The place behind the heading of a table of items, 0 where there is none."""
    for place, entry in enumerate(entries):
        if entry.price is None and len(heading_words(entry) & HEADINGS) >= 2:
            behind = takewhile(lambda one: heading_words(one) <= HEADINGS | HEADING_UNITS, entries[place + 1 :])
            return place + 1 + len(list(behind))
        if entry.price is not None and labels.first(entry.row.text) in {"subtotal", "total"}:
            break
    return 0


def heading_words(entry: Entry) -> set[str]:
    """The words of a row without what stands around them."""
    return {word.strip(".:()*") for word in labels.folded(entry.row.text).replace("/", " ").split()}


def ends(entry: Entry, following: Sequence[Entry]) -> bool:
    """Whether a row begins the sums: subtotal or total with an amount in it or in the row below."""
    kind = entry.label
    if kind not in {"subtotal", "total", "cash", "change"}:
        return False
    return entry.price is not None or any(not one.name and one.price is not None for one in following)


def is_passing(entry: Entry, bought: Decimal, following: Sequence[Entry]) -> bool:
    """Whether "total" is part of a name ("Total cereal"): less than half of what comes before, with sums behind."""
    if entry.label != "total" or entry.price is None or entry.price * 2 > bought:
        return False
    return any(
        one.label in {"subtotal", "total"} and one.price is not None and one.price >= bought for one in following
    )


def doubtful(entries: Sequence[Entry], first: int, last: int) -> list[Entry]:
    """Rows with a name and a price that say something else by a word of theirs, or stand between two subtotals."""
    inside = [entry for entry in entries[first:last] if entry.name and entry.price is not None and entry.label in MAYBE]
    behind = entries[last + 1 : last + 1 + MOST_BEHIND]
    ends = [place for place, entry in enumerate(behind) if entry.label == "subtotal"]
    between = behind[: ends[0]] if ends else []
    return inside + [entry for entry in between if entry.name and is_item(entry)]


def item(entry: Entry) -> LineItem:
    """What is kept of a row; the unit price only where quantity × unit price, rounded half up, is the price."""
    return LineItem(entry.name, Decimal(0) if entry.price is None else entry.price, entry.quantity, entry.unit_price)
