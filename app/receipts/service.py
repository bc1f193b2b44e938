"""What can be done with receipts."""

from functools import partial
from typing import Any, cast

from bson import ObjectId

from app.core import caching, idempotency
from app.core.errors import Conflict, NotFound
from app.core.money import to_number
from app.core.pages import Page, Pagination
from app.core.records import readable
from app.models.transactions import Status
from app.models.users import User
from app.receipts import entry, pipelines, repository
from app.receipts.answers import ReceiptOut, UploadOut
from app.receipts.schemas import ReceiptCreate, ReceiptQuery, ReceiptUpdate
from app.transactions import record_service as records

Document = dict[str, Any]
UPDATE_TRIES = 50  # each that fails is one that somebody else won
MOST_DUPLICATES = 10


def record(user: User, body: ReceiptCreate) -> Document:
    """Store a receipt as it is given; {receipt, duplicate}.

    Raises:
        Invalid: an amount has too many decimals for its currency.
    """
    owner = user["_id"]
    habit = None if body.category else records.of_merchant(owner, body.merchant_name)
    stored = repository.insert(owner, entry.known(user, body, idempotency.new_id(), None, habit))
    return {"receipt": _alone(owner, stored), "duplicate": False}


def find(user: User, query: ReceiptQuery) -> Document:
    """One page of the receipts that match, newest first: {receipts, pagination}.

    Raises:
        Invalid: the range of dates starts after its end.
    """
    owner, condition = user["_id"], pipelines.matching(user["_id"], query, user["timezone"])
    documents, pagination = _page(owner, condition, query, pipelines.ORDER)
    shown = [receipt for _, receipt in readable(documents, _listed)]
    return {"receipts": shown, "pagination": pagination}


def _page(
    owner: ObjectId, condition: pipelines.Condition, query: Page, order: list[tuple[str, int]]
) -> tuple[list[Document], Pagination]:
    documents = repository.page(owner, condition, order, query.skip, query.limit)
    in_sight = 0 < len(documents) < query.limit or len(documents) == query.skip == 0
    if in_sight:
        return documents, Pagination.of(query, query.skip + len(documents))
    total = caching.total(owner, condition, partial(repository.count, owner, condition))
    return documents, Pagination.of(query, total)


def _listed(document: Document) -> ReceiptOut:
    return ReceiptOut.model_validate(document)


def _alone(owner: ObjectId, document: Document) -> Document:
    """A receipt that is shown by itself."""
    return {**document, "possible_duplicates": _duplicates(owner, document)}


def _duplicates(owner: ObjectId, document: Document) -> list[Document]:
    if document["status"] != Status.COMPLETED:
        return []
    found = repository.duplicates(
        owner, pipelines.duplicates(owner, cast(pipelines.Purchase, document)), MOST_DUPLICATES
    )
    return [
        {
            "_id": other["_id"],
            "merchant": other["merchant"],
            "amount": to_number(other["amount"], other["currency"]),
            "currency": other["currency"],
            "date": other["local_date"],
        }
        for other in found
    ]


def get(user: User, receipt_id: ObjectId) -> Document:
    """One receipt.

    Raises:
        NotFound.
    """
    return _alone(user["_id"], _get(user, receipt_id))


def _get(user: User, receipt_id: ObjectId) -> Document:
    document = repository.get(user["_id"], receipt_id)
    if document is None:
        raise NotFound()
    return document


def items(user: User, receipt_id: ObjectId) -> Document:
    """The line items of a receipt: {_id, currency, items, items_difference}.

    Raises:
        NotFound.
    """
    shown = records.shown(_get(user, receipt_id))
    return {name: shown[name] for name in ("_id", "currency", "items", "items_difference")}


def status(user: User, receipt_id: ObjectId) -> Document:
    """Where a receipt stands, for polling.

    Raises:
        NotFound.
    """
    document = _get(user, receipt_id)
    shown = {name: document[name] for name in ("_id", "status")} | {"progress": document["receipt"]["progress"]}
    if document["status"] == Status.PROCESSING:
        return shown
    return {
        **shown,
        **{name: document[name] for name in ("failure", "currency", "category")},
        "merchant_name": document["merchant"],
        "total_amount": to_number(document["amount"], document["currency"]) or None,
        "transaction_date": document["local_date"],
        "needs_review": bool(document["receipt"]["review_reasons"]),
        "review_reasons": document["receipt"]["review_reasons"],
    }


def update(user: User, receipt_id: ObjectId, body: ReceiptUpdate) -> Document:
    """Correct the given fields, all or none, in one write against the revision they were judged by.

    Raises:
        NotFound; Invalid; Conflict: `receipt_processing`.
    """
    for _ in range(UPDATE_TRIES):
        document = _get(user, receipt_id)
        if document["status"] == Status.PROCESSING:
            raise still_processing()
        changed = entry.changes(user, document, body)
        updated = repository.update(user["_id"], receipt_id, document["revision"], changed)
        if updated is not None:
            return _alone(user["_id"], updated)
    raise Conflict("The receipt is being changed by others. Please try again.")


def still_processing() -> Conflict:
    """A worker has the receipt, or will."""
    return Conflict("The receipt is still being processed.", code="receipt_processing")


def delete(user: User, receipt_id: ObjectId) -> Document:
    """Delete a receipt with its files, in whatever state; a worker that has it finds nothing to settle.

    Raises:
        NotFound.
    """
    if repository.delete(user["_id"], receipt_id) is None:
        raise NotFound()
    return {"message": "Receipt deleted."}


def uploads(user: User, query: Page) -> Document:
    """One page of the uploaded files, newest first: {uploads, pagination}."""
    owner, condition = user["_id"], pipelines.uploads(user["_id"])
    documents, pagination = _page(owner, condition, query, pipelines.NEWEST)
    shown = [upload for _, upload in readable(documents, UploadOut.model_validate)]
    return {"uploads": shown, "pagination": pagination}
