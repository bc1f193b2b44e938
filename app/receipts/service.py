"""What can be done with receipts."""

from functools import partial
from typing import Any, cast

from bson import ObjectId
from flask import Response

from app.celery_utils import enqueue
from app.core import caching, revisions
from app.core.errors import Conflict, NotFound
from app.core.money import to_number
from app.core.pages import Page, Pagination
from app.core.records import only, readable
from app.files import service as files
from app.models.transactions import Status
from app.models.users import User
from app.receipts import entry, intaking, pipelines, repository, tasks
from app.receipts.answers import ReceiptOut, UploadOut
from app.receipts.schemas import ImageQuery, ReceiptCreate, ReceiptQuery, ReceiptUpdate, ReceiptUpload
from app.transactions import record_service as records

Document = dict[str, Any]
MOST_DUPLICATES = 10
MANY = 1_000  # receipts with a word; a page of what is on more is found sooner by walking along the dates


def take_in(user: User, body: ReceiptUpload | ReceiptCreate, *, force: bool) -> tuple[Document, int]:
    """Store a receipt, and have it read if it is an upload; ({receipt, duplicate}, status).

    Raises:
        Invalid: an amount has too many decimals for its currency; the file is not one of a receipt.
        UnsupportedMediaType, TooLarge: so is the file.
    """
    if isinstance(body, ReceiptUpload):
        document, is_new = intaking.upload(user, body, force=force)
        if is_new:
            _queue(document)
        status = 202
    else:
        document, is_new, status = intaking.known(user, body, force=force), True, 201
    return {"receipt": _alone(user["_id"], document), "duplicate": not is_new}, status if is_new else 200


def _queue(document: Document) -> None:
    owner, receipt_id = document["user_id"], document["_id"]
    if not enqueue(tasks.extract, str(owner), str(receipt_id)):
        repository.release(owner, receipt_id)


def find(user: User, query: ReceiptQuery) -> Document:
    """One page of the receipts that match, newest first: {receipts, pagination}.

    Raises:
        Invalid: the range of dates starts after its end.
    """
    owner = user["_id"]
    beginnings, common = _rarest_first(owner, pipelines.searched(query))
    listing = pipelines.matching(owner, query, user["timezone"], beginnings, common=common)
    documents, pagination = _page(owner, listing, query)
    shown = [receipt for _, receipt in readable(documents, partial(_shown, owner))]
    return {"receipts": shown, "pagination": pagination}


def _rarest_first(owner: ObjectId, beginnings: list[str]) -> tuple[list[str], bool]:
    """The same words, and whether even the first of them is on very many receipts."""
    counts = {
        word: repository.count(owner, pipelines.with_word(owner, word), pipelines.BY_WORD, MANY) for word in beginnings
    }
    return sorted(beginnings, key=counts.__getitem__), min(counts.values(), default=0) == MANY


def _page(owner: ObjectId, listing: pipelines.Listing, query: Page) -> tuple[list[Document], Pagination]:
    condition, order, page_index, count_index = listing
    documents = repository.page(owner, condition, page_index, order, query.skip, query.limit)
    in_sight = 0 < len(documents) < query.limit or len(documents) == query.skip == 0
    if in_sight:
        return documents, Pagination.of(query, query.skip + len(documents))
    total = caching.total(owner, condition, partial(repository.count, owner, condition, count_index))
    return documents, Pagination.of(query, total)


def _shown(owner: ObjectId, document: Document, duplicates: list[Document] | None = None) -> ReceiptOut:
    file = document["receipt"]["file"]
    url = file and files.link(owner, file["_id"])
    return ReceiptOut.model_validate({**document, "image_url": url, "possible_duplicates": duplicates})


def _alone(owner: ObjectId, document: Document) -> ReceiptOut:
    """A receipt that is shown by itself.

    Raises:
        Unreadable: it is damaged.
    """
    return only([shown for _, shown in readable([document], lambda one: _shown(owner, one, _duplicates(owner, one)))])


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


def get(user: User, receipt_id: ObjectId) -> ReceiptOut:
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


def update(user: User, receipt_id: ObjectId, body: ReceiptUpdate) -> ReceiptOut:
    """Correct the given fields, all or none, in one write against the revision they were judged by.

    Raises:
        NotFound; Invalid; Conflict: `receipt_processing`.
    """

    def attempt() -> Document | None:
        document = _get(user, receipt_id)
        if document["status"] == Status.PROCESSING:
            raise still_processing()
        changes = entry.changes(user, document, body)
        return repository.update(user["_id"], receipt_id, document["revision"], changes)

    return _alone(user["_id"], revisions.changed(attempt))


def still_processing() -> Conflict:
    """A worker has the receipt, or will."""
    return Conflict("The receipt is still being processed.", code="receipt_processing")


def delete(user: User, receipt_id: ObjectId) -> Document:
    """Delete a receipt with its files, in whatever state; a worker that has it finds nothing to settle.

    Raises:
        NotFound.
    """
    deleted = repository.delete(user["_id"], receipt_id)
    if deleted is None:
        raise NotFound()
    if file := deleted["receipt"]["file"]:
        files.discard(user["_id"], file["_id"])
    return {"message": "Receipt deleted."}


def reprocess(user: User, receipt_id: ObjectId) -> ReceiptOut:
    """Have the file of a settled receipt read again; what a person set stays.

    Raises:
        NotFound; Conflict: `receipt_processing`, `no_file`.
    """
    document = repository.restart(user["_id"], receipt_id, entry.LEASE)
    if document is None:
        if _get(user, receipt_id)["receipt"]["file"] is None:
            raise Conflict("This receipt has no file to read.", code="no_file")
        raise still_processing()
    _queue(document)
    return _alone(user["_id"], document)


def image(user: User, receipt_id: ObjectId, query: ImageQuery) -> Response:
    """The picture of a receipt's file.

    Raises:
        NotFound: no such receipt, or it has no file; UnreadableFile, StorageUnavailable.
    """
    file = _get(user, receipt_id)["receipt"]["file"]
    if file is None:
        raise NotFound()
    return files.answer(user["_id"], file, "thumb" if query.size == "thumb" else "view")


def uploads(user: User, query: Page) -> Document:
    """One page of the uploaded files, newest first: {uploads, pagination}."""
    documents, pagination = _page(user["_id"], pipelines.uploads(user["_id"]), query)
    shown = [upload for _, upload in readable(documents, UploadOut.model_validate)]
    return {"uploads": shown, "pagination": pagination}
