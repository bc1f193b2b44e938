"""What clients may send about transactions."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.core.pages import DateRange, Page
from app.core.types import (
    Category,
    Currency,
    Moment,
    Money,
    Number,
    QueryMoney,
    Schema,
    Text,
    TextOrNone,
    unset,
)

TransactionType = Literal["expense", "income", "refund"]
TransactionStatus = Literal["processing", "completed", "failed"]
MOST_ITEMS = 500
MOST_BULK = 500
MANUAL_EXAMPLE: JsonDict = {
    "amount": 45.5,
    "currency": "USD",
    "category": "Groceries",
    "description": "Groceries from Walmart",
}
AI_EXAMPLE: JsonDict = {"mode": "ai", "text": "Bought groceries from Walmart for $45.50"}


def _quantity(value: Decimal) -> Decimal:
    if not 0 < value <= 1_000_000 or value != round(value, 6):
        raise PydanticCustomError("quantity", "must be greater than 0, at most 1,000,000, with at most 6 decimals")
    return value


Quantity = Annotated[
    Number,
    AfterValidator(_quantity),
    WithJsonSchema({"type": "number", "minimum": 0.000001, "maximum": 1_000_000}),
]
Tags = Annotated[list[Annotated[str, Text(50)]], Field(max_length=50)]


class Item(Schema):
    """A line item; its total is quantity × unit price where both are given."""

    name: Annotated[str, Text(200)]
    quantity: Quantity | None = None
    unit_price: Money | None = None
    total_price: Money | None = None
    category: Category | None = None


Items = Annotated[list[Item], Field(max_length=MOST_ITEMS)]


class ManualEntry(Schema):
    """A transaction given in full."""

    model_config = {"json_schema_extra": {"examples": [MANUAL_EXAMPLE]}}

    mode: Literal["manual"] = "manual"
    amount: Money
    category: Category
    description: Annotated[str, Text(500)]
    type: TransactionType = "expense"
    date: Moment | None = None
    currency: Currency | None = None
    merchant: Annotated[str | None, TextOrNone(200)] = None
    items: Items | None = None
    tags: Tags | None = None
    notes: Annotated[str | None, TextOrNone(2000)] = None
    external_id: Annotated[str | None, TextOrNone(200)] = None


class AiEntry(Schema):
    """A sentence for the AI to read; `date` is the day that "yesterday" counts from."""

    model_config = {"json_schema_extra": {"examples": [AI_EXAMPLE]}}

    mode: Literal["ai"]
    text: Annotated[str, Text(200)]
    date: Moment | None = None


def _mode(body: Any) -> str | None:
    mode = body.get("mode", "manual")
    return f"mode={mode}" if isinstance(mode, str) else None


TransactionCreate = Annotated[
    Annotated[ManualEntry, Tag("mode=manual")] | Annotated[AiEntry, Tag("mode=ai")],
    Discriminator(
        _mode,
        custom_error_type="choice:mode",
        custom_error_message="must be manual or ai",
    ),
]


class TransactionUpdate(Schema):
    """Any of the writable fields; null only where a transaction can be without one."""

    model_config = {"json_schema_extra": {"examples": [{"amount": 47.25, "notes": "with the delivery fee"}]}}

    amount: Money = unset()
    category: Category = unset()
    description: Annotated[str, Text(500)] = unset()
    type: TransactionType = unset()
    date: Moment = unset()
    currency: Currency = unset()
    merchant: Annotated[str | None, TextOrNone(200)] = None
    items: Items | None = None
    tags: Tags | None = None
    notes: Annotated[str | None, TextOrNone(2000)] = None
    external_id: Annotated[str | None, TextOrNone(200)] = None


class BulkCreate(Schema):
    """Up to 500 manual transactions, each judged by itself."""

    model_config = {"json_schema_extra": {"examples": [{"transactions": [MANUAL_EXAMPLE]}]}}

    transactions: Annotated[
        list[Any],
        Field(min_length=1, max_length=MOST_BULK),
        WithJsonSchema(
            {
                "type": "array",
                "description": "Each like the body of a manual entry; those that are not are listed in `errors`.",
                "items": {},
                "minItems": 1,
                "maxItems": MOST_BULK,
            }
        ),
    ]


class Filters(DateRange):
    """Which transactions."""

    search: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Part of the description, merchant or notes, in any case."
    )
    category: Category | None = None
    type: TransactionType | None = None
    tag: Annotated[str, Field(max_length=50)] | None = None
    min_amount: QueryMoney | None = Field(None, description="Inclusive, of the number shown in any currency.")
    max_amount: QueryMoney | None = Field(None, description="Inclusive, of the number shown in any currency.")


class TransactionQuery(Page, Filters):
    """Filters and order of the list."""

    status: TransactionStatus | None = None
    sort_by: Literal["date", "amount"] = "date"
    sort_order: Literal["asc", "desc"] = "desc"
    cursor: Annotated[str, Field(max_length=100)] | None = Field(
        None,
        description="`start`, then the `next_cursor` of each answer: as quick on the last page as on the first. "
        "`page` is ignored with it; filters and order must stay the same.",
        examples=["start"],
    )
