"""What a transaction that came from a receipt holds beside the others, and what follows from changing it."""

from collections.abc import Collection
from typing import Any

from app.transactions.texts import keys

Document = dict[str, Any]
AMOUNTS = ("subtotal", "tax", "tip", "discount")
UNNAMED = "Receipt"
CERTAIN = 1  # what a person says is not doubted
# The fields of a transaction and of its receipt, by the names under which receipts show them.
SHOWN_AS = {"merchant": "merchant_name", "amount": "total_amount", "date": "transaction_date"}
EXTRACTED = {*SHOWN_AS.values(), *AMOUNTS, "currency", "payment_method", "items"}
# Which fields a reason to look at a receipt is about; a `…_missing` or `…_doubtful` is about the one it names.
ABOUT = {
    "items_do_not_add_up": frozenset({"items", "amount", "subtotal", "tax", "tip", "discount"}),
    "date_out_of_range": frozenset({"date"}),
    "total_too_precise": frozenset({"amount", "currency"}),
    "total_out_of_range": frozenset({"amount"}),
    "credit_note": frozenset({"amount", "type"}),
}


def new(file: Document | None, **fields: Any) -> Document:
    """The subdocument `receipt`: its file and what was read, nothing yet."""
    return {
        "file": file,
        "progress": "done",
        **dict.fromkeys((*AMOUNTS, "payment_method", "ocr_text", "ocr_confidence", "extracted_by", "read_as")),
        "field_confidence": {},
        "review_reasons": [],
        "rag_indexed": False,
        "words": [],
        **fields,
    }


def title(merchant: str | None) -> str:
    """What a receipt is called: its merchant, where one is known."""
    return merchant or UNNAMED


def renamed(document: Document, changed: Document) -> Document:
    """The description of a receipt that is called after its merchant, when that changes and it doesn't."""
    is_called_so = document["receipt"] is not None and document["description"] == title(document["merchant"])
    follows = is_called_so and "merchant" in changed and "description" not in changed
    return {"description": title(changed["merchant"])} if follows else {}


def words(document: Document) -> list[str]:
    """What a receipt is found by: merchant, notes, item names, and the text on it."""
    names = [document["merchant"], document["notes"], *(item["name"] for item in document["items"])]
    return keys(names, document["receipt"]["ocr_text"] or "")


def fields_of(reason: str) -> frozenset[str]:
    """The stored fields that a reason to look is about."""
    named = reason.removesuffix("_missing").removesuffix("_doubtful")
    return ABOUT.get(reason) or frozenset({{"total": "amount"}.get(named, named)})


def remaining(reasons: Collection[str], corrected: Collection[str]) -> list[str]:
    """The reasons to look that are left when a person has set these fields: each goes with the first of its fields."""
    return [reason for reason in reasons if fields_of(reason).isdisjoint(corrected)]


def corrected(document: Document, given: Collection[str]) -> Document:
    """What else is set when a person has set the `given` fields of a receipt; `document` is how it then is.

    Empty for a transaction that is no receipt.
    """
    receipt = document["receipt"]
    if receipt is None:
        return {}
    fixed = {SHOWN_AS.get(name, name) for name in given} & EXTRACTED
    return {
        "receipt.review_reasons": remaining(receipt["review_reasons"], given),
        "receipt.field_confidence": {**receipt["field_confidence"], **dict.fromkeys(fixed, CERTAIN)},
        "receipt.words": words(document),
        "receipt.rag_indexed": False,
    }
