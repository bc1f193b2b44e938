"""Items and charges of a reading as they can be stored: by the rule of a person's own, so as to be sent back."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from app.core import money
from app.core.errors import Invalid
from app.core.types import UNCLEAN
from app.transactions import record_service as records

if TYPE_CHECKING:
    from app.services.receipt_parser.types import LineItem, Reading

Document = dict[str, Any]
Charges = dict[str, int | None]
ZERO = Decimal(0)


@dataclass(frozen=True)
class Checked:
    """Items and charges in minor units, and why a person should look at them."""

    items: list[Document]
    charges: Charges
    reasons: list[str]


def checked(reading: "Reading", amount: int, currency: str) -> Checked:
    """What of a reading's items and charges can be stored, added up as it is stored.

    An item costs something: a line that takes off (a return, a coupon) becomes a part of the discount. The numbers of a
    refund are stored without their minus.

    Args:
        amount: the total as it is stored, in minor units; 0 if there is none.
    """
    if reading.total is not None and reading.total < 0:
        reading = _without_minus(reading)
    items = [item for line in reading.items[: records.MOST_ITEMS] if (item := _item(line, currency))]
    taken_off = [-line.total_price for line in reading.items if line.total_price < 0]
    charges = {name: charge(getattr(reading, name), currency) for name in records.AMOUNTS}
    discounts = [charges["discount"]]  # printed below the lines it sums up, or beside others
    if taken_off:
        both = (charges["discount"] or 0) + (charge(sum(taken_off, ZERO), currency) or 0)
        discounts = [*filter(None, discounts), both or None]
    tried = [{**charges, "discount": discount} for discount in discounts]
    agreeing = [charges for charges in tried if _adds_up(amount, items, charges, reading.rounding, currency)]
    reasons = [] if agreeing else ["items_do_not_add_up"]
    if len(items) + len(taken_off) < len(reading.items):
        reasons.append("items_doubtful")
    return Checked(items, (agreeing or tried)[0], reasons)


def _without_minus(reading: "Reading") -> "Reading":
    charges = {name: abs(value) for name in records.AMOUNTS if (value := getattr(reading, name)) is not None}
    items = reading.items
    if sum((line.total_price for line in items), ZERO) < 0:
        items = tuple(
            replace(
                line,
                total_price=-line.total_price,
                quantity=line.quantity and abs(line.quantity),
                unit_price=line.unit_price and abs(line.unit_price),
            )
            for line in items
        )
    return replace(reading, items=items, rounding=reading.rounding and -reading.rounding, **charges)


def _item(read: "LineItem", currency: str) -> Document | None:
    """A line item with as much beside its total as agrees with it; None if it takes off or can't be stored."""
    if read.total_price < 0:
        return None
    total, unit = read.total_price or None, read.unit_price if read.total_price else None  # what is free has no price
    for quantity, each in ((read.quantity, unit), (read.quantity, None), (None, unit), (None, None)):
        entry = {"name": one_line(read.name, 200), "quantity": quantity, "unit_price": each, "total_price": total}
        try:
            return records.items([records.Item.model_validate(entry)], currency, ("items",))[0]
        except (ValidationError, Invalid):
            continue
    return None


def _adds_up(amount: int, items: list[Document], stored: Charges, rounding: Decimal | None, currency: str) -> bool:
    """Whether nothing that is stored contradicts itself, by the parser's own rule."""
    from app.services.receipt_parser import charges  # noqa: PLC0415 -- never in the API
    from app.services.receipt_parser.types import LineItem  # noqa: PLC0415

    prices = [LineItem(item["name"], money.to_decimal(item["total_price"] or 0, currency)) for item in items]
    named = {name: None if value is None else money.to_decimal(value, currency) for name, value in stored.items()}
    total = money.to_decimal(amount, currency) if amount else None
    said = charges.Charges(named["subtotal"], named["tax"], named["tip"], named["discount"], rounding)
    return charges.adds_up(total, prices, said) is not False


def charge(amount: Decimal | None, currency: str) -> int | None:
    """Minor units of an amount from 0 on; None for one that can't be stored."""
    if amount is None or not 0 <= amount <= money.LARGEST_AMOUNT:
        return None
    try:
        return money.to_minor(amount, currency)
    except money.TooPrecise:
        return None


def one_line(read: str | None, longest: int) -> str | None:
    """One line of what was read, without control characters; None if nothing is left."""
    return " ".join(UNCLEAN.sub(" ", read or "").split())[:longest].strip() or None
