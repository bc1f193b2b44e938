"""A local retrieval service: remembers what it is posted, forgets what is withdrawn, and fails as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers with the stub's status."""

    server: "RagStub"

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._answer():
            self.server.documents[document["id"]] = document

    def do_DELETE(self) -> None:
        if self._answer():
            self.server.documents.pop(self.path.rpartition("/")[2], None)

    def do_GET(self) -> None:
        """Where a redirect would lead."""
        self._answer()

    def _answer(self) -> bool:
        stub = self.server
        stub.requests.append((self.command, self.path, self.headers.get("Authorization")))
        if stub.hangs:
            stub.released.wait(60)
        status = 422 if self.command in stub.refused else stub.status
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return status < 300

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class RagStub(ThreadingHTTPServer):
    """Listens on a free port; `documents` is what it knows, by id."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.documents: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str | None]] = []
        self.status = 200
        self.refused: set[str] = set()
        self.hangs = False
        self.released = threading.Event()

    @property
    def address(self) -> str:
        return f"http://reader:pass-word@127.0.0.1:{self.server_address[1]}/receipts"


@contextmanager
def rag_stub() -> Iterator[RagStub]:
    stub = RagStub()
    thread = threading.Thread(target=stub.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.released.set()
        stub.shutdown()
        stub.server_close()
        thread.join()
