"""The variants of a file, sealed under its owner, its id and their own name, so that none passes for another.

A file that is too long to be held whole in memory is stored in parts instead, which are as much variants of it.
"""

import logging
import re
from typing import Literal

from bson import ObjectId
from flask import current_app

from app.core.errors import AppError
from app.services import storage
from app.services.storage import sealing

log = logging.getLogger(__name__)
Variant = Literal["original", "thumb", "view"]
Name = str  # a Variant, or a part
KEY = re.compile(r"([0-9a-f]{24})/([0-9a-f]{24})/\w+")  # owner, file, variant: whatever else lies there is not ours


class UnreadableFile(AppError):
    """500: what is stored is damaged, gone, or sealed with a key that isn't there."""

    code, message = "unreadable_file", "This file is damaged and can't be read."


def put(owner: ObjectId, file_id: ObjectId, variant: Name, content: bytes) -> None:
    """Store a variant, in the place of what was there.

    Raises:
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    key = _key(owner, file_id, variant)
    storage.current().put(key, sealing.seal(_keys(), key, content))


def get(owner: ObjectId, file_id: ObjectId, variant: Name) -> bytes:
    """A stored variant.

    Raises:
        Missing: there is none.
        UnreadableFile: it can't be opened; the log says why.
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    key = _key(owner, file_id, variant)
    try:
        return sealing.unseal(_keys(), key, storage.current().get(key))
    except sealing.Unopenable as error:
        log.error("file %s can't be opened: %s", key, error)
        raise UnreadableFile() from None


def reseal(key: str) -> bool:
    """Seal what is stored under the key anew with the first of the keys; False if it is so already, or gone.

    Raises:
        Unopenable: it can't be opened.
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    stored, keys = storage.current(), _keys()
    try:
        if sealing.key_of(stored.get(key, sealing.LONGEST_PREFIX)) == next(iter(keys)):
            return False
        stored.put(key, sealing.seal(keys, key, sealing.unseal(keys, key, stored.get(key))))
    except storage.Missing:
        return False
    return True


def remove(owner: ObjectId, file_id: ObjectId | None = None) -> None:
    """Remove all variants of a file, or all files of the owner; doing it again changes nothing.

    Raises:
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    storage.current().delete(f"{owner}/{file_id}/" if file_id else f"{owner}/")


def part(number: int) -> str:
    """The name of a part, counted from 0."""
    return f"part{number:06}"


def _key(owner: ObjectId, file_id: ObjectId, variant: Name) -> str:
    return f"{owner}/{file_id}/{variant}"


def _keys() -> dict[str, bytes]:
    keys: dict[str, bytes] = current_app.config["SETTINGS"].file_keys
    return keys
