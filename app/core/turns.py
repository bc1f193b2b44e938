"""Heavy work inside a request: a few at a time in each process, so that others are answered meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from bson import ObjectId

from app.core.errors import Unavailable


class Turns:
    """So many at a time; whoever comes when all are taken waits for a while, then is told to come again."""

    def __init__(
        self, at_once: int, busy: type[Unavailable], patience_seconds: float = 0, most_waiting: int | None = None
    ) -> None:
        """`most_waiting`: as each who waits keeps a thread of the process from all others."""
        self.patience_seconds = patience_seconds
        self._busy = busy
        self._places = BoundedSemaphore(at_once)
        self._most = None if most_waiting is None else at_once + most_waiting
        self._door, self._in_line = Lock(), list[ObjectId | None]()

    @contextmanager
    def taken(self, owner: ObjectId | None = None) -> Iterator[None]:
        """Around the work.

        Args:
            owner: who has one place at most, and waits for none meanwhile.

        Raises:
            Unavailable: (of the given kind) all are still taken, too many wait, or it is the owner's second.
        """
        self._enter(owner)
        try:
            if not self._places.acquire(timeout=self.patience_seconds):
                raise self._busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._door:
                self._in_line.remove(owner)

    def _enter(self, owner: ObjectId | None) -> None:
        with self._door:
            full = self._most is not None and len(self._in_line) >= self._most
            if full or (owner is not None and owner in self._in_line):
                raise self._busy()
            self._in_line.append(owner)
