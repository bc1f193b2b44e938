"""One readable stream out of many logs: each line with the name of its process in front, coloured on a terminal."""

import os
import queue
import threading
import time
from collections import defaultdict, deque
from contextlib import suppress
from functools import partial
from typing import IO

COLOURS = (36, 33, 35, 32, 34)  # ANSI: cyan, yellow, magenta, green, blue
NAME_WIDTH = 8
LINE_LIMIT = 64 * 1024
FLUSH_SECONDS = 0.5


class Console:
    """Writes lines to standard output from a thread of its own.

    A terminal or pipe that takes no more lines then holds up neither the processes
    that log nor the end of the stack: what doesn't fit in the queue is dropped.
    """

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._coloured = os.isatty(descriptor) and "NO_COLOR" not in os.environ
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=10_000)
        self._names: list[str] = []
        self._readers: dict[str, threading.Thread] = {}
        self._last: defaultdict[str, deque[str]] = defaultdict(partial(deque, maxlen=20))
        threading.Thread(target=self._write, daemon=True).start()

    def say(self, text: str) -> None:
        """Print a message of the stack itself."""
        for line in text.splitlines():
            self._put(b"%s | %s\n" % ("stack".ljust(NAME_WIDTH).encode(), line.encode()))

    def follow(self, name: str, output: IO[bytes]) -> None:
        """Print what a process writes, until it closes its output."""
        self._names.append(name)
        self._readers[name] = threading.Thread(target=self._read, args=(name, output), daemon=True)
        self._readers[name].start()

    def last_lines(self, name: str) -> str:
        """The last lines of a process that has ended."""
        self._readers[name].join(FLUSH_SECONDS)
        return "\n".join(self._last[name])

    def close(self) -> None:
        """Wait a moment for what is still to be printed."""
        deadline = time.monotonic() + FLUSH_SECONDS
        while self._lines.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.01)

    def _read(self, name: str, output: IO[bytes]) -> None:
        prefix = name.ljust(NAME_WIDTH) + " | "
        if self._coloured:
            prefix = f"\033[{COLOURS[self._names.index(name) % len(COLOURS)]}m{prefix}\033[0m"
        for line in iter(partial(output.readline, LINE_LIMIT), b""):
            self._last[name].append(line.decode(errors="replace").rstrip())
            self._put(prefix.encode() + line.rstrip(b"\r\n") + b"\n")

    def _put(self, line: bytes) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            # Nobody may be reading any more; the stack goes on without. And not through sys.stdout:
            # its lock, held by a blocked write, would keep the interpreter from exiting.
            with suppress(OSError):
                while line:
                    line = line[os.write(self._descriptor, line) :]
            self._lines.task_done()
