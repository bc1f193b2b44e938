"""The parts that answers about transactions are made of."""

from typing import Any

from pydantic import Field
from pydantic.config import JsonDict

from app.core.money import to_number
from app.core.types import Category, MoneyOut, Out

FILE_EXAMPLE: JsonDict = {
    "filename": "lunch.jpg",
    "size": 184320,
    "content_type": "image/jpeg",
    "sha256": "9f86d081" * 8,
    "pages": 1,
}


class ItemOut(Out):
    """A line item."""

    name: str
    quantity: float | int | None
    unit_price: MoneyOut | None
    total_price: MoneyOut | None
    category: Category | None


class Failure(Out):
    """Why reading a sentence or a file gave no transaction."""

    model_config = {
        "json_schema_extra": {"examples": [{"code": "no_amount", "message": "No amount was found in the text."}]}
    }

    code: str
    message: str


class FileOut(Out):
    """The file that somebody uploaded."""

    model_config = {"json_schema_extra": {"examples": [FILE_EXAMPLE]}}

    filename: str
    size: int = Field(description="Bytes.")
    content_type: str = Field(description="What it is by its content.")
    sha256: str
    pages: int


class ReceiptPart(Out):
    """What makes a transaction a receipt; `/api/receipts/{_id}` tells all of it."""

    file: FileOut | None
    needs_review: bool
    is_edited: bool


def item_out(item: dict[str, Any], currency: str) -> dict[str, Any]:
    """A stored line item as clients read it."""
    prices = {
        name: None if item[name] is None else to_number(item[name], currency) for name in ("unit_price", "total_price")
    }
    quantity = None if item["quantity"] is None else item["quantity"].to_decimal()
    if quantity is not None:
        quantity = int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
    return {"name": item["name"], "category": item["category"], "quantity": quantity, **prices}


def receipt_part(document: dict[str, Any]) -> dict[str, Any] | None:
    """The public part of a stored receipt; None for a transaction that is none."""
    receipt = document["receipt"]
    if receipt is None:
        return None
    file = receipt["file"]
    return {
        "file": file and {name: file[name] for name in FileOut.model_fields},
        "needs_review": bool(receipt["review_reasons"]),
        "is_edited": bool(document["edited"]),
    }
