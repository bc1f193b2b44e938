"""The day an invoice was issued, among the days of orders, deliveries, periods and payments."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.services.receipt_parser import dates
from app.services.receipt_parser.invoices import figures, labels
from app.services.receipt_parser.invoices.layout import Place, above, folded, left_of, places
from app.services.receipt_parser.rows import Row

AHEAD = datetime.timedelta(days=400)  # days to come say in which order days are written, and are never the day of issue
ISSUED, NUMBERED, PLAIN, ALONE, OTHER = 0.97, 0.93, 0.75, 0.45, 0.1
MONTH_FIRST_TOO = 0.85  # what remains of the chance where day and month could be exchanged, in dollars
DAY_FIRST = 0.95  # and in other currencies
HEAD = 0.4  # of the first page: where days without a label are taken to be the day of issue
_TOWN = re.compile(r"[a-z][a-z .'-]{1,30},\s?")  # Winterthur, 15. März
_LETTERS = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class Candidate:
    """A day with the chance that it is the day of issue, by its label."""

    date: datetime.date
    chance: float


def read(rows: Sequence[Row], currency: str, today: datetime.date) -> tuple[datetime.date | None, float]:
    """The day of issue and the chance that it is right; None and 0 where no day is named."""
    order, is_seen = _order(rows, currency, today)
    found = [candidate for place in places(rows) for candidate in _candidates(place, rows, order, today, is_seen)]
    best = max(found, key=lambda candidate: candidate.chance, default=None)
    return (best.date, best.chance) if best else (None, 0.0)


def _order(rows: Sequence[Row], currency: str, today: datetime.date) -> tuple[dates.Order, bool]:
    """The order day and month are written in, and whether a day with only one meaning shows it."""
    seen = dates.orders_seen((row.text for row in rows), today + AHEAD)
    if len(seen) == 1:
        return next(iter(seen)), True
    return ("month first" if currency == "USD" else "day first"), False


def _candidates(
    place: Place, rows: Sequence[Row], order: dates.Order, today: datetime.date, is_seen: bool
) -> list[Candidate]:
    plain = folded(place.cell.text)
    found = dates.find(plain, order, today)
    candidates = []
    for index, day in enumerate(found):
        before = plain[found[index - 1].end if index else 0 : day.start]
        chance = _chance(before, place) if _LETTERS.search(before) else _chance_by_neighbours(place, rows)
        if re.match(r"\W*(?:-|to|bis|au|t/m|tot)\W*\d", plain[day.end :]) or (index and not _LETTERS.search(before)):
            chance = OTHER / 2
        if day.other and not is_seen:
            chance *= MONTH_FIRST_TOO if order == "month first" else DAY_FIRST
        candidates.append(Candidate(day.date, chance))
    return candidates


def _chance_by_neighbours(place: Place, rows: Sequence[Row]) -> float:
    """Of a day that stands alone in its cell: by the label to the left, else by the one above."""
    beside, over = left_of(place), above(place, rows)
    texts = [folded(cell.text) for cell in (beside, over) if cell]
    known = [chance for text in texts if _LETTERS.search(text) and (chance := _by_label(text)) is not None]
    return known[0] if known else _unlabelled(place)


def _chance(label: str, place: Place) -> float:
    """Of a day with words before it in its cell."""
    known = _by_label(label)
    if known is not None:
        return known
    return _unlabelled(place) if len(label) < 30 else OTHER


def _by_label(label: str) -> float | None:
    tail = label[-80:]
    issued = [match.end() for match in labels.ISSUED.finditer(tail)]
    other = [match.end() for match in labels.NOT_ISSUED.finditer(tail)]
    if issued and (issued[-1] >= max(other, default=0) or re.fullmatch(r"\s?[/&+]\s?\S+\s?:?\s*", tail[issued[-1] :])):
        return ISSUED
    if labels.EARLIER.search(tail):
        return OTHER
    if labels.NUMBERED.search(tail):
        return NUMBERED
    if other:
        return OTHER
    if labels.PLAIN_DATE.search(tail) or _TOWN.fullmatch(tail):
        return PLAIN
    return None


def _unlabelled(place: Place) -> float:
    is_head = place.row.page == 0 and place.row.top < HEAD * place.row.page_height
    prices = [figure for figure in figures.find(folded(place.row.text), False) if figure.decimals == 2]
    return ALONE if is_head and not prices else OTHER
