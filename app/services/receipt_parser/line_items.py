"""The things bought: rows between the head of a receipt and its sums that name something and end in a price."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from statistics import median

from app.services.receipt_parser import labels, line_items_sums, row_amounts
from app.services.receipt_parser.charges import Charges
from app.services.receipt_parser.line_items_rows import LONGEST_NAME, Entry, parse
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import LineItem

MOST_ITEMS = 500
MOST_BETWEEN = 2.6  # heights of a row from a price to the name that belongs to it
NO_ITEMS = labels.MONEY_LABELS | {"reference", "count"}
MAYBE = frozenset({"total", "payment", "detail", "discount", "reference", "count"})
MOST_BEHIND = 10
HEADINGS = frozenset(
    re.split(
        r"\s+",
        """item items qty quantity description desc descriptions price amount amt total unit rate product u/p uom disc
        producto importe precio cant uds unid menge preis betrag artikel bezeichnung libelle montant prix qte aantal
        omschrijving""",
    )
)


def read(rows: Sequence[Row], total: Decimal | None, charges: Charges) -> tuple[LineItem, ...]:
    """The line items in the order printed, at most MOST_ITEMS.

    `total` and `charges` are what the rest of the document says: among doubtful rows those stay whose prices
    add up to it.
    """
    entries = parsed(rows)
    first, last = region(entries)
    sure = named(entries, first, last)
    kept = line_items_sums.choose(sure, doubtful(entries, first, last), total, charges)
    return tuple(item(entry) for entry in kept[:MOST_ITEMS])


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
        words = {word.strip(".:()") for word in labels.folded(entry.row.text).replace("/", " ").split()}
        if entry.price is None and len(words & HEADINGS) >= 2:
            return place + 1
        if entry.price is not None and labels.first(entry.row.text) in {"subtotal", "total"}:
            break
    return 0


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


def is_item(entry: Entry) -> bool:
    """Whether a row ends in a price and is none of the rows that say something else."""
    return entry.price is not None and entry.label not in NO_ITEMS and entry.label != "detail"


def is_name(entry: Entry, counted: bool = False) -> bool:
    """Whether a row without a price may name what another row prices.

    `counted`: that row multiplies, so that words like "disc" or "card" are part of a name.
    """
    if entry.label is not None and not (counted and entry.label in MAYBE - {"total"}):
        return False
    return entry.price is None and len(entry.name) >= 2


def with_names(entries: Sequence[Entry]) -> list[Entry]:
    """The rows, where a row that multiplies follows one with another price: that price is part of a name."""
    found = list(entries)
    for place, (entry, following) in enumerate(pairwise(entries)):
        counted = following.unit is not None and not following.name
        if counted and entry.name and entry.price not in (None, following.price) and entry.unit is None:
            found[place] = replace(entry, name=entry.row.text[:LONGEST_NAME], price=None)
    return found


def named(entries: Sequence[Entry], first: int, last: int) -> list[Entry]:
    """The items of the region, those without a name of their own with that of the row above or below."""
    places = [place for place in range(first, last) if is_item(entries[place])]
    nameless = [place for place in places if not entries[place].name]
    step = direction(entries, nameless, first, last)
    found: list[Entry] = []
    used: set[int] = set()
    for place in places:
        entry = entries[place]
        if entry.name:
            found.append(with_details(entry, entries[place + 1 : min(place + 2, last)]))
            continue
        if found and entry.is_detail and place - 1 in places and entries[place - 1].name:
            continue
        for neighbour in (place + step, place - step):
            in_reach = first <= neighbour < last + (step > 0) and neighbour not in used
            if in_reach and fits(entries, place, neighbour, entry.unit is not None):
                used.add(neighbour)
                found.append(joined(entry, entries[neighbour]))
                break
    return found


def doubtful(entries: Sequence[Entry], first: int, last: int) -> list[Entry]:
    """Rows with a name and a price that say something else by a word of theirs, or stand between two subtotals."""
    inside = [entry for entry in entries[first:last] if entry.name and entry.price is not None and entry.label in MAYBE]
    behind = entries[last + 1 : last + 1 + MOST_BEHIND]
    ends = [place for place, entry in enumerate(behind) if entry.label == "subtotal"]
    between = behind[: ends[0]] if ends else []
    return inside + [entry for entry in between if entry.name and is_item(entry)]


def direction(entries: Sequence[Entry], nameless: Sequence[int], first: int, last: int) -> int:
    """1 where the names stand below their prices, -1 where they stand above, as most of the rows say."""
    above = sum(
        place - 1 >= first and fits(entries, place, place - 1, entries[place].unit is not None) for place in nameless
    )
    below = sum(place + 1 < last and fits(entries, place, place + 1) for place in nameless)
    if below == above and first and is_name(entries[first], counted=True):
        return -1
    return 1 if nameless and below >= above and below else -1


def fits(entries: Sequence[Entry], place: int, neighbour: int, counted: bool = False) -> bool:
    """Whether the neighbouring row can be the name of a price, one that multiplies if `counted`."""
    if not 0 <= neighbour < len(entries) or not is_name(entries[neighbour], counted):
        return False
    one, other = entries[place].row, entries[neighbour].row
    if one.page != other.page:
        return False
    return abs((one.top + one.bottom) - (other.top + other.bottom)) / 2 <= MOST_BETWEEN * max(one.height, other.height)


def joined(entry: Entry, name: Entry) -> Entry:
    """A price with the name, and if it has none of its own the quantity, of another row."""
    return replace(entry, name=name.name, quantity=entry.quantity or name.quantity)


def with_details(entry: Entry, following: Sequence[Entry]) -> Entry:
    """An item with the quantity and unit price that the row below states, if they make its price."""
    for one in following:
        if one.is_detail and one.product is not None and entry.price is not None:
            quantity, unit = one.product
            if abs(quantity * unit - entry.price) <= Decimal("0.011"):
                return replace(entry, quantity=quantity, unit=unit)
    return entry


def item(entry: Entry) -> LineItem:
    """What is kept of a row; the unit price only where quantity × unit price, rounded half up, is the price."""
    return LineItem(entry.name, entry.price or Decimal(0), entry.quantity, entry.unit_price)
