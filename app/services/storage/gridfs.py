"""Files in MongoDB: GridFS (https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md).

The id of a file is its key, `#` and a revision, an ObjectId: a file is replaced by a newer revision, so whoever
reads meanwhile reads the one or the other whole. As chunks name their file, even those of an upload that
died can be listed and removed by their key.
"""

from contextlib import AbstractContextManager
from typing import Any

import pymongo
from bson import ObjectId
from gridfs import GridFSBucket
from gridfs.errors import CorruptGridFile, NoFile
from pymongo.collection import Collection

from app.extensions import mongo
from app.services.storage import Missing, Stored
from config import Settings

BUCKET = "stored_files"
# The time that a file may take grows with its size: ten MiB take some tenths of a second where MongoDB is near, and far
# longer over a slow line. One that hangs is noticed before, by an operation with the ordinary time.
SECONDS = 2.5
SLOWEST = 1024 * 1024  # bytes a second
DELETION_SECONDS = 20
TRIES = 3
REVISION, BEYOND_REVISIONS = "#", "$"  # before every character of a key, so that ids are in the order of their keys
SECONDS_BYTES = 4  # with which an ObjectId begins, since 1970
BEYOND = "\x7f"  # after every character of a key


class GridFS:
    """The collections stored_files.files and stored_files.chunks."""

    def put(self, key: str, content: bytes) -> None:
        """Add a revision, then remove the older ones."""
        revision = f"{key}{REVISION}{_next_revision(key)}"
        with _time_for(len(content)):
            GridFSBucket(mongo.db, BUCKET).upload_from_stream_with_id(revision, key, content)
            older = {"$gte": key + REVISION, "$lt": revision}
            if _chunks().find_one({"files_id": older}, {"_id": 1}):  # looking is quicker than deleting nothing
                _remove(older)

    def get(self, key: str, length: int | None = None) -> bytes:
        """The newest revision; again from the beginning if it is replaced meanwhile."""
        for _ in range(TRIES):
            newest = _files().find_one({"_id": _revisions(key)}, {"length": 1}, sort=[("_id", pymongo.DESCENDING)])
            if newest is None:
                break
            with _time_for(newest["length"] if length is None else length):
                try:
                    stream = GridFSBucket(mongo.db, BUCKET).open_download_stream(newest["_id"])
                    return stream.read(-1 if length is None else length)
                except (NoFile, CorruptGridFile):
                    continue
        raise Missing(key)

    def delete(self, prefix: str) -> None:
        """Remove files and chunks in this range of ids."""
        mongo.cx.admin.command("ping")  # notices a MongoDB that hangs, long before the deletion's time is up
        with pymongo.timeout(DELETION_SECONDS):
            _remove({"$gte": prefix, "$lt": prefix + BEYOND})

    def entries(self, after: str, limit: int) -> list[Stored]:
        """By the first chunks, which are there before their file is."""
        condition = {"files_id": {"$gte": after + BEYOND_REVISIONS}, "n": 0}
        found = _chunks().find(condition, {"_id": 0, "files_id": 1}).sort("files_id", pymongo.ASCENDING).limit(limit)
        newest = dict(document["files_id"].split(REVISION) for document in found)
        return [Stored(key, ObjectId(revision).generation_time) for key, revision in newest.items()]


def open_storage(_settings: Settings) -> GridFS:
    """GridFS in the application's own database."""
    return GridFS()


def _files() -> Collection[dict[str, Any]]:
    return mongo.db[f"{BUCKET}.files"]


def _chunks() -> Collection[dict[str, Any]]:
    return mongo.db[f"{BUCKET}.chunks"]


def _time_for(size: int) -> AbstractContextManager[None]:
    return pymongo.timeout(SECONDS + size / SLOWEST)


def _next_revision(key: str) -> ObjectId:
    """After all there are of the key, by whatever clock those were made."""
    made = ObjectId()
    there = {"files_id": _revisions(key)}
    newest = _chunks().find_one(there, {"_id": 0, "files_id": 1}, sort=[("files_id", pymongo.DESCENDING)])
    if newest is None or made > (last := ObjectId(newest["files_id"].rpartition(REVISION)[2])):
        return made
    later = int.from_bytes(last.binary[:SECONDS_BYTES]) + 1
    # What follows the seconds is as in one that is made now, so that no two are alike.
    return ObjectId(later.to_bytes(SECONDS_BYTES) + made.binary[SECONDS_BYTES:])


def _remove(ids: dict[str, Any]) -> None:
    """The files first: nobody is to find one without its chunks."""
    _files().delete_many({"_id": ids})
    _chunks().delete_many({"files_id": ids})


def _revisions(key: str) -> dict[str, str]:
    return {"$gte": key + REVISION, "$lt": key + BEYOND_REVISIONS}
