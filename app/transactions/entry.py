"""From what a person sends to the fields that are stored: money exact, days local, texts searchable."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bson import Decimal128, ObjectId

from app.core import clock, money
from app.core.errors import Invalid
from app.core.types import DAY
from app.models.transactions import Kind, Status
from app.models.users import User
from app.transactions import receipt_part
from app.transactions.schemas import AiEntry, Item, ManualEntry, TransactionUpdate
from app.transactions.texts import fold

READING_LEASE = timedelta(seconds=28)  # longer than a reading may take, so only the dead are taken over
Loc = tuple[str | int, ...]


def manual(user: User, entry: ManualEntry, transaction_id: ObjectId, loc: Loc = ("body",)) -> dict[str, Any]:
    """The document of a manual entry, completed.

    Raises:
        Invalid: an amount has more decimals than its currency, or the day is none of ours; `loc` says where the entry
            stood.
    """
    require_day(user, entry.date, (*loc, "date"))
    currency = entry.currency or user["currency"]
    return new_document(
        user,
        transaction_id,
        entry.date,
        {
            "type": entry.type,
            "status": Status.COMPLETED.value,
            "source": "manual",
            "currency": currency,
            "amount": minor(entry.amount, currency, (*loc, "amount")),
            "category": entry.category,
            "description": entry.description,
            "merchant": entry.merchant,
            "items": items(entry.items or [], currency, (*loc, "items")),
            "tags": entry.tags or [],
            "notes": entry.notes,
            "external_id": entry.external_id,
            "decided": True,
        },
    )


def imported(user: User, entry: ManualEntry, transaction_id: ObjectId, origin: dict[str, Any]) -> dict[str, Any]:
    """The document of a row of a file; `origin` is what its `imported` says.

    Raises:
        Invalid: an amount has more decimals than its currency, or the day is none of ours.
    """
    # Nobody chose its category here, so later entries don't learn from it.
    document = manual(user, entry, transaction_id)
    return {**document, "source": "import", "decided": False, "imported": origin}


def sentence(user: User, entry: AiEntry, transaction_id: ObjectId) -> dict[str, Any]:
    """The document of a sentence that the AI has still to read: processing, amount 0.

    Raises:
        Invalid: the day is none of ours.
    """
    require_day(user, entry.date, ("body", "date"))
    moment = clock.now()
    return new_document(
        user,
        transaction_id,
        entry.date,
        {
            "type": Kind.EXPENSE.value,
            "status": Status.PROCESSING.value,
            "source": "ai",
            "currency": user["currency"],
            "amount": 0,
            "category": "Other",
            "description": entry.text,
            "text": entry.text,
            "timezone": user["timezone"],
            "requested_at": moment,
            "lease_until": moment + READING_LEASE,
            "attempts": 0,
        },
    )


def new_document(
    user: User, transaction_id: ObjectId, when: date | datetime | None, fields: dict[str, Any]
) -> dict[str, Any]:
    """A whole document with these fields, dated `when` or now; what they leave out is absent."""
    moment = clock.now()
    document: dict[str, Any] = {
        "_id": transaction_id,
        "user_id": user["_id"],
        "merchant": None,
        "items": [],
        "tags": [],
        "notes": None,
        "text": None,
        "failure": None,
        "receipt": None,
        "imported": None,
        "external_id": None,
        "edited": [],
        "decided": False,
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
        **fields,
        **dated(when or moment, user["timezone"]),
    }
    return {**document, **derived(document)}


def dated(when: date | datetime, timezone: str) -> dict[str, Any]:
    """`date` (UTC) and `local_date` of a day or instant."""
    moment = clock.instant_of(when, timezone)
    return {"date": moment, "local_date": clock.local_day(moment, timezone).isoformat()}


def require_day(user: User, when: date | datetime | None, loc: Loc) -> None:
    """Raise a 422 on `loc` for an instant at the ends of the calendar that is a day beyond them in the user's zone."""
    if when and not re.fullmatch(DAY, dated(when, user["timezone"])["local_date"]):
        raise Invalid.field(loc, "must be a day of the years 1970 to 2100 in your time zone")


def derived(document: dict[str, Any]) -> dict[str, Any]:
    """Fields that follow from others: `amount_shown` and `search_text`."""
    texts = [document[name] for name in ("description", "merchant", "notes") if document[name]]
    return {
        "amount_shown": money.comparable(document["amount"], document["currency"]),
        "search_text": fold("\n".join(texts)),
    }


def minor(amount: Decimal, currency: str, loc: Loc) -> int:
    """Minor units, or a 422 on `loc` for too many decimals."""
    try:
        return money.to_minor(amount, currency)
    except money.TooPrecise as error:
        raise Invalid.field(loc, str(error), "too_many_decimals") from None


def items(entries: list[Item], currency: str, loc: Loc) -> list[dict[str, Any]]:
    """The line items as stored; a total that is not given is quantity × unit price, rounded half up."""
    return [_item(entry, currency, (*loc, index)) for index, entry in enumerate(entries)]


def _item(entry: Item, currency: str, loc: Loc) -> dict[str, Any]:
    unit, total = (
        None if amount is None else minor(amount, currency, (*loc, name))
        for name, amount in (("unit_price", entry.unit_price), ("total_price", entry.total_price))
    )
    if unit is not None:
        product = int((unit * (entry.quantity or Decimal(1))).to_integral_value(ROUND_HALF_UP))
        if total is not None and total != product and entry.quantity is not None:
            raise Invalid.field((*loc, "total_price"), "must be quantity × unit_price", "items_total")
        if not 0 < product <= money.to_minor(money.LARGEST_AMOUNT, currency):
            raise Invalid.field((*loc, "total_price"), "would be 0 or more than 10,000,000", "money_range")
        total = product if total is None else total
    return {
        "name": entry.name,
        "quantity": None if entry.quantity is None else Decimal128(entry.quantity),
        "unit_price": unit,
        "total_price": total,
        "category": entry.category,
    }


def changes(
    user: User, document: dict[str, Any], update: TransactionUpdate, parts: Collection[str] = ()
) -> dict[str, Any]:
    """What an update sets on a stored transaction; a new currency keeps the numbers.

    Args:
        parts: fields of its receipt that a person sets at the same time.

    Raises:
        Invalid: an amount, given or kept, has too many decimals for the currency, or the day is none of ours.
    """
    given = update.model_fields_set
    fixed = given | set(parts)
    simple = given & {"category", "description", "type", "merchant", "notes", "external_id"}
    changed: dict[str, Any] = {name: getattr(update, name) for name in simple}
    if "tags" in given:
        changed["tags"] = update.tags or []
    if "date" in given and clock.instant_of(update.date, user["timezone"]) != document["date"]:
        require_day(user, update.date, ("body", "date"))
        changed.update(dated(update.date, user["timezone"]))
    changed.update(_money_changes(document, update, parts))
    if document["source"] != "manual":
        changed["edited"] = sorted({*document["edited"], *fixed})
    if "category" in given:
        changed["decided"] = True
    changed.update(receipt_part.renamed(document, changed))
    if document["status"] == Status.FAILED and "amount" in given:
        changed.update(status=Status.COMPLETED.value, failure=None)
    after = {**document, **changed}
    return {**changed, **derived(after), **receipt_part.corrected(after, fixed)}


def _money_changes(document: dict[str, Any], update: TransactionUpdate, parts: Collection[str]) -> dict[str, Any]:
    given = update.model_fields_set
    before = document["currency"]
    currency = update.currency if "currency" in given else before
    changed: dict[str, Any] = {"currency": currency}
    amount = update.amount if "amount" in given else money.to_decimal(document["amount"], before)
    changed["amount"] = minor(amount, currency, ("body", "amount" if "amount" in given else "currency"))
    if "items" in given:
        changed["items"] = items(update.items or [], currency, ("body", "items"))
    elif currency != before:
        changed["items"] = [_item_in(item, before, currency) for item in document["items"]]
    if currency != before:
        changed.update(_receipt_in(document["receipt"], before, currency, parts))
    return changed


def _receipt_in(receipt: dict[str, Any] | None, before: str, currency: str, parts: Collection[str]) -> dict[str, Any]:
    kept = {} if receipt is None else {name: receipt[name] for name in receipt_part.AMOUNTS if name not in parts}
    return {
        f"receipt.{name}": minor(money.to_decimal(amount, before), currency, ("body", "currency"))
        for name, amount in kept.items()
        if amount is not None
    }


def _item_in(item: dict[str, Any], before: str, currency: str) -> dict[str, Any]:
    prices = {
        name: None
        if item[name] is None
        else minor(money.to_decimal(item[name], before), currency, ("body", "currency"))
        for name in ("unit_price", "total_price")
    }
    return {**item, **prices}
