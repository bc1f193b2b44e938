"""What goes into the parser and what comes out of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]  # clockwise from the top left, in pixels or points, y grows downwards


@dataclass(frozen=True)
class Line:
    """One piece of text as the OCR engine or a PDF's text layer gives it; `score` 0..1 is the engine's own."""

    text: str
    box: Box
    score: float = 1.0


@dataclass(frozen=True)
class Page:
    """The lines of a page in any order; `source` says whether they were recognised or are the document's own."""

    lines: tuple[Line, ...]
    width: float
    height: float
    source: Literal["ocr", "text"] = "ocr"


@dataclass(frozen=True)
class Hints:
    """What is known beside the document: the person's day, currency, and the merchants they have used before."""

    today: datetime.date
    currency: str
    merchants: tuple[str, ...] = ()


def latest_day(today: datetime.date) -> datetime.date:
    """The last day that a document can bear: it may be tomorrow already where the till stands."""
    return today + datetime.timedelta(days=1)


@dataclass(frozen=True)
class LineItem:
    """One thing bought; amounts in the document's currency."""

    name: str
    total_price: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """What a document says; a field it does not name, or that can't be read, is None.

    `confidence` is the calibrated chance (0..1) that a field is right, by its name here; `reasons` say in snake_case
    codes why a person should look that can't be told from the values and confidences (`credit_note`).
    """

    merchant: str | None = None
    date: datetime.date | None = None
    currency: str | None = None
    total: Decimal | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    tip: Decimal | None = None
    discount: Decimal | None = None
    rounding: Decimal | None = None
    payment_method: str | None = None
    items: tuple[LineItem, ...] = ()
    text: str = ""
    confidence: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
