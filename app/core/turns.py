"""Heavy work inside a request: a few at a time in each process, so that others are answered meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from app.core.errors import Unavailable


class Turns:
    """So many at a time; whoever comes when all are taken waits for a while, then is told to come again."""

    def __init__(self, at_once: int, busy: type[Unavailable], patience_seconds: float = 0) -> None:
        self.patience_seconds = patience_seconds
        self._busy = busy
        self._places = BoundedSemaphore(at_once)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Around the work.

        Raises:
            Unavailable: (of the given kind) all are still taken.
        """
        if not self._places.acquire(timeout=self.patience_seconds):
            raise self._busy()
        try:
            yield
        finally:
            self._places.release()
