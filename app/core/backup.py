"""A backup of the whole database and its restore, in constant memory.

A backup is a directory as `mongodump --gzip` writes for one database: for each collection
`NAME.bson.gz`, its documents byte for byte, and `NAME.metadata.json.gz`, its options and indexes
in extended JSON. `mongorestore --gzip` reads it, and `restore` reads what mongodump wrote.
"""

import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, cast

import bson
import pymongo
from bson import json_util
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession

from app.extensions import mongo
from app.models import users

# An operation without these ends after the 1.5 s that suit requests; with them it waits as long for a dead server, so
# a short one goes first.
LONGEST_SECONDS, BATCH_SECONDS = 4 * 3600, 60
BATCH_DOCUMENTS, BATCH_BYTES = 1000, 4 * 1024 * 1024  # read and written at a time
# Level 6 takes more than twice as long for a tenth less.
COMPRESSION = 3
# What others refer to, after them, so that it is there without a common moment, too: the files of records, the parts of
# files, and their owners.
READ_LAST = ("stored_files.files", "stored_files.chunks", users.COLLECTION)
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)
DOCUMENTS, METADATA = ".bson.gz", ".metadata.json.gz"


class BackupError(Exception):
    """The backup can't be made or used; the message is for the operator."""


def dump(target: Path) -> dict[str, int]:
    """Write every collection to the new directory `target`; how many documents there were in each.

    On a replica set or a sharded cluster all of it is as of one moment. A single MongoDB has no such moment:
    each document is whole, and what others refer to is read after them (READ_LAST).
    The directory gets its name when it is complete; it and its files are readable by their owner alone.

    Raises:
        BackupError: there is something with this name.
    """
    if target.exists():
        raise BackupError(f"{target} exists.")
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        with _one_moment() as session, pymongo.timeout(LONGEST_SECONDS):
            counts = {name: _dump_collection(unfinished, name, session) for name in _collections()}
        unfinished.rename(target)
        _sync(target)
        _sync(target.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return counts


def restore(source: Path) -> dict[str, int]:
    """Put a backup into an empty database; how many documents there are in each collection.

    The backup is read to its end before anything is written.

    Raises:
        BackupError: it is damaged or none, or the database has documents.
    """
    files = {path.name.removesuffix(DOCUMENTS): path for path in sorted(source.glob(f"*{DOCUMENTS}"))}
    if not files:
        raise BackupError(f"{source} holds no backup.")
    counts = {name: _checked(path) for name, path in files.items()}
    occupied = [name for name in _collections() if mongo.db[name].find_one({}, {"_id": 1})]
    if occupied:
        raise BackupError(f"The database is not empty: {', '.join(occupied)}. A backup is restored into an empty one.")
    for path in files.values():
        _restore_collection(path)
    return counts


def _collections() -> list[str]:
    names = mongo.db.list_collection_names(filter={"type": "collection"})
    found = {name for name in names if not name.startswith("system.")}
    return sorted(found.difference(READ_LAST)) + [name for name in READ_LAST if name in found]


def _one_moment() -> AbstractContextManager[ClientSession | None]:
    hello = mongo.cx.admin.command("hello")
    if "setName" in hello or hello.get("msg") == "isdbgrid":
        return mongo.cx.start_session(snapshot=True)
    return nullcontext()


def _dump_collection(directory: Path, name: str, session: ClientSession | None) -> int:
    (described,) = mongo.db.list_collections(filter={"name": name})
    metadata = {
        "indexes": list(mongo.db[name].list_indexes()),
        "uuid": described["info"]["uuid"].hex(),
        "collectionName": name,
        "type": "collection",
        "options": described["options"],
    }
    with _new_file(directory / f"{name}{METADATA}") as file:
        file.write(json_util.dumps(metadata, json_options=json_util.CANONICAL_JSON_OPTIONS).encode())
    count = 0
    with _new_file(directory / f"{name}{DOCUMENTS}") as file:
        for batch in cast(
            Iterator[bytes], mongo.db[name].find_raw_batches(session=session, batch_size=BATCH_DOCUMENTS)
        ):
            file.write(batch)
            count += _documents_in(batch)
    return count


def _documents_in(batch: bytes) -> int:
    position = count = 0
    while position < len(batch):
        position += int.from_bytes(batch[position : position + 4], "little")
        count += 1
    return count


def _new_file(path: Path) -> IO[bytes]:
    path.touch(mode=0o600, exist_ok=False)
    return cast(IO[bytes], gzip.open(path, "wb", compresslevel=COMPRESSION))


def _sync(path: Path) -> None:
    """Make sure that a directory and what is in it outlive a power cut."""
    for part in [*path.glob("*.gz"), path]:
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _documents(path: Path) -> Iterator[RawBSONDocument]:
    with gzip.open(path) as file:
        yield from bson.decode_file_iter(cast(IO[bytes], file), RAW)


def _checked(path: Path) -> int:
    try:
        _metadata(path)
        return sum(1 for _ in _documents(path))
    except (OSError, EOFError, zlib.error, InvalidBSON, ValueError) as error:
        raise BackupError(f"{path} or what belongs to it is damaged: {error}") from error


def _metadata(path: Path) -> dict[str, Any]:
    with gzip.open(path.with_name(path.name.removesuffix(DOCUMENTS) + METADATA)) as file:
        return cast(dict[str, Any], json_util.loads(file.read()))


def _restore_collection(path: Path) -> None:
    metadata = _metadata(path)
    name = path.name.removesuffix(DOCUMENTS)
    if name not in _collections():
        mongo.db.create_collection(name, **metadata["options"])
    for batch in _batches(path):
        with pymongo.timeout(BATCH_SECONDS):
            mongo.db[name].insert_many(batch)
    indexes = [index for index in metadata["indexes"] if index["name"] != "_id_"]
    if indexes:
        with pymongo.timeout(LONGEST_SECONDS):
            mongo.db.command("createIndexes", name, indexes=indexes)


def _batches(path: Path) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in _documents(path):
        batch.append(document)
        size += len(document.raw)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
