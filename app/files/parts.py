"""Files that are too long for memory: written and read in parts, each sealed and stored by itself.

A part is bound to its owner, its file and its place; that none is missing at the end, the size in the row says.
"""

import hashlib
import io
import logging
from typing import Any, NoReturn

from bson import ObjectId

from app.core import clock
from app.files import blobs
from app.files.blobs import UnreadableFile
from app.services.storage import Missing

log = logging.getLogger(__name__)
Document = dict[str, Any]
PART_BYTES = 1024 * 1024


class Writer(io.RawIOBase):
    """A binary stream into parts; holds no more than one of them."""

    def __init__(self, owner: ObjectId, filename: str) -> None:
        self._owner, self._filename = owner, filename
        self.file_id = ObjectId()
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._parts = self._size = 0

    def writable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._size

    def write(self, content: Any, /) -> int:
        """Take bytes, and store each part that is full.

        Raises:
            StorageUnavailable, PyMongoError: the storage can't be reached.
        """
        view = memoryview(content).cast("B")
        self._digest.update(view)
        self._size += len(view)
        for begin in range(0, len(view), PART_BYTES):
            self._waiting += view[begin : begin + PART_BYTES]
            if len(self._waiting) >= PART_BYTES:
                self._store()
        return len(view)

    def finish(self) -> Document:
        """Store what is left; the subdocument that the file's row is to hold.

        {_id, filename, size (bytes), sha256 (hex), parts (how many), part_size (bytes), stored_at}

        Raises:
            StorageUnavailable, PyMongoError: the storage can't be reached.
        """
        if self._waiting:
            self._store()
        return {
            "_id": self.file_id,
            "filename": self._filename,
            "size": self._size,
            "sha256": self._digest.hexdigest(),
            "parts": self._parts,
            "part_size": PART_BYTES,
            "stored_at": clock.now(),
        }

    def _store(self) -> None:
        blobs.put(self._owner, self.file_id, blobs.part(self._parts), bytes(self._waiting[:PART_BYTES]))
        self._parts += 1
        del self._waiting[:PART_BYTES]


class Reader(io.RawIOBase):
    """A seekable binary stream out of parts; holds one of them."""

    def __init__(self, owner: ObjectId, file: Document) -> None:
        self._owner, self._file = owner, file
        self._position = 0
        self._number, self._part = -1, b""

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; beyond the end there is nothing to read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file["size"]}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the file")
        self._position = base + offset
        return self._position

    def readinto(self, target: Any, /) -> int:
        """Fill the target with what there is of one part.

        Raises:
            UnreadableFile: a part is damaged or gone.
            StorageUnavailable, PyMongoError: the storage can't be reached.
        """
        if self._position >= self._file["size"]:
            return 0
        number, offset = divmod(self._position, self._file["part_size"])
        view = memoryview(target).cast("B")
        found = self._load(number)[offset : offset + len(view)]
        view[: len(found)] = found
        self._position += len(found)
        return len(found)

    def _load(self, number: int) -> memoryview:
        if number != self._number:
            try:
                self._part = blobs.get(self._owner, self._file["_id"], blobs.part(number))
            except Missing:
                self._refuse(number, "is not in the storage")
            self._number = number
            begin = number * self._file["part_size"]
            if len(self._part) != min(self._file["part_size"], self._file["size"] - begin):
                self._refuse(number, "has not the length it had")
        return memoryview(self._part)

    def _refuse(self, number: int, why: str) -> NoReturn:
        log.error("part %d of file %s/%s %s", number, self._owner, self._file["_id"], why)
        raise UnreadableFile()
