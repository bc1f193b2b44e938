"""A line to a server that is slow, or on which nothing comes through any more."""

import socket
import threading
from contextlib import ExitStack, suppress
from typing import Self
from urllib.parse import urlsplit

PIECE = 32 * 1024


class Line:
    """A relay on 127.0.0.1 to the server of a URI; each connection passes so many bytes a second each way."""

    def __init__(self, uri: str, bytes_per_second: float = float("inf")) -> None:
        there = urlsplit(uri)
        self._there = (there.hostname or "", there.port or 0)
        self._pause = PIECE / bytes_per_second
        self._passes = threading.Event()
        self._passes.set()
        self._closed = threading.Event()
        self._open = ExitStack()
        self._listening = self._open.enter_context(socket.create_server(("127.0.0.1", 0)))
        here = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.uri = uri.replace(there.netloc.rpartition("@")[2], here)

    def hang(self) -> None:
        """From now on nothing passes; connections stay open and new ones are taken."""
        self._passes.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._open.close()
        self._passes.set()
        self._closed.set()

    def _take(self) -> None:
        with suppress(OSError):  # of a line that was closed
            while True:
                near = self._open.enter_context(self._listening.accept()[0])
                far = self._open.enter_context(socket.create_connection(self._there))
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # of a connection that was closed
            while piece := source.recv(PIECE):
                self._passes.wait()
                target.sendall(piece)
                self._closed.wait(self._pause * len(piece) / PIECE)
            target.shutdown(socket.SHUT_WR)
