"""A local retrieval service: remembers what it is posted, forgets what is withdrawn, and fails as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.stubs import Stub, serving


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


class RagStub(Stub):
    """Listens on a free port; `documents` is what it knows, by id."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.documents: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str | None]] = []
        self.status = 200
        self.refused: set[str] = set()
        self.hangs = False

    @property
    def address(self) -> str:
        return f"http://reader:pass-word@127.0.0.1:{self.server_address[1]}/receipts"


@contextmanager
def rag_stub() -> Iterator[RagStub]:
    with serving(RagStub()) as stub:
        yield stub
