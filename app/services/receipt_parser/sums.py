"""Arithmetic among a document's amounts: which of them is what others add up to."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from app.services.receipt_parser.document import Document

_NEAR = 14  # rows between an amount and what it is made of, at most
_LONGEST_RUN = 60
_MOST = 200  # prices of neighbouring rows that are looked at
ROUNDED = 5  # hundredths by which tills without small coins round
NAMES = ("paid less change", "two parts", "three parts", "a run of rows", "rounded", "tax within", "less a part")


def minor(value: Decimal) -> int:
    """An amount in hundredths."""
    return int((value * 100).to_integral_value())


class Sums:
    """The prices of a document in order, and what they say about one of them."""

    def __init__(self, document: Document) -> None:
        """Take the prices of every row."""
        self.prices = [
            (index, minor(number.value))
            for index, numbers in enumerate(document.numbers)
            for number in numbers
            if number.is_price
        ]
        self.last_of_rows = list(dict(self.prices).items())
        self.all = {price for _, price in self.prices}

    @cached_property
    def _prefixes(self) -> list[int]:
        sums = [0]
        for _, value in self.last_of_rows:
            sums.append(sums[-1] + value)
        return sums

    def evidence(self, value: Decimal, rows: Sequence[int]) -> tuple[float, ...]:
        """1.0 for each of NAMES that holds for an amount that stands in these rows (ascending), else 0.0."""
        wanted, first, last = minor(value), rows[0], rows[-1]
        above = [price for price in self._between(last - _NEAR, last) if 0 < price < wanted]
        below = [price for price in self._between(first, first + _NEAR) if price > 0]
        small = [price for price in self._between(last - 5, last + 2) if -ROUNDED <= price < 0]
        around = set(self._between(first - 3, last + 3))
        return tuple(
            map(
                float,
                (
                    _differs(below, wanted),
                    _adds_up(above, wanted),
                    any(_adds_up(above, wanted - part) for part in {*above, *small} if 2 * part < wanted),
                    self._runs(wanted, rows),
                    any(0 < abs(price - wanted) <= ROUNDED for price in around),
                    _taxed(self.all, wanted),
                    any(price > wanted and -(price - wanted) in around for price in around),
                ),
            )
        )

    def _between(self, first: int, last: int) -> list[int]:
        """The prices of these rows; where there are very many, the last of them."""
        start = bisect_left(self.prices, first, key=itemgetter(0))
        return [price for _, price in self.prices[start : bisect_right(self.prices, last, key=itemgetter(0))]][-_MOST:]

    def _runs(self, wanted: int, rows: Sequence[int]) -> bool:
        """Whether the last amounts of two or more rows below each other, above one of these rows, add up to it."""
        ends = {sum(row < own for row, _ in self.last_of_rows) for own in rows}
        sums = self._prefixes
        return any(
            sums[end] - sums[start] == wanted
            for limit in ends
            for end in range(max(limit - 4, 2), limit + 1)
            for start in range(max(end - _LONGEST_RUN, 0), end - 1)
        )


def _adds_up(parts: Sequence[int], wanted: int) -> bool:
    """Whether two different ones of these add up to an amount."""
    known = set(parts)
    return any(wanted - part in known and 2 * part != wanted for part in known)


def _differs(prices: Sequence[int], wanted: int) -> bool:
    """Whether one of these less a later one is an amount: what was paid less the change."""
    return any(paid - wanted in prices[place + 1 :] for place, paid in enumerate(prices) if paid > wanted > 0)


def _taxed(prices: set[int], wanted: int) -> bool:
    """Whether the net amount and the tax within an amount are both written, the tax up to a quarter."""
    return any(wanted - tax in prices and 0 < tax * 4 <= wanted for tax in prices)
