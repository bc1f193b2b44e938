"""Exports of transactions: what other features write them with, read them with, and know them again by."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from bson import ObjectId

from app.core.records import readable
from app.models.users import User
from app.transactions import entry, portable_repository
from app.transactions.portable import COLUMNS, Portable, PortableRow, as_cells, as_json, fingerprint, portable, safe

if TYPE_CHECKING:
    from app.services.statements.records import Fault

__all__ = ["COLUMNS", "Portable", "PortableRow", "as_cells", "as_json", "fingerprint", "portable", "safe"]
Document = dict[str, Any]
SOURCE = "import"


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


def equal_ones(owner: ObjectId, rows: Sequence[PortableRow], import_id: ObjectId | None = None) -> Counter[str]:
    """How many transactions of the owner there are with the fingerprint of each of these rows.

    The n-th row of a fingerprint in a file is a duplicate if n is not beyond that.

    Args:
        import_id: the import the rows belong to: what it has stored itself doesn't count.
    """
    wanted = {fingerprint(row.fields) for row in rows}
    dates = [row.fields["date"] for row in rows]
    stored = portable_repository.dated(owner, dates, COLUMNS, import_id)
    found = (seen for _, seen in readable(stored, fingerprint))
    return Counter(seen for seen in found if seen in wanted)
