"""A stand-in for an instance of the API that does what the real one never should, and remembers what it was asked."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"


class Upstream(socketserver.ThreadingUnixStreamServer):
    """By path: /dies hangs up on a request it has read, /hangs never answers, /ws/ sends back what it gets."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.asked: list[tuple[str, Message]] = []
        self.ending = threading.Event()
        self.open: set[socket.socket] = set()
        super().__init__(str(path), Handler)

    def lines(self) -> list[str]:
        """The request lines, without the version."""
        return [line for line, _ in self.asked]


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    server: Upstream

    def handle(self) -> None:
        """Requests until one ends the connection."""
        self.server.open.add(self.request)
        while line := self.rfile.readline().decode().strip():
            headers = BytesParser().parsebytes(b"".join(iter(self.rfile.readline, b"\r\n")))
            self.rfile.read(int(headers["Content-Length"] or 0))
            self.server.asked.append((line.removesuffix(" HTTP/1.1"), headers))
            if not self.answer(line.split(" ")[1], headers):
                return

    def finish(self) -> None:
        """Nothing waits for it any more."""
        self.server.open.discard(self.request)
        super().finish()

    def answer(self, path: str, headers: Message) -> bool:
        """Whether the connection goes on."""
        if path == "/hangs":
            self.server.ending.wait()
        elif path.startswith("/ws/") and headers["Upgrade"] == "websocket":
            self.wfile.write(SWITCHED)
            while received := self.request.recv(1000):
                self.wfile.write(received)
        elif path != "/dies":
            self.wfile.write(OK)
            return True
        return False


@contextmanager
def listening(path: Path) -> Iterator[Upstream]:
    """An upstream that listens on a socket during the block; afterwards its name is gone."""
    with Upstream(path) as upstream:
        thread = threading.Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield upstream
        finally:
            path.unlink()
            upstream.ending.set()
            upstream.shutdown()
            for connection in list(upstream.open):
                with suppress(OSError):  # ended meanwhile
                    connection.shutdown(socket.SHUT_RDWR)
            thread.join()
