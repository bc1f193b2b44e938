"""What clients read about imports; minor units become the numbers people read."""

from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from app.core import clock
from app.core.money import to_number
from app.core.pages import Pagination
from app.core.types import Category, Currency, Id, Instant, MoneyOut, Out
from app.transactions.record_service import Failure, TransactionType

EXAMPLE: JsonDict = {
    "import_id": "65c1f0a2b7e4d93f5a1c2e71",
    "state": "completed",
    "filename": "january.csv",
    "format": "csv",
    "dry_run": False,
    "total": 3,
    "processed": 3,
    "rate": 2400.0,
    "created": 1,
    "duplicates": 1,
    "invalid": 1,
    "errors": [{"row": 4, "field": "amount", "msg": "must be greater than 0 and at most 10,000,000"}],
    "more_errors": 0,
    "preview": [
        {
            "row": 2,
            "type": "expense",
            "amount": 45.5,
            "currency": "USD",
            "category": "Groceries",
            "description": "POS 4029 WALMART",
            "merchant": "Walmart",
            "date": "2026-02-01T06:30:00+00:00",
            "local_date": "2026-02-01",
            "notes": None,
            "tags": [],
        }
    ],
    "possible_matches": [
        {
            "row": 2,
            "transaction": {
                "_id": "65c1f0a2b7e4d93f5a1c2e70",
                "date": "2026-01-31",
                "amount": 45.5,
                "description": "Groceries from Walmart",
            },
            "imported_id": "65c1f0a2b7e4d93f5a000000",
        }
    ],
    "more_matches": 0,
    "notes": ["Dates are read as day/month/year."],
    "failure": None,
    "deleted": None,
    "kept": [],
    "created_at": "2026-02-02T06:30:12.345000+00:00",
    "finished_at": "2026-02-02T06:30:12.405000+00:00",
}
COPIED = (
    *("state", "filename", "format", "dry_run", "total", "processed", "created", "duplicates", "invalid", "errors"),
    *("notes", "failure", "deleted", "kept", "created_at", "finished_at"),
)


class RowError(Out):
    """Why a row was not taken."""

    row: int = Field(description="The line of a CSV file, else the number of the record.")
    field: str
    msg: str


class PreviewRow(Out):
    """A row as it is stored, or would be."""

    row: int
    type: TransactionType
    amount: MoneyOut
    currency: Currency
    category: Category
    description: str
    merchant: str | None
    date: Instant
    local_date: str
    notes: str | None
    tags: list[str]


class Matched(Out):
    """What was there, and may be the same as a row."""

    id: Id = Field(alias="_id")
    date: str
    amount: MoneyOut
    description: str


class Match(Out):
    """A row that looks like what was entered before, or imported in another format: both are there, and you decide."""

    row: int
    transaction: Matched
    imported_id: Id | None = Field(description="The transaction that came of the row; null on a dry run.")


class ImportOut(Out):
    """An import: what came of a file, so far or in the end."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    import_id: Id | None = Field(description="Null for a dry run that was done at once.")
    state: Literal["queued", "processing", "completed", "failed", "undoing", "undone"]
    filename: str
    format: str | None
    dry_run: bool
    total: int | None = Field(description="Rows of the file; null until they are counted.")
    processed: int
    rate: float | None = Field(description="Rows a second; null before it began.")
    created: int
    duplicates: int = Field(description="Rows that were imported before.")
    invalid: int
    errors: list[RowError] = Field(description="The first 100.")
    more_errors: int = Field(description="How many more there are.")
    preview: list[PreviewRow] = Field(description="The first 20 rows that are stored, or would be.")
    possible_matches: list[Match] = Field(description="The first 100.")
    more_matches: int = Field(description="How many more there are.")
    notes: list[str] = Field(description="What was guessed about the file.")
    failure: Failure | None
    deleted: int | None = Field(description="How many transactions an undo deleted.")
    kept: list[Id] = Field(description="Transactions that an undo left, because they were changed; the first 1,000.")
    created_at: Instant
    finished_at: Instant | None

    @model_validator(mode="before")
    @classmethod
    def from_document(cls, document: "dict[str, Any] | ImportOut") -> "dict[str, Any] | ImportOut":
        """Minor units become the numbers people read; what is ours alone stays inside."""
        if isinstance(document, ImportOut) or "import_id" in document:
            return document
        return shown(document)


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of a stored import as clients read them."""
    return {
        **{name: document[name] for name in COPIED},
        "import_id": document["_id"],
        "rate": _rate(document),
        "more_errors": document["fault_count"] - len(document["errors"]),
        "preview": [{**row, "amount": to_number(row["amount"], row["currency"])} for row in document["preview"]],
        "possible_matches": [_match(match) for match in document["possible_matches"]],
        "more_matches": document["match_count"] - len(document["possible_matches"]),
    }


def _rate(document: dict[str, Any]) -> float | None:
    started = document["started_at"]
    seconds = started and ((document["finished_at"] or clock.now()) - started).total_seconds()
    return round(document["processed"] / seconds, 1) if seconds else None


def _match(match: dict[str, Any]) -> dict[str, Any]:
    entered = match["transaction"]
    told = {
        "_id": entered["_id"],
        "date": entered["local_date"],
        "amount": to_number(entered["amount"], entered["currency"]),
        "description": entered["description"],
    }
    return {**match, "transaction": told}


class ImportPage(Out):
    """One page of imports, newest first."""

    imports: list[ImportOut]
    pagination: Pagination
