"""What clients may ask of an export, and what they read about it."""

from typing import Literal

from pydantic import Field

from app.core.types import Instant, Out
from app.transactions.portable_service import Filters, TransactionStatus


class ExportQuery(Filters):
    """Which transactions, and as what."""

    format: Literal["csv", "json", "xlsx"] = "csv"
    status: TransactionStatus | None = Field(None, description="Only completed ones are exported; others are none.")


class ExportWaiting(Out):
    """It is being made."""

    status: Literal["pending", "processing"]


class ExportReady(Out):
    """Where it can be downloaded, without a token, until it expires."""

    status: Literal["completed"]
    url: str = Field(examples=["http://localhost:5000/api/exports/WyI2NWMxZWYxMWI3ZTRkOTNmNWExYzJlMDEiXQ.aZ.x"])
    expires_at: Instant
    size: int = Field(description="Bytes.", examples=[183_201])


class ExportFailed(Out):
    """It could not be made; asking again begins anew."""

    status: Literal["failed"]
    message: str
