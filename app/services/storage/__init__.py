"""Where files are kept: one interface, GridFS or S3 behind it, chosen by STORAGE_BACKEND.

What is kept are sealed bytes (`sealing`), so no back end is trusted with what is in them.
"""

from datetime import datetime
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from flask import current_app

from app.core.errors import Unavailable

EXTENSION = "file_storage"


class Missing(Exception):
    """There is nothing under this key."""


class StorageUnavailable(Unavailable):
    """503: the storage can't be reached, or refuses us; trying again soon may help."""

    code, message = "storage_unavailable", "The file storage is temporarily unavailable. Please try again."


class Stored(NamedTuple):
    """A key, and when what is under it was written (UTC)."""

    key: str
    stored_at: datetime


class Storage(Protocol):
    """Bytes under keys like `owner/file/variant`, of letters, digits and slashes.

    Every method raises StorageUnavailable, or PyMongoError where MongoDB is the storage, while it can't be reached.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep the content under the key: whole or not at all, in the place of what was there."""

    def get(self, key: str, length: int | None = None) -> bytes:
        """The content, or its first `length` bytes.

        Raises:
            Missing: there is none.
        """

    def delete(self, prefix: str) -> None:
        """Remove all whose key begins with the prefix, and what uploads of it that never ended have left."""

    def entries(self, after: str, limit: int) -> list[Stored]:
        """The next entries in the order of their keys, those of uploads that never ended too; empty after the last."""


def current() -> Storage:
    """The back end of the current app, made when first used: API processes that handle no file never load it."""
    extensions = current_app.extensions
    if EXTENSION not in extensions:
        backend = import_module(f"{__name__}.{current_app.config['STORAGE_BACKEND']}")
        extensions[EXTENSION] = backend.open_storage(current_app.config["SETTINGS"])
    return cast(Storage, extensions[EXTENSION])
