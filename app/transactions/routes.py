"""Transactions over HTTP."""

from collections.abc import Iterator
from typing import Any

from bson import ObjectId
from flask import Blueprint

from app.core.contract import contract
from app.core.errors import Conflict
from app.core.identity import current_user
from app.core.pages import DateRange, MonthQuery
from app.core.types import CATEGORIES, Category, Message
from app.models.transactions import Status
from app.transactions import service, spending_service
from app.transactions.answers import BulkOut, DayOut, StatusOut, SummaryOut, TransactionOut, TransactionPage
from app.transactions.schemas import (
    AiEntry,
    BulkCreate,
    ManualEntry,
    TransactionCreate,
    TransactionQuery,
    TransactionUpdate,
)

bp = Blueprint("Transactions", __name__, url_prefix="/api/transactions")
Document = dict[str, Any]


@bp.post("/")
@contract(
    body=TransactionCreate,
    returns={201: TransactionOut, 202: TransactionOut},
    raises=(Conflict,),
    idempotent=True,
)
def create_transaction(body: ManualEntry | AiEntry) -> tuple[Document, int]:
    """Record a transaction.

    A *manual* entry is stored as given and answered with 201. An *ai* entry is a sentence: it is stored as
    `processing`, answered with 202, and completed in the background; poll its `/status`.
    """
    transaction = service.record(current_user(), body)
    return transaction, 202 if transaction["status"] == Status.PROCESSING else 201


@bp.get("/")
@contract(query=TransactionQuery, returns={200: TransactionPage}, cached=True)
def list_transactions(query: TransactionQuery) -> Document:
    """List transactions.

    Filtered, in a total order, a page at a time. A date alone covers that whole day in your time zone.
    """
    return service.find(current_user(), query)


@bp.get("/summary")
@contract(query=MonthQuery, returns={200: SummaryOut}, cached=True)
def summarise_month(query: MonthQuery) -> Document:
    """A month in figures.

    The current month in your time zone unless month and year say another. Refunds lower the spend; amounts in
    other currencies than yours are left out and listed under `unconverted`.
    """
    return spending_service.summary(current_user(), query)


@bp.get("/history")
@contract(query=DateRange, returns={200: list[DayOut]}, cached=True)
def list_history(query: DateRange) -> Iterator[Document]:
    """Completed transactions by day.

    Grouped by your local day, newest first. Without a range the latest 90 days; at most 366.
    """
    return spending_service.history(current_user(), query)


@bp.get("/categories")
@contract(auth="none", returns={200: list[Category]})
def list_categories() -> list[str]:
    """The categories.

    Twelve names, in the order to show them.
    """
    return list(CATEGORIES)


@bp.post("/bulk")
@contract(body=BulkCreate, rows="transactions", returns={201: BulkOut}, raises=(Conflict,), idempotent=True)
def create_transactions(body: BulkCreate) -> Document:
    """Record many transactions.

    Up to 500 manual ones. The valid ones are stored in one write; each other is listed with its index and faults.
    """
    return service.record_many(current_user(), body)


@bp.get("/<transaction_id>")
@contract(returns={200: TransactionOut})
def get_transaction(transaction_id: ObjectId) -> Document:
    """Read one transaction."""
    return service.get(current_user(), transaction_id)


@bp.route("/<transaction_id>", methods=["PUT", "PATCH"])
@contract(body=TransactionUpdate, returns={200: TransactionOut}, raises=(Conflict,))
def update_transaction(transaction_id: ObjectId, body: TransactionUpdate) -> Document:
    """Change a transaction.

    Only the fields you send change. A new currency keeps the number.
    """
    return service.update(current_user(), transaction_id, body)


@bp.delete("/<transaction_id>")
@contract(returns={200: Message}, raises=(Conflict,))
def delete_transaction(transaction_id: ObjectId) -> Document:
    """Delete a transaction.

    Not while it is processing, unless it is a receipt. The files of a receipt go with it.
    """
    return service.delete(current_user(), transaction_id)


@bp.get("/<transaction_id>/status")
@contract(returns={200: StatusOut})
def get_transaction_status(transaction_id: ObjectId) -> Document:
    """Where a transaction stands.

    For polling an AI entry: `processing`, then `completed` with what was read or `failed` with the reason.
    """
    return service.status(current_user(), transaction_id)


@bp.post("/<transaction_id>/retry")
@contract(returns={202: TransactionOut}, raises=(Conflict,))
def retry_transaction(transaction_id: ObjectId) -> Document:
    """Try a failed AI transaction again.

    It is queued once more with the same text.
    """
    return service.retry(current_user(), transaction_id)
