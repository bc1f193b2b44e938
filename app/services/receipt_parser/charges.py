"""What a receipt adds to its prices and takes off: tax, tip, discount, rounding; what was paid and given back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from app.services.receipt_parser import labelled, labels
from app.services.receipt_parser.labelled import Named
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import LineItem

ZERO = Decimal(0)
TOLERANCE = Decimal("0.021")  # two roundings of a cent: of the tax and of the total
TO_FIVE_CENTS = Decimal("0.051")  # tills without small coins round without saying so
MOST_TAXES = 6
MOST_SUMS = 12
HIGHEST_TAX = Decimal("0.5")  # of the total; with more, a label stands beside another row's amount


@dataclass(frozen=True)
class Charges:
    """The sums a document names, each None where it names none.

    `tax` is the sum of all taxes and of a service charge; `discount` is positive; `rounding` has its sign;
    `included` says that the tax is a part of the prices, None where that can't be told.
    """

    subtotal: Decimal | None = None
    tax: Decimal | None = None
    tip: Decimal | None = None
    discount: Decimal | None = None
    rounding: Decimal | None = None
    cash: Decimal | None = None
    change: Decimal | None = None
    included: bool | None = None


def read(rows: Sequence[Row]) -> Charges:
    """The charges of a document; of several taxes those that make its total out of its subtotal, else all."""
    return of(labelled.find(rows))


def of(named: Iterable[Named]) -> Charges:
    """The charges among the amounts that a document names."""
    kinds: dict[str, list[Named]] = {}
    for one in named:
        kinds.setdefault(one.kind, []).append(one)
    return _taxed(
        Charges(
            subtotal=_last(kinds, "subtotal"),
            tip=_most(kinds, "tip"),
            discount=_discount(kinds),
            rounding=_first(kinds, "rounding"),
            cash=_most(kinds, "cash"),
            change=_first(kinds, "change"),
        ),
        kinds,
    )


def adds_up(total: Decimal | None, items: Sequence[LineItem], charges: Charges) -> bool | None:
    """Whether items, charges and total agree; None where there is nothing to check.

    Tax may be included or not, a discount be part of the items or not. The sums may differ by TOLERANCE, and by
    TO_FIVE_CENTS where only the total is rounded.
    """
    if total is None or not items:
        return None
    bought = sum((item.total_price for item in items), ZERO)
    return any(abs(bought - target) <= TO_FIVE_CENTS for target in targets(total, charges))


def targets(total: Decimal | None, charges: Charges) -> list[Decimal]:
    """What the prices of the items may add up to, the likeliest first."""
    off, rounding = charges.discount or ZERO, charges.rounding or ZERO
    found = [] if charges.subtotal is None else [charges.subtotal, charges.subtotal + off]
    if total is not None:
        extra = [charges.tax or ZERO, charges.tip or ZERO]
        for less in (sum(extra), extra[0], extra[1], ZERO):
            found += [total - less - rounding + off, total - less - rounding, total - less]
    return list(dict.fromkeys(target for target in found if target > 0))


def _taxed(charges: Charges, kinds: dict[str, list[Named]]) -> Charges:
    """The charges with the tax: the parts that lead from a subtotal to a total, else the sum of all."""
    sums = [one.value for kind in ("subtotal", "total", "payment") for one in kinds.get(kind, [])]
    highest = max(sums, default=None)
    parts = _parts([*kinds.get("tax", []), *kinds.get("service", [])] or kinds.get("tax_table", []), highest)
    for subtotal, total in _pairs(kinds):
        extra = total - subtotal - (charges.rounding or ZERO)
        for less in dict.fromkeys((ZERO, charges.tip or ZERO, -(charges.discount or ZERO))):
            chosen = _adding(parts, extra - less) if extra - less > TOLERANCE else None
            if chosen is not None:
                return replace(charges, subtotal=subtotal, tax=chosen, included=False)
    if not parts:
        return charges
    whole = [abs(one.value) for one in kinds.get("tax", []) if "total" in labels.folded(one.text)]
    whole = [tax for tax in whole if tax in parts]
    return replace(charges, tax=whole[-1] if whole else _plausible(parts))


def _pairs(kinds: dict[str, list[Named]]) -> Iterator[tuple[Decimal, Decimal]]:
    """A smaller and a larger sum, subtotals before others: food and bar subtotals together are one, too."""
    subtotals = list(dict.fromkeys(one.value for one in kinds.get("subtotal", [])))[:MOST_SUMS]
    totals = list(dict.fromkeys(one.value for kind in ("total", "payment") for one in kinds.get(kind, [])))[:MOST_SUMS]
    every = [*subtotals, *([sum(subtotals, ZERO)] if len(subtotals) > 1 else []), *totals]
    yield from ((one, other) for one in every for other in [*totals, *subtotals] if other > one > 0)


def _parts(found: Iterable[Named], highest: Decimal | None) -> list[Decimal]:
    """The taxes that may be parts of the whole, none printed twice and none that the total could not hold."""
    once = {(labels.folded(one.text).strip(), one.value): abs(one.value) for one in found}
    return [tax for tax in once.values() if highest is None or tax <= abs(highest) * HIGHEST_TAX][:MOST_TAXES]


def _plausible(parts: Sequence[Decimal]) -> Decimal:
    """The sum of taxes; the largest alone where it is the sum of the others."""
    largest = max(parts)
    return largest if len(parts) > 2 and sum(parts) - largest == largest else sum(parts, ZERO)


def _adding(parts: Sequence[Decimal], wanted: Decimal) -> Decimal | None:
    """The sum of the most parts that make an amount."""
    for count in range(len(parts), 0, -1):
        for chosen in combinations(parts, count):
            if abs(sum(chosen) - wanted) <= TOLERANCE:
                return sum(chosen, ZERO)
    return None


def _discount(kinds: dict[str, list[Named]]) -> Decimal | None:
    """The discounts before the total, each amount once: a sum of them is often printed again."""
    last = max((one.row for one in kinds.get("total", [])), default=None)
    found = {abs(one.value) for one in kinds.get("discount", []) if last is None or one.row < last}
    return sum(found, ZERO) or None


def _first(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return kinds[kind][0].value if kind in kinds else None


def _last(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return kinds[kind][-1].value if kind in kinds else None


def _most(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return max(abs(one.value) for one in kinds[kind]) if kind in kinds else None
