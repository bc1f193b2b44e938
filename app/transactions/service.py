"""What can be done with transactions."""

from functools import partial
from typing import Any

from bson import ObjectId
from pydantic import TypeAdapter, ValidationError
from pymongo.errors import DuplicateKeyError

from app.celery_utils import enqueue
from app.core import caching, clock, idempotency, revisions
from app.core.body import refuse_control_characters
from app.core.conditions import Condition
from app.core.contract import field_errors
from app.core.errors import Conflict, Invalid, NotFound
from app.core.money import to_number
from app.core.pages import Pagination
from app.core.records import readable
from app.files import service as files
from app.models.transactions import Status
from app.models.users import User
from app.transactions import entry, pipelines, repository, searching, tasks, texts
from app.transactions.answers import TransactionOut
from app.transactions.schemas import AiEntry, BulkCreate, ManualEntry, TransactionQuery, TransactionUpdate

Document = dict[str, Any]
PLAIN_SEARCH = {"search", "page", "limit"}
NO_FILTERS = TransactionQuery.model_validate({}).model_dump(exclude=PLAIN_SEARCH)
MANUAL_ENTRY = TypeAdapter(ManualEntry)


def record(user: User, body: ManualEntry | AiEntry) -> Document:
    """Store what a person entered; a sentence is queued for the AI.

    Raises:
        Invalid: an amount has too many decimals for its currency.
        Conflict: `external_id_taken`.
    """
    if isinstance(body, AiEntry):
        document = repository.insert(user["_id"], entry.sentence(user, body, idempotency.new_id()))
        _queue(document)
        return document
    try:
        return repository.insert(user["_id"], entry.manual(user, body, idempotency.new_id()))
    except DuplicateKeyError:
        raise external_id_taken() from None


def external_id_taken() -> Conflict:
    """Another transaction of this user has the external id."""
    return Conflict("Another of your transactions has this external_id.", code="external_id_taken")


def _queue(document: Document) -> None:
    owner, transaction_id = document["user_id"], document["_id"]
    if not enqueue(tasks.categorise, str(owner), str(transaction_id)):
        repository.release(owner, transaction_id)


def record_many(user: User, body: BulkCreate) -> Document:
    """Store the valid ones of many in one write; {created: documents, errors: [{index, details}]}."""
    documents: dict[int, Document] = {}
    errors: list[Document] = []
    for index, sent in enumerate(body.transactions):
        try:
            documents[index] = entry.manual(user, _manual_entry(sent), idempotency.new_id(index), ("body",))
        except Invalid as error:
            errors.append({"index": index, "details": _within(index, error.details)})
    stored = repository.insert_many(user["_id"], list(documents.values())) if documents else {}
    taken = [{"loc": ["body", "external_id"], "msg": external_id_taken().message, "type": "external_id_taken"}]
    refused = [index for index, document in documents.items() if document["_id"] not in stored]
    errors += [{"index": index, "details": _within(index, taken)} for index in refused]
    created = [stored[document["_id"]] for document in documents.values() if document["_id"] in stored]
    return {"created": created, "errors": sorted(errors, key=lambda error: error["index"])}


def _manual_entry(sent: Any) -> ManualEntry:
    refuse_control_characters(sent)
    try:
        return MANUAL_ENTRY.validate_python(sent)
    except ValidationError as error:
        raise Invalid(field_errors("body", error)) from None


def _within(index: int, details: list[Document]) -> list[Document]:
    return [{**fault, "loc": ["body", "transactions", index, *fault["loc"][1:]]} for fault in details]


def find(user: User, query: TransactionQuery) -> Document:
    """One page of the transactions that match: {transactions, pagination}.

    Raises:
        Invalid: the range of dates starts after its end; the cursor is none of this list.
    """
    with pipelines.patience(query):
        return _found(user, query)


def _found(user: User, query: TransactionQuery) -> Document:
    owner, order = user["_id"], pipelines.order(query)
    condition = pipelines.matching(owner, query, user["timezone"])
    if query.cursor is None and (found := _searched(owner, query)):
        documents, total = found
        pagination = Pagination.of(query, total)
    elif query.cursor is None:
        documents = repository.page(owner, condition, order, query.skip, query.limit)
        pagination = Pagination.of(query, _total(owner, condition, query, len(documents)))
    else:
        documents = repository.page(owner, pipelines.behind(condition, query), order, 0, query.limit + 1)
        pagination = Pagination.of(query, caching.total(owner, condition, partial(repository.count, owner, condition)))
        following = pipelines.cursor(documents[: query.limit], query) if len(documents) > query.limit else None
        pagination.has_more, pagination.next_cursor = following is not None, following and str(following)
        documents = documents[: query.limit]
    shown = [transaction for _, transaction in readable(documents, TransactionOut.model_validate)]
    return {"transactions": shown, "pagination": pagination}


def _searched(owner: ObjectId, query: TransactionQuery) -> tuple[list[Document], int] | None:
    """The page of a plain search, and how many match; None if it has to be made like any other list."""
    if query.search is None or query.model_dump(exclude=PLAIN_SEARCH) != NO_FILTERS:
        return None
    found = searching.find(owner, texts.fold(query.search), query.skip, query.limit)
    return (repository.several(owner, found[0]), found[1]) if found else None


def _total(owner: ObjectId, condition: Condition, query: TransactionQuery, found: int) -> int:
    if 0 < found < query.limit or found == query.skip == 0:  # the end of the list is in sight
        return query.skip + found
    return caching.total(owner, condition, partial(repository.count, owner, condition))


def get(user: User, transaction_id: ObjectId) -> Document:
    """One transaction.

    Raises:
        NotFound.
    """
    document = repository.get(user["_id"], transaction_id)
    if document is None:
        raise NotFound()
    return document


def update(user: User, transaction_id: ObjectId, body: TransactionUpdate) -> Document:
    """Change the given fields, all or none, against the revision they were judged by.

    Raises:
        NotFound; Invalid; Conflict: `transaction_processing`, `external_id_taken`.
    """

    def attempt() -> Document | None:
        document = _settled(user, transaction_id)
        changes = entry.changes(user, document, body)
        return repository.update(user["_id"], transaction_id, document["revision"], changes)

    try:
        return revisions.changed(attempt)
    except DuplicateKeyError:
        raise external_id_taken() from None


def _settled(user: User, transaction_id: ObjectId) -> Document:
    document = get(user, transaction_id)
    if document["status"] == Status.PROCESSING:
        raise Conflict("The transaction is still being processed.", code="transaction_processing")
    return document


def delete(user: User, transaction_id: ObjectId) -> Document:
    """Delete a transaction that is settled or a receipt, which may be processing; with its files.

    Raises:
        NotFound; Conflict: `transaction_processing`.
    """
    deleted = repository.delete(user["_id"], transaction_id)
    if deleted is None:
        _settled(user, transaction_id)
        raise NotFound()
    if deleted["receipt"] and (file := deleted["receipt"]["file"]):
        files.discard(user["_id"], file["_id"])
    return {"message": "Transaction deleted."}


def status(user: User, transaction_id: ObjectId) -> Document:
    """Where a transaction stands, for polling."""
    document = get(user, transaction_id)
    shown = {"_id": document["_id"], "status": document["status"]}
    if document["status"] == Status.PROCESSING:
        return shown
    shown["amount"] = to_number(document["amount"], document["currency"])
    shown.update({name: document[name] for name in ("category", "description", "date")})
    return {**shown, "failure": document["failure"]} if document["status"] == Status.FAILED else shown


def retry(user: User, transaction_id: ObjectId) -> Document:
    """Queue a failed AI transaction again.

    Raises:
        NotFound; Conflict: `not_retryable`.
    """
    document = repository.restart(user["_id"], transaction_id, clock.now() + entry.READING_LEASE)
    if document is None:
        get(user, transaction_id)
        raise Conflict("Only a failed AI transaction can be tried again.", code="not_retryable")
    _queue(document)
    return document
