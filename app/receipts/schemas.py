"""What clients may send about receipts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.core.files import Base64File, Form, UploadedFile
from app.core.money import LARGEST_AMOUNT
from app.core.pages import DateRange, Page
from app.core.types import Category, Currency, Moment, Money, Number, Query, Schema, Text, TextOrNone, unset
from app.transactions.record_service import Items, Tags, TransactionStatus, TransactionType

LONGEST_TEXT = 20_000
EXAMPLE: JsonDict = {
    "merchant_name": "Corner Bakery",
    "total_amount": 12.4,
    "transaction_date": "2026-02-01",
    "currency": "EUR",
    "items": [{"name": "Rye bread", "quantity": 2, "unit_price": 6.2}],
}


def _charge(value: Decimal) -> Decimal:
    if not 0 <= value <= LARGEST_AMOUNT:
        raise PydanticCustomError("money_range", "must be between 0 and 10,000,000")
    return value


def _chance(value: Decimal) -> Decimal:
    if not 0 <= value <= 1:
        raise PydanticCustomError("chance", "must be between 0 and 1")
    return value


Charge = Annotated[
    Number,
    AfterValidator(_charge),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": LARGEST_AMOUNT}),
]
Chance = Annotated[
    Number,
    AfterValidator(_chance),
    AfterValidator(float),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]


class ReceiptCreate(Schema):
    """A receipt that is known already: stored as given, nothing is read out of a file."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    merchant_name: Annotated[str, Text(200)]
    total_amount: Money
    transaction_date: Moment
    currency: Currency | None = None
    category: Category | None = None
    notes: Annotated[str | None, TextOrNone(2000)] = None
    items: Items | None = None
    image_base64: Base64File | None = Field(None, description="A photo or PDF of it; kept, not read.")
    ocr_text: Annotated[str | None, TextOrNone(LONGEST_TEXT)] = None
    ocr_confidence: Chance | None = None


class ReceiptUpload(Form):
    """A photo or PDF of a receipt; what goes with it stays as it is, but a currency on the document wins."""

    file: UploadedFile
    category: Category = unset()
    notes: Annotated[str | None, TextOrNone(2000)] = None
    currency: Currency = unset()


class ReceiptUpdate(Schema):
    """Corrections; null only where a receipt can be without the field."""

    model_config = {
        "json_schema_extra": {"examples": [{"merchant_name": "Corner Bakery", "total_amount": 12.4, "tax": 0.8}]}
    }

    merchant_name: Annotated[str | None, TextOrNone(200)] = None
    total_amount: Money = unset()
    subtotal: Charge | None = None
    tax: Charge | None = None
    tip: Charge | None = None
    discount: Charge | None = None
    payment_method: Annotated[str | None, TextOrNone(50)] = None
    transaction_date: Moment = unset()
    type: TransactionType = unset()
    category: Category = unset()
    description: Annotated[str, Text(500)] = unset()
    notes: Annotated[str | None, TextOrNone(2000)] = None
    currency: Currency = unset()
    items: Items | None = None
    tags: Tags | None = None


class ForceQuery(Query):
    """What to do with a file that was uploaded before."""

    force: bool = Field(False, description="Keep another receipt of a file that was uploaded before.")


class ImageQuery(Query):
    """Which picture of a file."""

    size: Literal["full", "thumb"] = Field("full", description="The whole first page, or a small picture of it.")


class ReceiptQuery(Page, DateRange):
    """Filters of the list; newest first."""

    search: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        description="The beginnings of words on the receipt, or parts of words of the merchant, notes and items, "
        "in any case; all of them must be there.",
    )
    category: Category | None = None
    status: TransactionStatus | None = None
