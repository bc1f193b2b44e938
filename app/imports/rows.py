"""From the records of a file to documents: each with a key that it is recognised by when it comes again."""

import hashlib
from decimal import Decimal
from typing import Any, NamedTuple

from bson import ObjectId

from app.core.errors import Invalid
from app.imports import merchants
from app.imports.categories import Categories, own
from app.models.users import User
from app.services.statements import Entry, Fault
from app.transactions import importing_service as transactions
from app.transactions import portable_service
from app.transactions.portable_service import PortableRow
from app.transactions.record_service import fold

Document = dict[str, Any]
Record = Entry | Fault | PortableRow
LONGEST_DESCRIPTION, LONGEST_NOTES, LONGEST_NAME = 500, 2000, 200
HASH_BYTES = 8  # of a key, while the repetitions in a file of a million rows are counted


class Prepared(NamedTuple):
    """A record, ready to be stored: the document, or the faults for which there is none, or neither if it is repeated.

    A record is repeated if the same file has its bank's id already.
    """

    record: Record
    key: str
    print: str | None  # what it would be recognised by without its bank's id, where it has one
    times: int  # how many like it there were in the file, with it
    document: Document | None
    faults: list[Document]  # {row, field, msg}

    def add_fault(self, field: str, message: str) -> None:
        """It can't be stored."""
        self.faults.append({"row": self.record.row, "field": field, "msg": message})


class Rows:
    """Makes documents of the records of one file, which have to come in their order, each once."""

    def __init__(self, user: User, import_id: ObjectId, currency: str, categories: Categories) -> None:
        """`currency` is that of the records that name none."""
        self._user, self._import_id = user, import_id
        self._currency, self._categories = currency, categories
        self._seen: dict[int, int] = {}
        self._place = -1

    def skip(self, record: Record) -> None:
        """Count a record that is done already."""
        self._place += 1
        if not isinstance(record, Fault):
            self._key(record)

    def prepare(self, record: Record) -> Prepared:
        """The next record as it would be stored."""
        self._place += 1
        if isinstance(record, Fault):
            refused = Prepared(record, "", None, 0, None, [])
            refused.add_fault(record.field, record.msg)
            return refused
        key, told, times = self._key(record)
        if times > 1 and isinstance(record, Entry) and record.bank_id:
            return Prepared(record, key, told, times, None, [])
        origin = {"key": key, "row": record.row, **({"print": told} if told else {})}
        try:
            return Prepared(record, key, told, times, self._document(record, origin), [])
        except Invalid as error:
            refused = Prepared(record, key, told, times, None, [])
            for fault in error.details:
                refused.add_fault(".".join(map(str, fault["loc"][1:])) or "row", fault["msg"])
            return refused

    def _document(self, record: Entry | PortableRow, origin: Document) -> Document:
        if isinstance(record, Entry):
            return transactions.document(self._user, self._import_id, self._place, self._fields(record), origin)
        return transactions.same_document(self._user, self._import_id, self._place, record, origin)

    def _key(self, record: Entry | PortableRow) -> tuple[str, str | None, int]:
        """The key of a record, its print if it has a bank's id, and how many like it there were in the file, with it.

        A print is day, amount and text, and how many like it came before: so two coffees of one day are two, in this
        file and in the next one that has them. It is the key where there is no bank's id.
        """
        if isinstance(record, PortableRow):
            same = portable_service.fingerprint(record.fields)
            times = self._count(hashlib.sha256(same.encode()))
            return f"own:{same}:{times}", None, times
        signed = record.amount if record.type != "expense" else -record.amount
        # Only a currency that the file names: what was said beside it may be said otherwise the next time.
        amount = f"{signed.normalize():f} {record.currency or ''}"
        if not record.bank_id:
            told, times = self._print(record, amount)
            return told, None, times
        # The amount, too, because some banks number the lines of each statement anew.
        same_id = hashlib.sha256(f"{record.bank_id}\n{amount}".encode(errors="replace"))
        times = self._count(same_id)
        # A line that is there again is no second coffee.
        return f"id:{same_id.hexdigest()[:40]}", self._print(record, amount)[0] if times == 1 else None, times

    def _print(self, record: Entry, amount: str) -> tuple[str, int]:
        text = " ".join(fold(record.description).split())
        told = hashlib.sha256(f"{record.day.isoformat()}\n{amount}\n{text}".encode(errors="replace"))
        times = self._count(told)
        return f"{told.hexdigest()[:40]}:{times}", times

    def _count(self, told: "hashlib._Hash") -> int:
        short = int.from_bytes(told.digest()[:HASH_BYTES])
        self._seen[short] = times = self._seen.get(short, 0) + 1
        return times

    def _fields(self, entry: Entry) -> Document:
        merchant = merchants.find(entry.merchant, entry.description)
        description, notes = _texts(entry)
        items, left_out = _items(entry)
        return {
            "type": entry.type,
            "amount": entry.amount,
            "currency": entry.currency or self._currency,
            "date": entry.day.isoformat(),
            "category": self._categories.of(entry.type, entry.category, merchant, description),
            "description": description,
            "merchant": merchant,
            "notes": _joined(notes, *left_out),
            "tags": list(entry.tags),
            "items": items,
        }


def _texts(entry: Entry) -> tuple[str, str | None]:
    """Description and notes: what is too long for a description is in the notes as a whole, where it fits."""
    notes = _cut(entry.notes, LONGEST_NOTES) if entry.notes else None
    description = " ".join(entry.description.split()) or entry.merchant or (notes or "").strip()
    if not description:
        return entry.type.capitalize(), notes
    if len(description) > LONGEST_DESCRIPTION:
        notes = _joined(notes, description if notes else _cut(description, LONGEST_NOTES))
    return _cut(description, LONGEST_DESCRIPTION), notes


def _cut(text: str, longest: int) -> str:
    """The text, or as much of it as there is room for: a row isn't lost for a long remark of the bank's."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _joined(notes: str | None, *lines: str) -> str | None:
    """The notes with further lines, as long as they are not too long for notes."""
    for line in lines:
        longer = f"{notes}\n{line}" if notes else line
        notes = longer if len(longer) <= LONGEST_NOTES else notes
    return notes


def _items(entry: Entry) -> tuple[list[Document], list[str]]:
    """The parts of a split entry as line items; those that lower the sum, which no item can, as text."""
    items = [
        {
            "name": " ".join((part.name or part.category or entry.description).split())[:LONGEST_NAME] or "-",
            "total_price": part.amount,
            "category": own(part.category),
        }
        for part in entry.items
        if part.amount > 0
    ]
    return items, [f"{part.name or part.category}: {_plain(part.amount)}" for part in entry.items if part.amount <= 0]


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"
