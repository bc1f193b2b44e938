"""Days that may be a document's date, and what the ranker is given of each."""

import datetime
import re
from dataclasses import dataclass

from app.services.receipt_parser import dates, keywords
from app.services.receipt_parser.dates import Found, Order
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.features import Features, bounded
from app.services.receipt_parser.types import Hints

_MONTH_FIRST = re.compile(r"\b[A-Z]{2}[ ,.]{0,3}\d{5}(?:-\d{4})?\b|\(\d{3}\)\s?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b")
_DAY_FIRST = re.compile(
    r"\bRM\b|SDN|\bBHD|£|€|\bVAT\b|\bGST\b|\bABN\b|Rs\.|\bEUR\b|\bMwSt|\bTVA\b|\bBTW\b", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m)?", re.IGNORECASE)


@dataclass(frozen=True)
class Day:
    """A candidate: a day with the rows and places it is written in."""

    date: datetime.date
    places: tuple[tuple[int, Found], ...]


def order_of(document: Document, hints: Hints) -> Order:
    """What 03/04/2021 means here: what other days of the document show, else its country, else the person's."""
    seen = dates.orders_seen(document.texts, hints.today)
    if len(seen) == 1:
        return next(iter(seen))
    text = "\n".join(document.texts)
    american, other = bool(_MONTH_FIRST.search(text)), bool(_DAY_FIRST.search(text))
    if american != other:
        return "month first" if american else "day first"
    return "month first" if hints.currency == "USD" else "day first"


def candidates(document: Document, hints: Hints) -> list[Day]:
    """The days a document names, in the order of their first place."""
    order = order_of(document, hints)
    found: dict[datetime.date, list[tuple[int, Found]]] = {}
    for index, text in enumerate(document.texts):
        for day in dates.find(text, order, hints.today):
            found.setdefault(day.date, []).append((index, day))
    return [Day(day, tuple(places)) for day, places in found.items()]


class Days:
    """The candidates of one document, described against each other."""

    def __init__(self, document: Document, found: list[Day]) -> None:
        """Take the document and all its candidates in."""
        self.document = document
        self.order = sorted(day.date for day in found)

    def describe(self, day: Day) -> Features:
        """The features of one candidate."""
        texts: list[tuple[str, str]] = []
        places: list[tuple[float, ...]] = []
        for index, found in day.places[:4]:
            text = self.document.text(index)
            texts += [("h", text[: found.start]), ("a", text[found.end :]), ("u", self.document.text(index - 1))]
            places.append(self._place(index, found))
        return Features(tuple(dict.fromkeys(texts)), (*map(max, zip(*places, strict=True)), *self._rank(day)))

    def _place(self, index: int, found: Found) -> tuple[float, ...]:
        text = self.document.text(index)
        around = text[: found.start] + " " + text[found.end :]
        return (
            float(bool(_CLOCK.search(around))),
            float(bool(_CLOCK.search(self.document.text(index + 1)))),
            float(found.named),
            float(found.year_digits == 4),
            float(found.start == 0),
            float(text[found.start : found.end].count("/") == 2),
            float(text[found.start : found.end].count(".") >= 2),
            float(" " in text[found.start : found.end].strip() and not found.named),
            *keywords.flags(around),
            *keywords.flags(self.document.text(index - 1)),
        )

    def _rank(self, day: Day) -> tuple[float, ...]:
        rows = [index for index, _ in day.places]
        rank, size = self.order.index(day.date), max(len(self.document.rows) - 1, 1)
        return (
            rows[0] / size,
            rows[-1] / size,
            float(len(rows) > 1),
            float(rank == 0),
            float(rank == len(self.order) - 1),
            bounded(len(self.order) - 1, 4),
            float(day.date == self.order[-1] and (self.order[-1] - self.order[0]).days > 400),
            float(day.date == self.order[0] and (self.order[-1] - self.order[0]).days > 400),
        )
