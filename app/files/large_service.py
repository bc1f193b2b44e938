"""What the features that own long files do with them: write and read them as streams, at the memory of a part.

Such a file belongs to its row like any other: `discard` removes it, the sweep and erasure too.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError

from app.core.freshness import REFUSED
from app.files import service
from app.files.blobs import UnreadableFile
from app.files.parts import PART_BYTES, Reader, Writer

__all__ = ["PART_BYTES", "UnreadableFile", "Writer", "reading", "writing"]
Document = dict[str, Any]


@contextmanager
def writing(owner: ObjectId, filename: str) -> Iterator[Writer]:
    """Around the writing of a file and of its row: `write`, then `finish()` gives what the row is to hold.

    If either fails the parts are removed at once. Where MongoDB's answer is lost, the row may be there: then only the
    sweep can tell. Writing that may take the better part of an hour needs a row with the file's `file_id` before, or
    the sweep takes its parts for abandoned ones.

    Raises:
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    writer = Writer(owner, filename)
    try:
        yield writer
    except BaseException as error:
        if not isinstance(error, PyMongoError) or isinstance(error, REFUSED):
            service.remove(owner, writer.file_id)
        raise


def reading(owner: ObjectId, file: Document) -> io.BufferedReader:
    """A seekable stream of what was written; reading raises UnreadableFile where a part is damaged or gone.

    It checks each part, and that all are there.
    """
    return io.BufferedReader(Reader(owner, file))
