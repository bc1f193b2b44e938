"""What clients read about receipts."""

from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from app.core.money import to_number
from app.core.pages import Pagination
from app.core.types import Category, Currency, Id, MoneyOut, Out
from app.receipts.answer_parts import FILE, Duplicate, UploadOut
from app.transactions.record_service import (
    AMOUNTS,
    EXAMPLE,
    Failure,
    FileOut,
    ItemOut,
    TransactionOut,
    shown,
)

PART: JsonDict = {"file": FILE, "needs_review": False, "is_edited": False}
SETTLED: JsonDict = {
    "merchant_name": "Walmart",
    "total_amount": 45.5,
    "currency": "USD",
    "category": "Groceries",
    "transaction_date": "2026-02-01",
    "needs_review": False,
    "review_reasons": [],
}
RECEIPT: JsonDict = {
    **EXAMPLE,
    **SETTLED,
    "source": "receipt",
    "receipt": PART,
    "description": "Walmart",
    "subtotal": 42,
    "tax": 3.5,
    "tip": None,
    "discount": None,
    "payment_method": "card",
    "ocr_text": "WALMART\nTOTAL 45.50",
    "ocr_confidence": 0.97,
    "field_confidence": {"merchant_name": 0.98, "total_amount": 0.99, "transaction_date": 0.95},
    "image_url": "http://localhost:5000/api/files/eyJmIjoi",
    "is_edited": False,
    "rag_indexed": False,
    "possible_duplicates": [],
    "extracted_by": "embedded",
    "file": FILE,
}


class ReceiptOut(TransactionOut):
    """A receipt: a transaction, and what its document says."""

    model_config = {"json_schema_extra": {"examples": [RECEIPT]}}

    merchant_name: str | None
    total_amount: MoneyOut | None = Field(description="Null until one is known.")
    subtotal: MoneyOut | None
    tax: MoneyOut | None
    tip: MoneyOut | None
    discount: MoneyOut | None
    payment_method: str | None
    transaction_date: str | None = Field(description="The local day; null while processing.")
    ocr_text: str | None
    ocr_confidence: float | None = Field(description="0..1; null where nothing had to be recognised.")
    field_confidence: dict[str, float] = Field(description="The chance (0..1) that a field is right.")
    needs_review: bool
    review_reasons: list[str]
    image_url: str | None = Field(description="Shows the image without a token for some minutes.")
    is_edited: bool
    rag_indexed: bool
    possible_duplicates: list[Duplicate] | None = Field(
        description="Completed transactions of the same amount within three days; null in lists."
    )
    extracted_by: Literal["gemini", "embedded"] | None
    file: FileOut | None

    @model_validator(mode="before")
    @classmethod
    def from_document(cls, document: "dict[str, Any] | TransactionOut") -> "dict[str, Any] | TransactionOut":
        """The stored document, with `image_url` and `possible_duplicates` beside it, as clients read it."""
        if isinstance(document, TransactionOut):
            return document
        receipt, fields = document["receipt"], shown(document)
        part, currency = fields["receipt"], document["currency"]
        fields.update((name, receipt[name] and to_number(receipt[name], currency)) for name in AMOUNTS)
        fields.update((name, receipt[name]) for name in STORED)
        return {
            **fields,
            **part,
            "merchant_name": document["merchant"],
            "total_amount": fields["amount"] or None,
            "transaction_date": None if document["status"] == "processing" else document["local_date"],
            "image_url": document.get("image_url"),
            "possible_duplicates": document.get("possible_duplicates"),
        }


STORED = (
    "payment_method",
    "ocr_text",
    "ocr_confidence",
    "field_confidence",
    "review_reasons",
    "rag_indexed",
    "extracted_by",
)


class Created(Out):
    """A receipt that was taken in, or the one that has this very file."""

    model_config = {"json_schema_extra": {"examples": [{"receipt": RECEIPT, "duplicate": False}]}}

    receipt: ReceiptOut
    duplicate: bool = Field(description="Whether the file was uploaded before and this is its receipt.")


class ReceiptPage(Out):
    """One page of receipts."""

    receipts: list[ReceiptOut]
    pagination: Pagination


class ItemsOut(Out):
    """What was bought."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "_id": EXAMPLE["_id"],
                    "currency": "USD",
                    "items": [
                        {"name": "Milk", "quantity": 2, "unit_price": 1.5, "total_price": 3, "category": None},
                    ],
                    "items_difference": 0.5,
                }
            ]
        }
    }

    id: Id = Field(alias="_id")
    currency: Currency
    items: list[ItemOut]
    items_difference: MoneyOut | None = Field(description="Amount minus the sum of the items; null without items.")


class ReceiptReading(Out):
    """Waiting for its turn, or being read."""

    model_config = {
        "json_schema_extra": {"examples": [{"_id": EXAMPLE["_id"], "status": "processing", "progress": "reading"}]}
    }

    id: Id = Field(alias="_id")
    status: Literal["processing"]
    progress: Literal["queued", "reading", "extracting"]


class ReceiptSettled(Out):
    """What came of it; `failure` says why nothing did."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"_id": EXAMPLE["_id"], "status": "completed", "progress": "done", "failure": None, **SETTLED}]
        }
    }

    id: Id = Field(alias="_id")
    status: Literal["completed", "failed"]
    progress: Literal["done"]
    failure: Failure | None
    merchant_name: str | None
    total_amount: MoneyOut | None
    currency: Currency
    category: Category
    transaction_date: str
    needs_review: bool
    review_reasons: list[str]


StatusOut = ReceiptReading | ReceiptSettled


class UploadPage(Out):
    """One page of uploads."""

    uploads: list[UploadOut]
    pagination: Pagination
