"""Known outages: while MongoDB or Redis is down, one request tries whether it is back and all others answer at once.

A circuit breaker (Nygard, "Release It!"): without it every request would wait for its own time-out, and those
behind it for a free thread, until even /health is late.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from app.core.errors import AppError, Unavailable, is_outage

T = TypeVar("T")
FAILURES = 3  # in a row; one may be a connection that had gone stale
PAUSE_SECONDS = 0.5
PROBE_SECONDS = 5.0  # a probe that has not come back by then is given up


class Breaker:
    """Counts failures in a row, and is open from the third on until an answer succeeds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._next_probe = 0.0

    def run(self, action: Callable[[], T]) -> T:
        """Do something that needs MongoDB or Redis.

        Raises:
            Unavailable: one of them is known to be down, and another request is finding out whether it still is.
        """
        self._admit()
        try:
            result = action()
        except Exception as error:
            if is_outage(error) or isinstance(error, Unavailable):
                self._failed()
            elif isinstance(error, AppError):
                self._failures = 0
            raise
        self._failures = 0
        return result

    def _admit(self) -> None:
        if self._failures < FAILURES:
            return
        with self._lock:
            if time.monotonic() < self._next_probe:
                raise Unavailable()
            self._next_probe = time.monotonic() + PROBE_SECONDS

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._next_probe = time.monotonic() + PAUSE_SECONDS


breaker = Breaker()
