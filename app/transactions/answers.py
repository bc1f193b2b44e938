"""What clients read about transactions; minor units become the numbers people read."""

from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from app.core.money import to_number
from app.core.pages import Pagination
from app.core.types import Category, Currency, Id, Instant, MoneyOut, Out
from app.transactions.answer_parts import Failure, ItemOut, ReceiptPart, item_out, receipt_part
from app.transactions.schemas import TransactionStatus, TransactionType

EXAMPLE: JsonDict = {
    "_id": "65c1f0a2b7e4d93f5a1c2e70",
    "user_id": "65c1ef11b7e4d93f5a1c2e01",
    "external_id": None,
    "type": "expense",
    "amount": 45.5,
    "currency": "USD",
    "category": "Groceries",
    "description": "Groceries from Walmart",
    "merchant": "Walmart",
    "date": "2026-02-01T06:30:00+00:00",
    "local_date": "2026-02-01",
    "status": "completed",
    "source": "manual",
    "items": [],
    "items_difference": None,
    "tags": ["home"],
    "notes": None,
    "text": None,
    "failure": None,
    "receipt": None,
    "created_at": "2026-02-01T06:30:12.345000+00:00",
    "updated_at": "2026-02-01T06:30:12.345000+00:00",
}
SETTLED: JsonDict = {name: EXAMPLE[name] for name in ("_id", "amount", "category", "description", "date")}


class TransactionOut(Out):
    """A transaction; absent parts are null or empty."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    id: Id = Field(alias="_id")
    user_id: Id
    external_id: str | None
    type: TransactionType
    amount: MoneyOut
    currency: Currency
    category: Category
    description: str
    merchant: str | None
    date: Instant
    local_date: str
    status: TransactionStatus
    source: Literal["manual", "ai", "receipt", "import", "recurring"]
    items: list[ItemOut]
    items_difference: MoneyOut | None = Field(description="Amount minus the sum of the items; null without items.")
    tags: list[str]
    notes: str | None
    text: str | None
    failure: Failure | None
    receipt: ReceiptPart | None
    created_at: Instant
    updated_at: Instant

    @model_validator(mode="before")
    @classmethod
    def from_document(cls, document: "dict[str, Any] | TransactionOut") -> "dict[str, Any] | TransactionOut":
        """Minor units become the numbers people read; what is ours alone stays inside."""
        if isinstance(document, TransactionOut):  # a list has read each by itself already
            return document
        return shown(document)


STORED_AS_SHOWN = [
    "_id",
    *(set(TransactionOut.model_fields) - {"id", "amount", "items", "items_difference", "receipt"}),
]


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of a stored transaction as clients read them."""
    currency = document["currency"]
    fields = {name: document[name] for name in STORED_AS_SHOWN}
    fields["amount"] = to_number(document["amount"], currency)
    fields["items"] = [item_out(item, currency) for item in document["items"]]
    totals = [item["total_price"] for item in document["items"] if item["total_price"] is not None]
    fields["items_difference"] = to_number(document["amount"] - sum(totals), currency) if totals else None
    fields["receipt"] = receipt_part(document)
    return fields


class TransactionPage(Out):
    """One page of transactions."""

    transactions: list[TransactionOut]
    pagination: Pagination


class BulkError(Out):
    """Why one of the transactions was refused."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"index": 1, "details": [{"loc": ["body", "amount"], "msg": "Field required", "type": "missing"}]}
            ]
        }
    }

    index: int
    details: list[dict[str, Any]]


class BulkOut(Out):
    """What was stored and what was refused."""

    created: list[TransactionOut]
    errors: list[BulkError]


class StatusProcessing(Out):
    """Still being read."""

    model_config = {"json_schema_extra": {"examples": [{"_id": EXAMPLE["_id"], "status": "processing"}]}}

    id: Id = Field(alias="_id")
    status: Literal["processing"]


class StatusCompleted(Out):
    """Settled: what came of it."""

    model_config = {"json_schema_extra": {"examples": [{**SETTLED, "status": "completed"}]}}

    id: Id = Field(alias="_id")
    status: Literal["completed"]
    amount: MoneyOut
    category: Category
    description: str
    date: Instant


class StatusFailed(Out):
    """Settled without an amount."""

    id: Id = Field(alias="_id")
    status: Literal["failed"]
    amount: MoneyOut = Field(examples=[0])
    category: Category = Field(examples=["Other"])
    description: str = Field(examples=["Something for my sister"])
    date: Instant
    failure: Failure


StatusOut = StatusProcessing | StatusCompleted | StatusFailed


class CategoryTotal(Out):
    """Expenses minus refunds of one category."""

    category: Category
    total: MoneyOut
    count: int


class Unconverted(Out):
    """What was left out because it is in another currency."""

    currency: Currency
    total: MoneyOut = Field(description="Expenses minus refunds.")
    income: MoneyOut
    count: int


class SummaryOut(Out):
    """A month in figures; refunds lower the spend."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "current_month_spend": 3250.5,
                    "income": 85000,
                    "refunds": 499,
                    "net": 81749.5,
                    "transaction_count": 12,
                    "by_category": [{"category": "Groceries", "total": 3250.5, "count": 12}],
                    "previous_month_spend": 4000,
                    "change_pct": -18.7,
                    "month": 2,
                    "year": 2026,
                    "currency": "INR",
                    "unconverted": [{"currency": "USD", "total": 45.5, "income": 0, "count": 1}],
                }
            ]
        }
    }

    current_month_spend: MoneyOut
    income: MoneyOut
    refunds: MoneyOut
    net: MoneyOut
    transaction_count: int
    by_category: list[CategoryTotal]
    previous_month_spend: MoneyOut
    change_pct: float | None = Field(description="Null when the month before has no spend.")
    month: int
    year: int
    currency: Currency
    unconverted: list[Unconverted]


class DayOut(Out):
    """One local day of the history."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"date": "2026-02-01", "total_spend": 45.5, "transaction_count": 1, "transactions": [EXAMPLE]}]
        }
    }

    date: str
    total_spend: MoneyOut
    transaction_count: int
    transactions: list[TransactionOut]
