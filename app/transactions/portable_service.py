"""Exports of transactions: what other features write them with, read them with, and know them again by."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

import pymongo
from bson import ObjectId

from app.core.conditions import Condition
from app.core.errors import Unavailable
from app.core.outage import mongodb_answers
from app.core.records import readable
from app.models.transactions import Status
from app.models.users import User
from app.transactions import entry, pipelines, portable_repository
from app.transactions.portable import (
    COLUMNS,
    Portable,
    PortableRow,
    as_cells,
    as_json,
    fingerprint,
    portable,
    safe_as_a_whole,
)
from app.transactions.portable_repository import Shared
from app.transactions.schemas import Filters, TransactionStatus

if TYPE_CHECKING:
    from app.services.statements.records import Fault

__all__ = [
    "COLUMNS",
    "Filters",
    "Portable",
    "PortableRow",
    "TransactionStatus",
    "as_cells",
    "as_json",
    "fingerprint",
    "portable",
    "safe_as_a_whole",
]
Document = dict[str, Any]
SOURCE = "import"
BATCH_SECONDS = 20  # a filter may have to look at a million transactions before it has found a batch


def read_csv(stream: BinaryIO, user: User, currency: str | None = None) -> "Iterator[PortableRow | Fault]":
    """The rows of a CSV that this service exported, one by one, from where the stream stands.

    Args:
        stream: stays open, and belongs to the caller.
        user: whose zone days and times without an offset are in, and whose currency counts where none is named.
        currency: of rows that name none, instead of the user's.

    Raises:
        Unreadable: (from the iterator, too) the file as a whole can't be read, or not further.
    """
    from app.transactions import portable_reading  # noqa: PLC0415 -- its libraries are for those who import alone

    return portable_reading.csv_rows(stream, user, currency)


def read_json(stream: BinaryIO, user: User, currency: str | None = None) -> "Iterator[PortableRow | Fault]":
    """The rows of a JSON that this service exported; the stream must be seekable. All else as in `read_csv`."""
    from app.transactions import portable_reading  # noqa: PLC0415 -- its libraries are for those who import alone

    return portable_reading.json_rows(stream, user, currency)


def document(user: User, transaction_id: ObjectId, row: PortableRow) -> Document:
    """The whole document of a row, completed; its day stays the one it was entered on."""
    given = {"status": "completed", "source": SOURCE, **row.fields}
    made = entry.new_document(user, transaction_id, row.fields["date"], given)
    return {**made, "local_date": row.fields["local_date"]}


def exported(user: User, query: Filters) -> Iterator[list[Portable]]:
    """The completed transactions that match, oldest first, in batches; the first is read before this returns.

    Each batch is a query of its own: no cursor stays open for as long as a client takes, and none has to be freed.

    Raises:
        Invalid: the range of dates starts after its end.
        Unavailable, PyMongoError: (from the iterator, too) MongoDB can't be reached.
    """
    condition = pipelines.matching(user["_id"], query, user["timezone"])
    if condition.get("status", Status.COMPLETED) != Status.COMPLETED:
        return iter([])
    if not mongodb_answers():  # or one that hangs would be waited for as long as a batch may take
        raise Unavailable()
    batches = _batches(user["_id"], condition)
    return chain([next(batches, [])], batches)


def _batches(owner: ObjectId, condition: Condition) -> Iterator[list[Portable]]:
    last = None
    while True:
        with pymongo.timeout(BATCH_SECONDS):
            documents = portable_repository.following(owner, condition, COLUMNS, last)
        yield [row for _, row in readable(documents, portable)]
        places = [(document.get("date"), document["_id"]) for document in documents]
        # A list has one place in the index for each of its entries: from there one might go back.
        last = next((place for place in reversed(places) if not isinstance(place[0], list)), None)
        if last is None or len(documents) < portable_repository.DOCUMENTS_AT_ONCE:
            return


def equal_ones(owner: ObjectId, rows: Sequence[PortableRow], import_id: ObjectId | None = None) -> Counter[str]:
    """How many transactions of the owner there are with a fingerprint; those of these rows are among them.

    The n-th row of a fingerprint in a file is a duplicate if n is not beyond that.

    Args:
        import_id: the import the rows belong to: what it has stored itself doesn't count.
    """
    if not rows:
        return Counter()
    shared = Shared(
        date=list({row.fields["date"] for row in rows}),
        local_date=list({row.fields["local_date"] for row in rows}),
        amount=list({row.fields["amount"] for row in rows}),
        description=list({row.fields["description"] for row in rows}),
    )
    stored = portable_repository.alike(owner, shared, COLUMNS, import_id)
    return Counter(seen for _, seen in readable(stored, fingerprint))
