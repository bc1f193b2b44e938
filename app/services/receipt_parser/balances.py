"""What the sums and items that the rules read say about an amount that may be the total."""

from collections.abc import Iterator
from decimal import Decimal

from app.services.receipt_parser.document import Document
from app.services.receipt_parser.sums import ROUNDED, minor

KINDS = ("total", "subtotal", "tax", "discount", "cash", "payment", "change", "rounding", "tip", "service")


class Balances:
    """A document's sums by what they are called, in hundredths."""

    def __init__(self, document: Document) -> None:
        """Take what the rules read."""
        self.named: dict[str, set[int]] = {kind: set() for kind in KINDS}
        for one in document.named:
            self.named.setdefault(one.kind, set()).add(minor(one.value))
        self.prices = {minor(number.value) for numbers in document.numbers for number in numbers if number.is_price}
        self.bought = sum(minor(item.total_price) for item in document.items)

    def evidence(self, value: Decimal) -> tuple[float, ...]:
        """1.0 for each that holds, else 0.0: which of KINDS the amount is called, then what it makes with other sums.

        In turn: paid less change, paid without change, written with the change added; subtotal with what is added and
        taken off; net and gross of a tax, before and after a discount, after and before a rounding; payable in coins of
        five, and so beside one that is not, and the reverse; what was bought, with what is added, less than it.
        """
        wanted = minor(value)
        called = (float(wanted in self.named[kind]) for kind in KINDS)
        return (*called, *map(float, self._agreements(wanted)))

    def _agreements(self, wanted: int) -> Iterator[bool]:
        named, positive = self.named, wanted > 0
        subtotals, paid = named["subtotal"] or {self.bought}, named["cash"] | named["payment"]
        extra = {0, *named["tax"], sum(named["tax"]), *named["service"], sum(named["tax"]) + sum(named["service"])}
        extra |= {one + tip for one in extra for tip in named["tip"]}
        extra |= {one - abs(off) for one in extra for off in (*named["discount"], sum(map(abs, named["discount"])))}
        extra |= {one + rounding for one in extra for rounding in named["rounding"]}
        more = extra - {0}
        yield positive and any(one - given == wanted for one in paid for given in named["change"] if given)
        yield positive and wanted in paid and 0 in named["change"]
        yield positive and any(wanted - given in self.prices for given in named["change"] if given > 0)
        yield any(wanted - one in more for one in subtotals)
        yield any(wanted + one in self.prices for one in named["tax"] if 0 < one < wanted)
        yield any(wanted - one in self.prices for one in named["tax"] if 0 < one < wanted)
        yield any(wanted + abs(one) in self.prices for one in named["discount"] if one)
        yield any(wanted - abs(one) in self.prices for one in named["discount"] if 0 < abs(one) < wanted)
        yield any(wanted - one in self.prices for one in named["rounding"] if 0 < abs(one) <= ROUNDED)
        yield any(wanted + one in self.prices for one in named["rounding"] if 0 < abs(one) <= ROUNDED)
        yield wanted % ROUNDED == 0
        near = [wanted + by for by in range(1 - ROUNDED, ROUNDED) if by and wanted + by in self.prices]
        yield wanted % ROUNDED == 0 and any(one % ROUNDED for one in near)
        yield wanted % ROUNDED != 0 and any(one % ROUNDED == 0 for one in near)
        yield self.bought > 0 and abs(self.bought - wanted) < ROUNDED
        yield self.bought > 0 and wanted - self.bought in more
        yield self.bought > wanted > 0
