"""A local server that speaks the part of Gemini's REST protocol we use (models/*:generateContent)."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.stubs import Stub, serving

Reply = Callable[["Handler"], None]
# What it says of the drawing GROCERIES.
ANSWER: dict[str, Any] = {
    "merchant_name": "Corner Grocery",
    "total_amount": 9.35,
    "transaction_date": "2026-02-14",
    "currency": "EUR",
    "subtotal": 8.5,
    "tax": 0.85,
    "payment_method": "cash",
    "category": "Groceries",
    "items": [
        {"name": "Milk", "quantity": 2, "unit_price": 1.5, "total_price": 3},
        {"name": "Bread", "total_price": 2.4},
        {"name": "Apples", "total_price": 3.1},
    ],
    "text": "CORNER GROCERY\nTOTAL 9.35",
}


class Handler(BaseHTTPRequestHandler):
    """Answers as the stub's `reply` says."""

    server: "GeminiStub"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({"path": self.path, "key": self.headers.get("x-goog-api-key"), "body": body})
        try:
            self.server.reply_to(body)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, status: int, payload: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload) if length is None else length))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class GeminiStub(Stub):
    """Listens on a free port; `replies` maps a word of the prompt to how it is answered."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.requests: list[dict[str, Any]] = []
        self.replies: dict[str, Reply] = {}

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply_to(self, body: dict[str, Any]) -> Reply:
        prompt = json.dumps(body["contents"], ensure_ascii=False)
        return next(reply for word, reply in self.replies.items() if word in prompt)

    def asked(self, word: str) -> int:
        """How many requests had the word in their prompt."""
        return sum(word in json.dumps(request["body"]["contents"]) for request in self.requests)

    def shown(self) -> list[tuple[str, bytes]]:
        """The pictures and PDFs of all requests: content type and content."""
        parts = [part for request in self.requests for part in request["body"]["contents"][0]["parts"]]
        shown = [part["inlineData"] for part in parts if "inlineData" in part]
        return [(data["mimeType"], base64.b64decode(data["data"], validate=True)) for data in shown]


def candidate(text: str) -> bytes:
    part = {"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP", "index": 0}
    return json.dumps({"candidates": [part], "usageMetadata": {"totalTokenCount": 9}}).encode()


def good(**answer: Any) -> Reply:
    return lambda handler: handler.send(200, candidate(json.dumps(answer)))


def raw(text: str) -> Reply:
    """Answer with a candidate whose text is not what was asked for."""
    return lambda handler: handler.send(200, candidate(text))


def error(status: int, name: str) -> Reply:
    payload = json.dumps({"error": {"code": status, "message": "no", "status": name}}).encode()
    return lambda handler: handler.send(status, payload)


def garbage(payload: bytes) -> Reply:
    return lambda handler: handler.send(200, payload)


def hang(handler: Handler) -> None:
    """Accept and say nothing until the test is over."""
    handler.server.released.wait(60)


def drip(handler: Handler) -> None:
    """Send a byte now and then, for ever: no read of it ever times out."""
    handler.send(200, b"{", length=10_000)
    while not handler.server.released.wait(0.2):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def in_turn(*replies: Reply) -> Reply:
    """The first reply, then the second, and so on; the last one for good."""
    pending = list(replies)
    return lambda handler: (pending.pop(0) if len(pending) > 1 else pending[0])(handler)  # noqa: PLW0108 -- pops per call


@contextmanager
def gemini_stub() -> Iterator[GeminiStub]:
    with serving(GeminiStub()) as stub:
        yield stub
