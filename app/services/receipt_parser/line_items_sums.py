"""Which of the doubtful rows are items: those whose prices add up to what the document says."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from app.services.receipt_parser.charges import TOLERANCE, Charges, targets
from app.services.receipt_parser.line_items_rows import Entry

LONGEST_TAIL = 6  # rows at the end that may be sums without a label
LONGEST_HEAD = 3
MOST_PAIRED = 12  # of more rows, some two would add up to anything

Entries = tuple[Entry, ...]


def choose(sure: Sequence[Entry], doubtful: Sequence[Entry], total: Decimal | None, charges: Charges) -> list[Entry]:
    """The items, top down: the sure ones, or the set nearest to them that adds up to the subtotal or total.

    Where nothing is known to add up to, or nothing does, the sure ones without running sums.
    """
    wanted = targets(total, charges)
    doubtful = [entry for entry in doubtful if not _is_payment(entry, wanted)]
    before = _before_sum(sure)
    tried = (tuple(sure), before, *_changed(before, tuple(doubtful)))
    for entries in tried:
        bought = _sum(entries)
        if entries and any(abs(bought - target) <= TOLERANCE for target in wanted):
            return _in_order(entries)
    return _in_order(before)


def _changed(sure: Entries, doubtful: Entries) -> Iterator[Entries]:
    """The sets to try, the likeliest first: less rows at the ends, plus doubtful ones, less single ones."""
    for count in range(1, min(LONGEST_TAIL, len(sure) - 1) + 1):
        yield sure[:-count]
    for count in range(1, min(LONGEST_HEAD, len(sure) - 1) + 1):
        yield sure[count:]
    for count in (1, 2):
        for added in combinations(doubtful[:MOST_PAIRED], count):
            yield sure + added
    yield sure + doubtful
    for count in range(1, min(LONGEST_HEAD, len(sure) - 1) + 1):
        for one in doubtful[:MOST_PAIRED]:
            yield (*sure[count:], one)
    for place in range(len(sure) if len(sure) > 1 else 0):
        yield sure[:place] + sure[place + 1 :]
    negative = tuple(entry for entry in sure if entry.price is not None and entry.price < 0)
    if negative:
        yield tuple(entry for entry in sure if entry not in negative)
    if len(sure) <= MOST_PAIRED:
        for left_out in combinations(range(len(sure)), 2):
            yield tuple(entry for place, entry in enumerate(sure) if place not in left_out)


def _is_payment(entry: Entry, wanted: Sequence[Decimal]) -> bool:
    """Whether a row says what was paid in all, rather than naming a gift card that was bought."""
    return entry.label in {"total", "payment"} and entry.price in wanted and "gift" not in entry.name.lower()


def _before_sum(entries: Sequence[Entry]) -> Entries:
    """The entries before one that is the sum of all before it: a subtotal whose label was not read."""
    for place in range(2, len(entries)):
        if len(entries) - place <= LONGEST_TAIL and entries[place].price == _sum(entries[:place]):
            return tuple(entries[:place])
    return tuple(entries)


def _sum(entries: Sequence[Entry]) -> Decimal:
    return sum((entry.price for entry in entries if entry.price is not None), Decimal(0))


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.row.index)
