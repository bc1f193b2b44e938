"""Reading exports of this service: CSV and JSON from anybody, row by row, as strictly as what a person enters."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, BinaryIO

from bson import Decimal128
from pydantic import BeforeValidator, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

from app.core import money
from app.core.body import DECODER, refuse_control_characters
from app.core.contract import field_errors
from app.core.errors import Invalid
from app.core.types import DAY, MOMENT, NUMBER, Moment
from app.models.users import User
from app.services.statements.records import LONGEST_LINE, Fault, Unreadable
from app.transactions import entry
from app.transactions.portable import COLUMNS, PortableRow, original
from app.transactions.schemas import Item, ManualEntry

Document = dict[str, Any]
Row = PortableRow | Fault
PLACE = ("row",)
PIECE = 64 * 1024
ANY_ZONE = timedelta(days=1)
BEYOND = ("1969-12-31", "2101-01-01")  # what the first and the last day may be in another zone
LISTS = {"tags", "items"}
SPACES = re.compile(r"[ \t\r\n]*")
NOT_UTF8 = "The file must be UTF-8."
NOT_AN_ARRAY = "The file must be one JSON array of transactions, whole and readable."
TOO_LONG = f"A row is longer than {LONGEST_LINE:,} characters."


def _day(value: Any) -> date | None:
    if value is None:
        return None
    if value in BEYOND:
        return date.fromisoformat(value)
    if not isinstance(value, str) or not re.fullmatch(DAY, value):
        raise PydanticCustomError("day", "must be a day such as 2026-02-01")
    return date.fromisoformat(value)


def _moment(value: Any, read: Callable[[Any], date | datetime]) -> date | datetime:
    at_its_end = isinstance(value, str) and len(value) > len(BEYOND[0]) and value.startswith(BEYOND)
    if at_its_end and re.fullmatch(MOMENT, value.replace(value[:10], "2000-01-01")):
        return datetime.fromisoformat(value)
    return read(value)


LocalDay = Annotated[date | None, BeforeValidator(_day)]


class PortableEntry(ManualEntry):
    """A row: what a person may enter, and the day it was where it was entered."""

    date: Annotated[Moment, WrapValidator(_moment)]
    local_date: LocalDay = None


def csv_rows(stream: BinaryIO, user: User, currency: str | None) -> Iterator[Row]:
    """The rows of a CSV of ours."""
    # Our fields may be longer than what csv takes by itself: 500 items are.
    csv.field_size_limit(LONGEST_LINE)
    lines = _Lines(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
    reader = csv.reader(lines, strict=True)
    try:
        columns = next(reader, [])
        if sorted(columns) != sorted(COLUMNS):
            raise Unreadable("file", f"The columns must be {', '.join(COLUMNS)}.")
        number = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _csv_row(number, columns, cells, user, currency)
            lines.begin_record()
            number = reader.line_num + 1
    except UnicodeDecodeError:
        raise Unreadable("file", NOT_UTF8) from None
    except csv.Error as error:
        raise Unreadable("file", f"The file is not readable as CSV: {error}.", [reader.line_num]) from None
    finally:
        lines.text.detach()


class _Lines:
    """The lines of a text, none of which, and no record of several, is longer than memory likes."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self._length = 0

    def begin_record(self) -> None:
        self._length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST_LINE)
        self._length += len(line)
        if self._length >= LONGEST_LINE:
            raise Unreadable("file", TOO_LONG)
        if not line:
            raise StopIteration
        return line


def _csv_row(number: int, columns: list[str], cells: list[str], user: User, currency: str | None) -> Row:
    if len(cells) != len(columns):
        return Fault(number, "file", f"has {len(cells)} cells, not {len(columns)}")
    fields: Document = {name: original(cell) for name, cell in zip(columns, cells, strict=True) if cell}
    try:
        for name in LISTS & fields.keys():
            fields[name] = DECODER.decode(fields[name])
    except (ValueError, RecursionError):
        return Fault(number, name, "must be a JSON list")
    if NUMBER.fullmatch(fields.get("amount", "")):
        fields["amount"] = Decimal(fields["amount"])
    return _row(number, fields, user, currency)


def json_rows(stream: BinaryIO, user: User, currency: str | None) -> Iterator[Row]:
    """The rows of a JSON of ours: one array of objects."""
    text = io.TextIOWrapper(stream, "utf-8-sig")
    try:
        for number, value in enumerate(_objects(_Array(text)), 1):
            yield _row(number, value, user, currency)
    except UnicodeDecodeError:
        raise Unreadable("file", NOT_UTF8) from None
    finally:
        text.detach()


def _objects(array: "_Array") -> Iterator[Document]:
    array.take("[")
    if array.sign() == "]":
        array.take("]")
    else:
        yield array.object()
        while array.take(",]") == ",":
            yield array.object()
    if array.sign():
        raise Unreadable("file", NOT_AN_ARRAY)


class _Array:
    """The text of a JSON array, of which no more is held than a row and a piece."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._held, self._at = "", 0

    def sign(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self._at = SPACES.match(self._held, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._held):
                return self._held[self._at]
            self._held, self._at = self._text.read(PIECE), 0
            if not self._held:
                return ""

    def take(self, expected: str) -> str:
        """Pass over the next sign, which has to be one of these."""
        sign = self.sign()
        if not sign or sign not in expected:
            raise Unreadable("file", NOT_AN_ARRAY)
        self._at += 1
        return sign

    def object(self) -> Document:
        """Pass over the next object."""
        if self.sign() != "{":
            raise Unreadable("file", NOT_AN_ARRAY)
        while True:
            try:
                value, self._at = DECODER.raw_decode(self._held, self._at)
            except RecursionError:
                raise Unreadable("file", NOT_AN_ARRAY) from None
            except json.JSONDecodeError:
                self._read_on()
            else:
                return dict(value)

    def _read_on(self) -> None:
        more = self._text.read(PIECE)
        self._held, self._at = self._held[self._at :] + more, 0
        if not more:
            raise Unreadable("file", NOT_AN_ARRAY) from None
        if len(self._held) > LONGEST_LINE + PIECE:
            raise Unreadable("file", TOO_LONG) from None


def _row(number: int, fields: Document, user: User, currency: str | None) -> Row:
    try:
        refuse_control_characters(fields, PLACE)
        read = PortableEntry.model_validate(fields)
        return PortableRow(number, _stored(read, user, read.currency or currency or user["currency"]))
    except ValidationError as error:
        first = field_errors("row", error)[0]
    except Invalid as error:
        first = error.details[0]
    return Fault(number, ".".join(str(part) for part in first["loc"][1:]) or "file", first["msg"])


def _stored(read: PortableEntry, user: User, currency: str) -> Document:
    as_given = ("type", "category", "description", "merchant", "notes", "external_id")
    fields = {
        **{name: getattr(read, name) for name in as_given},
        "currency": currency,
        "amount": entry.minor(read.amount, currency, (*PLACE, "amount")),
        "tags": read.tags or [],
        "items": _items(read.items or [], currency),
        **entry.dated(read.date, user["timezone"]),
    }
    if read.local_date:
        if abs(read.local_date - fields["date"].date()) > ANY_ZONE:
            raise Invalid.field((*PLACE, "local_date"), "is not a day at that time in any time zone")
        fields["local_date"] = read.local_date.isoformat()
    return fields


def _items(given: list[Item], currency: str) -> list[Document]:
    """As a person may enter them, and totals that were rounded in a currency with fewer decimals."""
    rounded = [_was_rounded(item, currency) for item in given]
    judged = [
        item.model_copy(update={"quantity": None}) if was else item for item, was in zip(given, rounded, strict=True)
    ]
    stored = entry.items(judged, currency, (*PLACE, "items"))
    for item, was, made in zip(given, rounded, stored, strict=True):
        if was and item.quantity is not None:
            made["quantity"] = Decimal128(item.quantity)
    return stored


def _was_rounded(item: Item, currency: str) -> bool:
    if item.quantity is None or item.unit_price is None or item.total_price is None:
        return False
    product = item.quantity * item.unit_price
    places = range(money.DECIMALS[currency])
    return any(product.quantize(Decimal(1).scaleb(-to), ROUND_HALF_UP) == item.total_price for to in places)
