"""From what a person sends to the fields of a receipt that are stored."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.core import clock
from app.core.errors import Invalid
from app.models.transactions import RECEIPT, Kind, Status
from app.models.users import User
from app.receipts.schemas import ReceiptCreate, ReceiptUpdate, ReceiptUpload
from app.transactions import record_service as records

Document = dict[str, Any]
LEASE = timedelta(seconds=90)  # longer than a worker may take, so only the dead are taken over
FALLBACK_CATEGORY = "Other"
# The names of receipts' fields for those that all transactions have.
OWN_NAMES = {shown: stored for stored, shown in records.SHOWN_AS.items()}
NOT_FIELDS = {"image_base64", "ocr_text", "ocr_confidence"}
PARTS = {*records.AMOUNTS, "payment_method"}


def known(user: User, body: ReceiptCreate, receipt_id: ObjectId, habit: str | None) -> Document:
    """The document of a receipt that is given in full, completed.

    Raises:
        Invalid: an amount has more decimals than its currency, or the day is none of ours.
    """
    records.require_day(user, body.transaction_date, ("body", "transaction_date"))
    currency = body.currency or user["currency"]
    fields = {
        "type": Kind.EXPENSE.value,
        "status": Status.COMPLETED.value,
        "source": RECEIPT,
        "currency": currency,
        "amount": records.minor(body.total_amount, currency, ("body", "total_amount")),
        "category": body.category or habit or FALLBACK_CATEGORY,
        "description": body.merchant_name,
        "merchant": body.merchant_name,
        "items": records.items(body.items or [], currency, ("body", "items")),
        "notes": body.notes,
        "decided": body.category is not None,
        "timezone": user["timezone"],
        "receipt": records.new_receipt(
            None,
            given=sorted(OWN_NAMES.get(name, name) for name in body.model_fields_set - NOT_FIELDS),
            own_currency=currency,
            ocr_text=body.ocr_text,
            ocr_confidence=body.ocr_confidence,
        ),
    }
    return found_by(records.new_document(user, receipt_id, body.transaction_date, fields))


def uploaded(user: User, body: ReceiptUpload, receipt_id: ObjectId, file: Document) -> Document:
    """The document of a receipt whose file has still to be read: processing, amount 0."""
    moment, currency = clock.now(), body.currency or user["currency"]
    fields = {
        "type": Kind.EXPENSE.value,
        "status": Status.PROCESSING.value,
        "source": RECEIPT,
        "currency": currency,
        "amount": 0,
        "category": body.category or FALLBACK_CATEGORY,
        "description": records.receipt_title(None),
        "notes": body.notes,
        "decided": body.category is not None,
        "timezone": user["timezone"],
        "requested_at": moment,
        "lease_until": moment + LEASE,
        "attempts": 0,
        "receipt": records.new_receipt(
            file,
            progress="queued",
            given=[name for name in ("category", "notes") if getattr(body, name) is not None],
            own_currency=currency,
        ),
    }
    return found_by(records.new_document(user, receipt_id, None, fields))


def with_file(document: Document, file: Document) -> Document:
    """The document of a known receipt with its file."""
    return {**document, "receipt": {**document["receipt"], "file": file}}


def once(document: Document) -> Document:
    """The document as the only one of its file."""
    receipt = document["receipt"]
    return {**document, "receipt": {**receipt, "once": receipt["file"]["sha256"]}}


def found_by(document: Document) -> Document:
    """The document with what searches find it by."""
    return {**document, "receipt": {**document["receipt"], "words": records.receipt_words(document)}}


def changes(user: User, document: Document, body: ReceiptUpdate) -> Document:
    """What a correction sets on a stored receipt.

    Raises:
        Invalid: an amount, given or kept, has too many decimals for the currency.
    """
    given = body.model_fields_set
    parts = given & PARTS
    own = {OWN_NAMES.get(name, name): getattr(body, name) for name in given - parts}
    update = records.TransactionUpdate.model_construct(_fields_set=set(own), **own)
    try:
        changed = records.changes(user, document, update, parts)
    except Invalid as error:
        raise Invalid([_under_own_name(fault) for fault in error.details]) from None
    currency = changed["currency"]
    for name in parts:
        changed[f"receipt.{name}"] = _part(name, getattr(body, name), currency)
    return changed


def _part(name: str, value: Any, currency: str) -> Any:
    return records.minor(value, currency, ("body", name)) if isinstance(value, Decimal) else value


def _under_own_name(fault: Document) -> Document:
    source, field, *rest = fault["loc"]
    return {**fault, "loc": [source, records.SHOWN_AS.get(field, field), *rest]}
