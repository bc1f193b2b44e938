"""The types contracts are made of: text, ids, money, days, pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.core import money

CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
UNCLEAN = re.compile(rf"[{CONTROL}\ud800-\udfff]")
PLAIN_TEXT = f"^[^{CONTROL}]*$"
VISIBLE_TEXT = rf"^[^{CONTROL}]*[^\s{CONTROL}][^{CONTROL}]*$"
# Exactly the days there are from 1970 to 2100, leap years included.
DAY = (
    "((19[7-9][0-9]|20[0-9]{2}|2100)-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))-02-29)"
)
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = rf"{DAY}([Tt ]{CLOCK}(:[0-5][0-9](\.[0-9]{{1,9}})?)?([Zz]|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?"
ZONES = frozenset(available_timezones() - {"localtime", "Factory"})


class Schema(BaseModel):
    """A request body: exactly these fields, exactly these types, text trimmed."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class Query(BaseModel):
    """Query parameters: text read as numbers where declared, unknown ones ignored."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class Out(BaseModel):
    """The shape of an answer."""

    model_config = ConfigDict(extra="forbid")


class Message(Out):
    """A sentence for a person."""

    model_config = {"json_schema_extra": {"examples": [{"message": "Done."}]}}

    message: str


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """For Annotated[str, Text(n)]: 1..n characters with something to see in them."""

    maximum: int

    def __iter__(self) -> Iterator[object]:
        """The constraints this stands for; the pattern documents what the body reader checks."""
        yield StringConstraints(min_length=1, max_length=self.maximum)
        yield WithJsonSchema({"type": "string", "minLength": 1, "maxLength": self.maximum, "pattern": VISIBLE_TEXT})


@dataclass(frozen=True)
class TextOrNone(GroupedMetadata):
    """For Annotated[str | None, TextOrNone(n)]: empty or null means none, and both are read as None."""

    maximum: int

    def __iter__(self) -> Iterator[object]:
        """The constraints this stands for; the pattern documents what the body reader checks."""
        yield StringConstraints(max_length=self.maximum)
        yield AfterValidator(lambda value: value or None)
        yield WithJsonSchema({"type": ["string", "null"], "maxLength": self.maximum, "pattern": PLAIN_TEXT})


def unset() -> Any:
    """The default of a field that may be left out of an update, but not be null."""
    return Field(default_factory=lambda: None)


def is_clean(value: str) -> bool:
    """Whether text can be stored and shown: no control character but newline and tab, no lone surrogate."""
    return not UNCLEAN.search(value)


def _money(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("money_type", "must be a number")
    amount = Decimal(value)
    if not amount.is_finite():
        raise PydanticCustomError("money_finite", "must be a finite number")
    if abs(amount.adjusted()) > 30 or len(amount.as_tuple().digits) > 40:
        raise PydanticCustomError("money_range", "is out of range")
    return amount


def _positive(value: Decimal) -> Decimal:
    if not 0 < value <= money.LARGEST_AMOUNT:
        raise PydanticCustomError("money_range", "must be greater than 0 and at most 10,000,000")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if not 0 <= value <= money.LARGEST_AMOUNT * 10:
        raise PydanticCustomError("money_range", "must be between 0 and 100,000,000")
    return value


# No currency has an amount between 0 and this; which decimals each has is beyond JSON Schema.
SMALLEST_AMOUNT = 10**-money.MOST_DECIMALS
MONEY_SCHEMA = {"type": "number", "minimum": SMALLEST_AMOUNT, "maximum": money.LARGEST_AMOUNT}
LARGEST_BOUND = 10**12
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")
Number = Annotated[Decimal, BeforeValidator(_money)]
Money = Annotated[
    Number,
    AfterValidator(_positive),
    WithJsonSchema({**MONEY_SCHEMA, "description": "A currency amount, with at most the currency's own decimals."}),
]
Income = Annotated[
    Number,
    AfterValidator(_not_negative),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": money.LARGEST_AMOUNT * 10}),
]
MoneyOut = Annotated[int | float, WithJsonSchema({"type": "number"})]


def _query_money(value: Any) -> Decimal:
    if not NUMBER.fullmatch(str(value)):
        raise PydanticCustomError("money_type", "must be a number")
    bound = Decimal(str(value))
    if abs(bound) > LARGEST_BOUND:
        raise PydanticCustomError("money_range", "must be between -1,000,000,000,000 and 1,000,000,000,000")
    return bound


QueryMoney = Annotated[
    Decimal,
    BeforeValidator(_query_money),
    WithJsonSchema({"type": "number", "minimum": -LARGEST_BOUND, "maximum": LARGEST_BOUND}),
]


def _known_currency(value: str) -> str:
    if value.upper() not in money.DECIMALS:
        raise PydanticCustomError("currency", "must be an ISO 4217 currency code such as INR")
    return value.upper()


def _known_zone(value: str) -> str:
    if value not in ZONES:
        raise PydanticCustomError("timezone", "must be an IANA time zone such as Asia/Kolkata")
    return value


Currency = TypeAliasType(
    "Currency",
    Annotated[
        str,
        AfterValidator(_known_currency),
        WithJsonSchema({"type": "string", "enum": list(money.CURRENCIES), "description": "ISO 4217 code."}),
    ],
)
Timezone = TypeAliasType(
    "Timezone",
    Annotated[
        str,
        AfterValidator(_known_zone),
        WithJsonSchema({"type": "string", "enum": sorted(ZONES), "description": "IANA time zone."}),
    ],
)
CATEGORIES = (
    "Food & Dining",
    "Transportation",
    "Utilities",
    "Housing",
    "Shopping",
    "Entertainment",
    "Health & Wellness",
    "Groceries",
    "Bills & Fees",
    "Travel",
    "Education",
    "Other",
)
Category = TypeAliasType("Category", Literal[CATEGORIES])  # type: ignore[valid-type]


def _day_or_instant(value: Any) -> date | datetime:
    written = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch(MOMENT, written):
        raise PydanticCustomError(
            "date", "must be a day (2026-02-01) or a time (2026-02-01T06:30:00+00:00) of the years 1970 to 2100"
        )
    return date.fromisoformat(written) if len(written) == 10 else datetime.fromisoformat(written)


Moment = TypeAliasType(
    "Moment",
    Annotated[
        date | datetime,
        BeforeValidator(_day_or_instant),
        WithJsonSchema(
            {
                "description": "A day in the user's time zone, or an instant (ISO 8601), of the years 1970 to 2100.",
                "type": "string",
                "pattern": f"^{MOMENT}$",
                "examples": ["2026-02-01", "2026-02-01T06:30:00+00:00"],
            }
        ),
    ],
)
Id = TypeAliasType(
    "Id",
    Annotated[str, BeforeValidator(str), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$"})],
)


def _iso_utc(value: datetime) -> str:
    return value.isoformat()


Instant = TypeAliasType(
    "Instant",
    Annotated[
        datetime,
        PlainSerializer(_iso_utc, return_type=str),
        WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
    ],
)
