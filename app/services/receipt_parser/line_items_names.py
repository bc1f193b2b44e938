"""The names of prices that stand in rows of their own: in the rows above or in the row below."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.services.receipt_parser import labels
from app.services.receipt_parser.line_items_rows import LONGEST_NAME, NEAR, Entry

MOST_BETWEEN = 2.6  # heights of a row from a price to the name that belongs to it
MOST_NAMED = 3  # rows of one name
NO_ITEMS = labels.MONEY_LABELS | {"reference", "count", "detail"}
MAYBE = frozenset({"total", "payment", "detail", "discount", "reference", "count"})
NAME_WORDS = MAYBE - {"total"}


def is_item(entry: Entry) -> bool:
    """Whether a row ends in a price and is none of the rows that say something else."""
    return entry.price is not None and entry.label not in NO_ITEMS


def with_names(entries: Sequence[Entry]) -> list[Entry]:
    """The rows, where a row that multiplies follows one with another price: that price is part of a name."""
    found = list(entries)
    for place, (entry, following) in enumerate(pairwise(entries)):
        counted = following.unit is not None and not following.name
        if counted and entry.name and entry.price not in (None, following.price) and entry.unit is None:
            found[place] = replace(entry, name=entry.row.text[:LONGEST_NAME], price=None)
    return found


def named(entries: Sequence[Entry], first: int, last: int) -> list[Entry]:
    """The items of the region, those without a name of their own with that of the rows above or the row below."""
    places = [place for place in range(first, last) if is_item(entries[place])]
    nameless = [place for place in places if not entries[place].name]
    step = _direction(entries, nameless, first, last)
    found: list[Entry] = []
    used: set[int] = set()
    for place in places:
        entry = entries[place]
        if entry.name:
            found.append(_with_details(entry, entries[place + 1 : min(place + 2, last)]))
        elif not _repeats(entries, place, places):
            found += _borrowed(entries, place, step, (first, last), used)
    return found


def _borrowed(entries: Sequence[Entry], place: int, step: int, region: tuple[int, int], used: set[int]) -> list[Entry]:
    """The price at a place with the name of its neighbours, none if they are no names; marks them as used."""
    entry = entries[place]
    first, last = region
    for neighbour in (place + step, place - step):
        in_reach = first <= neighbour < last + (step > 0) and neighbour not in used
        if in_reach and _fits(entries, place, neighbour, entry.unit is not None):
            rows = [neighbour] if step > 0 else _name_rows(entries, place, first, used)
            used.update(rows)
            name = " ".join(entries[row].name for row in rows)[:LONGEST_NAME]
            return [replace(entry, name=name, quantity=entry.quantity or entries[neighbour].quantity)]
    return []


def _name_rows(entries: Sequence[Entry], place: int, first: int, used: set[int]) -> list[int]:
    """The rows above a price that name it, top down: more than one only behind a heading or a row that multiplies."""
    rows = [place - 1]
    before = place - 2
    while (
        len(rows) < MOST_NAMED and before >= first and before not in used and _fits(entries, before + 1, before, True)
    ):
        rows.insert(0, before)
        before -= 1
    closed = before >= 0 and (entries[before].unit is not None or before == first - 1)
    return rows if closed and entries[place].unit is not None else [place - 1]


def _repeats(entries: Sequence[Entry], place: int, places: Sequence[int]) -> bool:
    """Whether a row only says again, or multiplies out, what the row above it costs."""
    entry, before = entries[place], entries[place - 1]
    if place - 1 not in places:
        return False
    return (entry.is_detail and bool(before.name)) or (entry.unit is None and entry.price == before.price)


def _direction(entries: Sequence[Entry], nameless: Sequence[int], first: int, last: int) -> int:
    """1 where the names stand below their prices, -1 where they stand above, as most of the rows say."""
    above = sum(
        place - 1 >= first and _fits(entries, place, place - 1, entries[place].unit is not None) for place in nameless
    )
    below = sum(place + 1 < last and _fits(entries, place, place + 1) for place in nameless)
    if below == above and first and _is_name(entries[first], counted=True):
        return -1
    return 1 if nameless and below >= above and below else -1


def _is_name(entry: Entry, counted: bool = False) -> bool:
    """Whether a row without a price may name what another row prices.

    `counted`: that row multiplies, so that words like "disc" or "card" are part of a name.
    """
    if entry.label is not None and not (counted and entry.label in NAME_WORDS):
        return False
    return entry.price is None and len(entry.name) >= 2


def _fits(entries: Sequence[Entry], place: int, neighbour: int, counted: bool = False) -> bool:
    """Whether the neighbouring row can be the name of a price, one that multiplies if `counted`."""
    if not 0 <= neighbour < len(entries) or not _is_name(entries[neighbour], counted):
        return False
    one, other = entries[place].row, entries[neighbour].row
    if one.page != other.page:
        return False
    return abs((one.top + one.bottom) - (other.top + other.bottom)) / 2 <= MOST_BETWEEN * max(one.height, other.height)


def _with_details(entry: Entry, following: Sequence[Entry]) -> Entry:
    """An item with the quantity and unit price that the row below states, if they make its price."""
    for one in following:
        if one.is_detail and one.product is not None and entry.price is not None:
            quantity, unit = one.product
            if abs(quantity * unit - entry.price) <= NEAR:
                return replace(entry, quantity=quantity, unit=unit)
    return entry
