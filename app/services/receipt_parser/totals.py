"""Amounts that may be a document's total, and what the ranker is given of each."""

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.services.receipt_parser import keywords
from app.services.receipt_parser.amounts import Amount
from app.services.receipt_parser.balances import Balances
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.features import Features, bounded
from app.services.receipt_parser.sums import Sums

MOST_CANDIDATES = 150
_TOTAL = keywords.NAMES.index("total")
_LONGEST_BARE = Decimal(1_000_000)


@dataclass(frozen=True)
class Sum:
    """A candidate: a value with the rows and numbers it is written as."""

    value: Decimal
    places: tuple[tuple[int, Amount], ...]


def candidates(document: Document) -> list[Sum]:
    """The values that may be the total: prices, and bare numbers in rows that speak of a total."""
    found: dict[Decimal, list[tuple[int, Amount]]] = {}
    for index, numbers in enumerate(document.numbers):
        for number in numbers:
            if number.is_price or (document.flags[index][_TOTAL] and 10 <= number.value < _LONGEST_BARE):
                found.setdefault(number.value, []).append((index, number))
    sums = [Sum(value, tuple(places)) for value, places in found.items()]
    return sums[-MOST_CANDIDATES:]


class Totals:
    """The candidates of one document, described against each other."""

    def __init__(self, document: Document, found: list[Sum]) -> None:
        """Take the document and all its candidates in."""
        self.document = document
        self.sums = Sums(document)
        self.balances = Balances(document)
        self.order = sorted((one.value for one in found), reverse=True)

    @cached_property
    def _total_rows(self) -> list[int]:
        return [index for index, flags in enumerate(self.document.flags) if flags[_TOTAL]]

    @cached_property
    def _largest_below(self) -> list[Decimal]:
        """For each row the largest price below it, less than any where there is none."""
        largest, found = Decimal("-Infinity"), list[Decimal]()
        for numbers in reversed(self.document.numbers):
            found.append(largest)
            largest = max([largest, *(number.value for number in numbers if number.is_price)])
        return found[::-1]

    def describe(self, one: Sum) -> Features:
        """The features of one candidate: those of all its places together, and its own among the others."""
        texts: list[tuple[str, str]] = []
        places: list[tuple[float, ...]] = []
        for index, amount in one.places[-6:]:
            texts += self._texts(index, amount)
            places.append(self._place(index, amount))
        return Features(tuple(dict.fromkeys(texts)), (*map(max, zip(*places, strict=True)), *self._rank(one)))

    def _texts(self, index: int, amount: Amount) -> list[tuple[str, str]]:
        text, document = self.document.text(index), self.document
        before, after = text[: amount.start], text[amount.end :]
        texts = [("h", before), ("a", after), ("u", document.text(index - 1)), ("d", document.text(index + 1))]
        if not any(letter.isalpha() for letter in before):
            texts.append(("l", document.text(index - 1)))
        return texts

    def _place(self, index: int, amount: Amount) -> tuple[float, ...]:
        """Where one place of it is, and which words stand around."""
        document, row = self.document, self.document.rows[index]
        text = document.text(index)
        own = keywords.flags(text[: amount.start]) if text[: amount.start].strip() else (0.0,) * len(keywords.NAMES)
        lonely = float(not any(letter.isalpha() for letter in text))
        above = document.flags[index - 1] if index else (0.0,) * len(keywords.NAMES)
        below = document.flags[index + 1] if index + 1 < len(document.rows) else (0.0,) * len(keywords.NAMES)
        return (
            index / max(len(document.rows) - 1, 1),
            bounded(row.height / document.height, 2.5),
            (row.right - document.left) / document.width,
            float(amount is document.numbers[index][-1]),
            float(amount.decimals == 2),
            float(amount.decimals in (0, 1)),
            float(amount.marked),
            lonely,
            row.score,
            *own,
            *(lonely * flag for flag in above),
            *(lonely * flag for flag in below),
            *document.flags[index],
        )

    def _rank(self, one: Sum) -> tuple[float, ...]:
        """How large it is among the candidates, how often it is written, and what adds up to it."""
        rank, rows = self.order.index(one.value), [index for index, _ in one.places]
        size, totals = max(len(self.document.rows) - 1, 1), self._total_rows
        larger_below = self._largest_below[rows[-1]] > one.value
        return (
            float(rank == 0),
            float(rank == 1),
            float(rank == 2),
            rank / len(self.order),
            bounded(len(rows) - 1, 4),
            float(len(rows) > 1),
            float(one.value <= 0),
            float(one.value == 0),
            bounded(math.log10(max(float(one.value), 0.1)) + 1, 6),
            rows[0] / size,
            rows[-1] / size,
            float(larger_below),
            bounded(min((abs(rows[-1] - row) for row in totals), default=10), 10),
            float(bool(totals) and rows[-1] < totals[0]),
            *self.sums.evidence(one.value, rows),
            *self.balances.evidence(one.value),
        )
