"""Log lines written together from one thread, so that no request waits for a disk, a pipe or another process' lock."""

import logging
import os
import threading
import time
import weakref
from collections import deque
from logging import Handler, LogRecord
from typing import Any

EVERY_SECONDS = 0.1
MOST_LINES = 10_000  # that wait while nobody reads the console; older ones are lost
OWN_LINE = logging.Formatter("%(message)s")


class BatchHandler(Handler):
    """Formats a record at once and hands it to its targets within EVERY_SECONDS; from WARNING on, at once.

    A process that is killed takes the lines of that time with it; one that ends writes them.
    """

    def __init__(self, targets: list[Handler]) -> None:
        super().__init__()
        self._targets = targets
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._writing = threading.Lock()
        for target in targets:
            target.setFormatter(OWN_LINE)
        self._start()
        handlers.add(self)

    def _start(self) -> None:
        self._waiting = threading.Event()
        threading.Thread(target=self._write_batches, args=[self._waiting], name="logs", daemon=True).start()

    def restart(self) -> None:
        """In a forked child, which has neither the parent's thread nor any business with its lines."""
        self._lines.clear()
        self._writing = threading.Lock()
        self._start()

    def emit(self, record: LogRecord) -> None:
        """Take a record."""
        try:
            self._lines.append(self.format(record))
        except Exception:  # as the standard handlers do: a wrong log call must not fail a request
            self.handleError(record)
        if record.levelno >= logging.WARNING:
            self.flush()
        elif not self._waiting.is_set():
            self._waiting.set()

    def _write_batches(self, waiting: threading.Event) -> None:
        while waiting.wait():
            time.sleep(EVERY_SECONDS)
            waiting.clear()
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        with self._writing:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            if lines:
                batch = logging.makeLogRecord({"msg": "\n".join(lines)})
                for target in self._targets:
                    target.handle(batch)

    def close(self) -> None:
        """Write what is waiting and close the targets."""
        self.flush()
        for target in self._targets:
            target.close()
        super().close()


handlers: weakref.WeakSet[Any] = weakref.WeakSet()
os.register_at_fork(after_in_child=lambda: [handler.restart() for handler in list(handlers)])
