"""What clients may ask of an export."""

from typing import Literal

from app.transactions.portable_service import Filters


class ExportQuery(Filters):
    """Which transactions, and as what."""

    format: Literal["csv", "json", "xlsx"] = "csv"
