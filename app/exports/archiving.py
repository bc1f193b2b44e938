"""What is in the ZIP of an account: everything the service knows about somebody, but secrets."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from app.auth import service as accounts
from app.core import clock, ownership
from app.exports.tables import as_csv
from app.files import large_service
from app.files import service as files
from app.models import account_exports
from app.models.users import User
from app.transactions import portable_service
from app.transactions.portable_service import Filters

Document = dict[str, Any]
QUICK = 1
PIECE = 256 * 1024
EVERYTHING = Filters.model_validate({})
UNSAFE = re.compile(r"[^\w.\- ]+")
LONGEST_NAME = 80
README = """Everything FinSight knows about {email}, as of {moment}.

account.json       your account, without your password
sessions.json      where you are signed in
transactions.csv   your completed transactions; FinSight can import this file again
collections/       all records of yours as they are stored, a JSON file for each kind; amounts are in the smallest
                   unit of their currency (4550 is 45.50 USD), times in UTC
files/             what you uploaded; the name begins with the id that the records call the file by
missing.json       files that could not be read to their end, if there are any
"""


def write(target: Any, user: User, keep: Callable[[], None]) -> None:
    """Write the ZIP of an account.

    Args:
        target: a binary stream, which need not be seekable.
        keep: is called every now and then; may raise to end it.

    Raises:
        StorageUnavailable, PyMongoError, RedisError: a part can't be reached.
    """
    owner = user["_id"]
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=QUICK) as archive:
        readme = README.format(email=user["email"], moment=clock.now().isoformat(timespec="seconds"))
        archive.writestr("README.txt", readme)
        archive.writestr("account.json", _json(accounts.without_secrets(user)))
        archive.writestr("sessions.json", _json(accounts.list_sessions(user, "")))
        _stream(archive, "transactions.csv", as_csv(portable_service.exported(user, EVERYTHING)), keep)
        for collection in ownership.owned_collections():
            _stream(archive, f"collections/{collection}.json", _array(owner, collection), keep)
        missing = [name for file in _files(owner) if (name := _add(archive, owner, file, keep))]
        if missing:
            archive.writestr("missing.json", _json(missing))


def _stream(archive: ZipFile, name: str, pieces: Iterator[bytes], keep: Callable[[], None]) -> None:
    with archive.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            keep()


def _array(owner: ObjectId, collection: str) -> Iterator[bytes]:
    separator = b"[\n"
    for batch in ownership.documents(owner, collection):
        yield separator + b",\n".join(map(_json, batch))
        separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"


def _files(owner: ObjectId) -> Iterator[Document]:
    for collection in ownership.file_references():
        if collection != account_exports.COLLECTION:
            yield from ownership.files(owner, collection)


def _add(archive: ZipFile, owner: ObjectId, file: Document, keep: Callable[[], None]) -> str | None:
    """Add a file; its name if it can't be read, or not to its end."""
    name = _safe_name(file)
    entry = ZipInfo(f"files/{name}", clock.now().timetuple()[:6])
    entry.compress_type = ZIP_STORED  # pictures are compressed already
    try:
        with archive.open(entry, "w", force_zip64=True) as stream:
            for piece in _pieces(owner, file):
                stream.write(piece)
                keep()
    except large_service.UnreadableFile:
        return name
    return None


def _pieces(owner: ObjectId, file: Document) -> Iterator[bytes]:
    if "parts" not in file:
        yield files.read(owner, file, "original")
        return
    with large_service.reading(owner, file) as stream:
        yield from iter(lambda: stream.read(PIECE), b"")


def _safe_name(file: Document) -> str:
    cleaned = UNSAFE.sub("_", str(file.get("filename") or "file"))[-LONGEST_NAME:].strip(". ")
    return f"{file['_id']}-{cleaned or 'file'}"


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_as_text, option=orjson.OPT_NON_STR_KEYS)


def _as_text(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else str(int(value) if isinstance(value, DatetimeMS) else value)
