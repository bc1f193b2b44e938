"""What imports need of transactions: their rows as documents, stored once each, found again, taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson import ObjectId
from pydantic import TypeAdapter, ValidationError

from app.core.body import refuse_control_characters
from app.core.conditions import Condition
from app.core.contract import field_errors
from app.core.errors import Invalid
from app.models.imports import id_range, transaction_id
from app.models.users import User
from app.transactions import entry, habits, importing_repository, portable_service
from app.transactions.portable_service import PortableRow
from app.transactions.schemas import ManualEntry

Document = dict[str, Any]
MANUAL_ENTRY = TypeAdapter(ManualEntry)
# How keys begin, and the span of them.
BY_ID, BY_EXPORT, BY_CONTENT = "id:", "own:", ""
WAYS = {BY_ID: ("id:", "id;"), BY_EXPORT: ("own:", "own;"), BY_CONTENT: ("0", "g")}  # the last are hexadecimal
AT_ONCE = 1_000  # rows that are deleted in one write


def document(user: User, import_id: ObjectId, place: int, fields: Document, origin: Document) -> Document:
    """The document of the record at that place of a file, judged as strictly as what a person enters.

    Args:
        fields: those of a manual entry.
        origin: {key, row, print if there is one} of the record.

    Raises:
        Invalid: `loc` starts with "body".
    """
    refuse_control_characters(fields)
    try:
        valid = MANUAL_ENTRY.validate_python(fields)
    except ValidationError as error:
        raise Invalid(field_errors("body", error)) from None
    return entry.imported(user, valid, transaction_id(import_id, place), {"import_id": import_id, **origin})


def same_document(user: User, import_id: ObjectId, place: int, row: PortableRow, origin: Document) -> Document:
    """The document of a row that this service exported, at that place of a file; `origin` is {key, row}."""
    made = portable_service.document(user, transaction_id(import_id, place), row)
    return {**made, "imported": {"import_id": import_id, **origin}}


def store(owner: ObjectId, documents: list[Document]) -> dict[ObjectId, str]:
    """Store rows, each once however often this is done; for each that was refused, the field that was there already."""
    return importing_repository.insert_rows(owner, documents) if documents else {}


def known(owner: ObjectId, keys: list[str]) -> dict[str, ObjectId]:
    """Those of these keys that an import of the owner has stored, and as what."""
    return importing_repository.keys(owner, keys) if keys else {}


def known_prints(owner: ObjectId, prints: list[str]) -> set[str]:
    """Those of these prints that an import of the owner has stored beside the bank's id of a row."""
    return importing_repository.prints(owner, prints) if prints else set()


def taken(owner: ObjectId, external_ids: list[str]) -> dict[str, ObjectId]:
    """Those of these external ids that are in use, and by what."""
    return importing_repository.external_ids(owner, external_ids) if external_ids else {}


def entered(owner: ObjectId, amounts: list[int], first: datetime, last: datetime) -> list[Document]:
    """Transactions that came of no file, with one of these `amount_shown`, between two instants.

    {_id, amount (minor units), currency, date, local_date, type, description, merchant, imported ({key}, of a row)}
    """
    return importing_repository.entered(owner, _about(amounts, first, last))


def way_of(key: str) -> str:
    """How a row with this key is recognised, one of WAYS: by the bank's id, as an export of ours, or by its content."""
    return next((way for way in (BY_ID, BY_EXPORT) if key.startswith(way)), BY_CONTENT)


def ways(owner: ObjectId) -> set[str]:
    """In which ways the imported rows of the owner are recognised."""
    return {way for way, span in WAYS.items() if importing_repository.has_keys(owner, *span)}


def imported_in(
    owner: ObjectId, wanted: set[str], import_id: ObjectId, amounts: list[int], first: datetime, last: datetime
) -> list[Document] | None:
    """Rows of other imports that are recognised in these ways; None where that would take long. Else as `entered`."""
    keys = [{"imported.key": {"$gte": start, "$lt": end}} for start, end in map(WAYS.__getitem__, sorted(wanted))]
    others = {"$or": keys, "imported.import_id": {"$ne": import_id}}
    return importing_repository.imported(owner, Condition({**_about(amounts, first, last), **others}))


def _about(amounts: list[int], first: datetime, last: datetime) -> Condition:
    return Condition({"amount_shown": {"$in": amounts}, "date": {"$gte": first, "$lte": last}})


def habit(owner: ObjectId) -> Callable[[str], str | None]:
    """Tells the category that the person last chose for a merchant; what they chose is looked up now, and only once."""
    return habits.by_merchant(owner)


def count(owner: ObjectId, import_id: ObjectId) -> int:
    """How many transactions of an import there are."""
    return importing_repository.count_in_range(owner, *id_range(import_id))


def take_back(owner: ObjectId, import_id: ObjectId) -> int:
    """Delete the next transactions of an import that nobody has changed; how many were found, 0 when all are gone."""
    found = importing_repository.unedited(owner, *id_range(import_id), AT_ONCE)
    if found:
        importing_repository.delete_unedited(owner, found)
    return len(found)


def left(owner: ObjectId, import_id: ObjectId, most: int) -> list[ObjectId]:
    """The transactions of an import that are still there, `most` at most."""
    return importing_repository.in_range(owner, *id_range(import_id), most)
