"""The parts that answers about receipts are made of."""

from typing import Any

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from app.core.types import Currency, Id, Instant, MoneyOut, Out
from app.transactions.record_service import EXAMPLE, FileOut, TransactionStatus

FILE: JsonDict = FileOut.model_json_schema()["examples"][0]


class Duplicate(Out):
    """Another transaction that may be the same purchase."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"_id": EXAMPLE["_id"], "merchant": "Walmart", "amount": 45.5, "currency": "USD", "date": "2026-02-01"}
            ]
        }
    }

    id: Id = Field(alias="_id")
    merchant: str | None
    amount: MoneyOut
    currency: Currency
    date: str = Field(description="Its local day.")


class UploadOut(Out):
    """A file that was uploaded, and the receipt it became."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    **FILE,
                    "_id": "65c1f0a2b7e4d93f5a1c2e99",
                    "receipt_id": EXAMPLE["_id"],
                    "status": "completed",
                    "created_at": EXAMPLE["created_at"],
                }
            ]
        }
    }

    id: Id = Field(alias="_id")
    filename: str
    size: int
    sha256: str
    content_type: str
    pages: int
    status: TransactionStatus
    receipt_id: Id
    created_at: Instant

    @model_validator(mode="before")
    @classmethod
    def from_document(cls, document: "dict[str, Any] | UploadOut") -> "dict[str, Any] | UploadOut":
        """The file of a stored receipt."""
        if isinstance(document, UploadOut):
            return document
        file = document["receipt"]["file"]
        return {
            **{name: file[name] for name in ("_id", *FileOut.model_fields)},
            "receipt_id": document["_id"],
            "status": document["status"],
            "created_at": document["created_at"],
        }
