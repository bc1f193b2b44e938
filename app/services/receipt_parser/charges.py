"""What a receipt adds to its prices and takes off: tax, tip, discount, rounding; what was paid and given back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from app.services.receipt_parser import labels, row_amounts
from app.services.receipt_parser.labels import Label
from app.services.receipt_parser.row_amounts import Placed
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import LineItem

ZERO = Decimal(0)
TOLERANCE = Decimal("0.021")  # two roundings of a cent: of the tax and of the total
TO_FIVE_CENTS = Decimal("0.051")  # tills without small coins round without saying so
MOST_TAXES = 6
HIGHEST_TAX = Decimal("0.5")  # of the amount taxed


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


@dataclass(frozen=True)
class Named:
    """An amount with the label it stands behind."""

    kind: str
    value: Decimal
    text: str


def read(rows: Sequence[Row]) -> Charges:
    """The charges of a document; of several taxes those that make its total out of its subtotal, else all."""
    found = list(named(rows))
    kinds: dict[str, list[Named]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    charges = Charges(
        subtotal=_last(kinds, "subtotal"),
        tip=_most(kinds, "tip"),
        discount=_sum(kinds, "discount"),
        rounding=_first(kinds, "rounding"),
        cash=_most(kinds, "cash"),
        change=_first(kinds, "change"),
    )
    return _taxed(charges, kinds)


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


def named(rows: Sequence[Row]) -> Iterator[Named]:
    """Every amount that stands behind a label, or alone in the row below it."""
    places = row_amounts.decimals(rows)
    for place, row in enumerate(rows):
        marks = [label for label in labels.find(row.text) if label.kind in labels.MONEY_LABELS]
        if not marks or labels.first(row.text) in {"reference", "count"}:
            continue
        found = row_amounts.prices(row, places)
        if not found and place + 1 < len(rows) and not labels.find(rows[place + 1].text):
            found = row_amounts.prices(rows[place + 1], places) if not _has_words(rows[place + 1].text) else []
            if found:
                yield Named(marks[0].kind, found[-1].value, row.text)
            continue
        yield from _by_label(row.text, marks, found)


def _by_label(text: str, marks: Sequence[Label], found: Sequence[Placed]) -> Iterator[Named]:
    """The amounts of a row by the label before them; a label without one names nothing."""
    weaker = {"total", "cash"} if any(mark.kind == "payment" for mark in marks) else {"total"}
    ranked = [mark for mark in marks if mark.kind not in weaker] or list(marks)
    for place, mark in enumerate(ranked):
        end = ranked[place + 1].start if place + 1 < len(ranked) else len(text)
        behind = [amount for amount in found if mark.start <= amount.start < end]
        if found and not behind and len(ranked) == 1 and not _has_words(text[: found[0].start]):
            behind = list(found)
        if behind:
            yield Named(mark.kind, _meant(mark.kind, behind).value, text[mark.start : end])


def _meant(kind: str, behind: Sequence[Placed]) -> Placed:
    """The amount a label means: of a tax the smaller one of base and tax, else the last."""
    last = behind[-1]
    if kind in {"tax", "service"} and len(behind) > 1:
        smallest = min(behind, key=lambda amount: abs(amount.value))
        return smallest if abs(smallest.value) < abs(last.value) * HIGHEST_TAX and smallest.value else last
    return last


def _has_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) > 2


def _taxed(charges: Charges, kinds: dict[str, list[Named]]) -> Charges:
    """The charges with the tax: the parts that lead from a subtotal to a total, else the sum of all."""
    parts = [abs(one.value) for one in _once([*kinds.get("tax", []), *kinds.get("service", [])])][:MOST_TAXES]
    totals = {one.value for kind in ("total", "payment") for one in kinds.get(kind, [])}
    subtotals = {one.value for one in kinds.get("subtotal", [])}
    if not parts:
        return charges
    for subtotal, total in ((one, other) for one in subtotals for other in totals if other > one):
        extra = total - subtotal - (charges.rounding or ZERO)
        for less in dict.fromkeys((ZERO, charges.tip or ZERO, -(charges.discount or ZERO))):
            chosen = _adding(parts, extra - less)
            if chosen is not None:
                return replace(charges, subtotal=subtotal, tax=chosen, included=False)
    whole = [abs(one.value) for one in kinds.get("tax", []) if "total" in labels.folded(one.text)]
    tax = whole[-1] if whole else _plausible(parts)
    return replace(charges, tax=tax)


def _plausible(parts: Sequence[Decimal]) -> Decimal:
    """The sum of taxes; the largest alone where it is the sum of the others."""
    largest = max(parts)
    return largest if sum(parts) - largest == largest else sum(parts, ZERO)


def _adding(parts: Sequence[Decimal], wanted: Decimal) -> Decimal | None:
    """The sum of the most parts that make an amount."""
    for count in range(len(parts), 0, -1):
        for chosen in combinations(parts, count):
            if abs(sum(chosen) - wanted) <= TOLERANCE:
                return sum(chosen, ZERO)
    return None


def _once(found: Iterable[Named]) -> list[Named]:
    """Without what is printed twice, with the same words and amount."""
    return list({(labels.folded(one.text).strip(), one.value): one for one in found}.values())


def _first(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return kinds[kind][0].value if kind in kinds else None


def _last(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return kinds[kind][-1].value if kind in kinds else None


def _most(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return max(abs(one.value) for one in kinds[kind]) if kind in kinds else None


def _sum(kinds: dict[str, list[Named]], kind: str) -> Decimal | None:
    return sum({abs(one.value) for one in kinds[kind]}, ZERO) if kind in kinds else None
