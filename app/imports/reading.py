"""Opening what was sent: statements by their readers, this service's own exports by what wrote them."""

import io
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, cast

from app.core import clock
from app.imports.rows import Record
from app.models.users import User
from app.services import statements
from app.services.statements import Format, Options
from app.transactions import portable_service

Document = dict[str, Any]
BEAT_SECONDS = 5.0
OWN = "This is an export of this service: its rows are stored as they were."


class Statement(NamedTuple):
    """What a file holds, like the statements of banks; with rows of our own exports, too."""

    format: Format
    entries: Iterator[Record]
    total: int | None
    notes: list[str]


def opened(stream: BinaryIO, job: Document) -> Statement:
    """The records of a file, from its first; `job` is the import's document, which says how to read it.

    Raises:
        Unreadable: the file can't be read as a whole; also while its records are asked for.
    """
    options, found = job["options"], statements.detect(stream)
    if found in ("json", "own_csv"):
        rows = portable_service.read_json if found == "json" else portable_service.read_csv
        return Statement(found, rows(stream, user_of(job), options["currency"]), None, [OWN])
    # Of the day it came, however often it is read.
    today = clock.local_day(job["created_at"], job["timezone"])
    mapping = dict(options["mapping"]) if options["mapping"] else None
    read = statements.read(stream, Options(mapping, options["currency"], options["date_format"], today))
    return Statement(*read)


def user_of(job: Document) -> User:
    """What has to be known of the owner to read a file, as it was when the file came."""
    return cast(User, {"_id": job["user_id"], "currency": job["currency"], "timezone": job["timezone"]})


class TakesLong(Exception):
    """A file isn't read in the time there is for it."""


def within(stream: BinaryIO, seconds: float) -> BinaryIO:
    """A stream that may be read for so long, in this thread's time on the processor; TakesLong ends it."""

    def end() -> None:
        raise TakesLong

    return cast(BinaryIO, io.BufferedReader(Watched(stream, end, seconds, time.thread_time)))


class Watched(io.RawIOBase):
    """A seekable stream that tells, now and then while it is read, that it still is."""

    def __init__(
        self,
        stream: BinaryIO,
        beat: Callable[[], object],
        seconds: float = BEAT_SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`beat` may raise to end the reading; `seconds` of the timer are between two of them."""
        self._stream, self._beat, self._seconds, self._timer = stream, beat, seconds, timer
        self._beaten = timer()

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of the stream."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """As of the stream."""
        return self._stream.tell()

    def readinto(self, target: Any, /) -> int:
        """As of the stream, with a beat when the last one is some seconds ago."""
        if self._timer() - self._beaten > self._seconds:
            self._beat()
            self._beaten = self._timer()
        found = self._stream.read(len(target))
        target[: len(found)] = found
        return len(found)
