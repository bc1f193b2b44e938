"""The amounts in a row, cell by cell: numbers of two columns are never read as one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from app.services.receipt_parser import amounts
from app.services.receipt_parser.amounts import Amount
from app.services.receipt_parser.rows import Row

# ".35" without a digit in front, as many tills print cents.
_CENTS = re.compile(
    r"(?<![\d.,\w])(?P<minus>[-–]\s?)?[.,](?P<cents>\d{2})(?!\d)(?![.,:/]\d)(?!\s?%)(?P<behind>-(?!\w))?"
)
_GLUED = re.compile(r"(?<=\d[.,]\d\d)(?=\d{2,4}[.,]\d\d(?!\d))")  # "100.00200.00": two columns read as one


@dataclass(frozen=True)
class Placed:
    """An amount with its place in the row's text, its cell, where on the page it ends, whether it is alone there."""

    amount: Amount
    cell: int
    right: float
    alone: bool

    @property
    def value(self) -> Decimal:
        """In the document's currency."""
        return self.amount.value

    @property
    def start(self) -> int:
        """Of the amount in the row's text."""
        return self.amount.start

    @property
    def end(self) -> int:
        """Behind the amount in the row's text."""
        return self.amount.end


@lru_cache(maxsize=4096)
def find(row: Row) -> tuple[Placed, ...]:
    """All numbers of a row that may be amounts, counts or prices, left to right."""
    found, offset = [], 0
    for place, cell in enumerate(row.cells):
        width = max(len(cell.text), 1)
        letters = sum(map(str.isalnum, cell.text))
        for amount in _in_text(cell.text):
            right = cell.left + (cell.right - cell.left) * amount.end / width
            alone = letters - sum(map(str.isalnum, cell.text[amount.start : amount.end])) <= 2
            moved = replace(amount, start=amount.start + offset, end=amount.end + offset)
            found.append(Placed(moved, place, right, alone))
        offset += len(cell.text) + 1
    return tuple(found)


def decimals(rows: Sequence[Row]) -> int:
    """With how many decimals a document writes its prices: 2, 0 as in yen or rupiah, or 3 as in Omani rials."""
    ends = [
        found[-1].amount.decimals for row in rows if len(row.cells) > 1 and (found := find(row)) and found[-1].alone
    ]
    usual = [places for places in ends if places in (1, 2)]
    if not ends or len(usual) > len(ends) // 8:
        return 2
    return 3 if ends.count(3) > ends.count(0) // 2 else 0


def prices(row: Row, places: int) -> list[Placed]:
    """The amounts of a row that are written as the document, with so many decimals, writes prices."""
    return [_whole(one) if places == 0 else one for one in find(row) if is_price(one, places)]


def is_price(one: Placed, places: int) -> bool:
    """Whether an amount is written as a price: with the decimals or a currency, or alone in its cell with one."""
    if places == 3:
        return one.amount.decimals == 3
    if places == 0:
        return one.amount.decimals != 1 and (one.alone or one.amount.marked or one.value >= 1000)
    if one.amount.decimals == 3:
        return False
    return one.amount.decimals == 2 or (
        one.alone and (one.amount.marked or one.amount.grouped or one.amount.decimals == 1)
    )


def _whole(one: Placed) -> Placed:
    """The amount with a point before three digits taken for a comma: 43.801 is 43801."""
    if one.amount.decimals != 3:
        return one
    return replace(one, amount=replace(one.amount, value=one.value * 1000, decimals=0))


def _in_text(text: str) -> list[Amount]:
    found: list[Amount] = []
    start = 0
    for end in [*(match.start() for match in _GLUED.finditer(text)), len(text)]:
        part = text[start:end]
        bare = list(_CENTS.finditer(part))
        rest = _CENTS.sub(lambda match: " " * len(match[0]), part)
        both = [*amounts.find(rest, whole=True), *map(_cents, bare)]
        found += [replace(one, start=one.start + start, end=one.end + start) for one in sorted(both, key=_start)]
        start = end
    return found


def _start(amount: Amount) -> int:
    return amount.start


def _cents(match: re.Match[str]) -> Amount:
    value = Decimal(f"0.{match['cents']}")
    return Amount(-value if match["minus"] or match["behind"] else value, match.start(), match.end(), 2, False)
