"""Callers that keep asking while something breaks, and every answer they got."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from statistics import median, quantiles
from typing import Any

import requests

from tests.factories import PASSWORD, new_email

TIMEOUT_SECONDS = 30
NO_ANSWER = 0


@dataclass(frozen=True)
class Request:
    """What a caller asks; `path` begins with a slash, `key` is an Idempotency-Key."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True)
class Answer:
    """What came of a request; times are of the monotonic clock, status NO_ANSWER is a broken connection."""

    request: Request
    began: float
    ended: float
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began

    @property
    def data(self) -> Any:
        """What is inside the envelope."""
        return self.body["data"]


class Visitor:
    """Somebody with an account at an API process, signed in; threads may share one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.account = {"email": new_email(), "password": PASSWORD}
        self.headers: dict[str, str] = {}
        self._own = threading.local()
        assert self.ask(Request("POST", "/api/auth/register", self.account)).status == 201
        tokens = self.ask(Request("POST", "/api/auth/login", self.account)).data
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def ask(self, request: Request) -> Answer:
        """The answer on a connection that this thread keeps."""
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        began = time.monotonic()
        try:
            answer = self._own.session.request(
                request.method,
                self.address + request.path,
                json=request.body,
                headers=self.headers | ({"Idempotency-Key": request.key} if request.key else {}),
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            return Answer(request, began, time.monotonic(), NO_ANSWER, body=repr(error))
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        body = answer.json() if is_json else answer.text
        return Answer(request, began, time.monotonic(), answer.status_code, dict(answer.headers), body)

    def get(self, path: str) -> Answer:
        return self.ask(Request("GET", path))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        return self.ask(Request("POST", path, body))

    def everything(self) -> list[dict[str, Any]]:
        """All transactions of the visitor, page by page."""
        found: list[dict[str, Any]] = []
        for page in count(1):
            data = self.get(f"/api/transactions/?limit=100&page={page}").data
            found += data["transactions"]
            if not data["pagination"]["has_more"]:
                return found
        raise AssertionError("pages end")


class Load:
    """The answers so far of callers that are still asking, oldest first as they ended."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []  # list.append is atomic

    def with_status(self, *statuses: int) -> list[Answer]:
        """Those with one of the statuses."""
        return [answer for answer in self.answers if answer.status in statuses]

    def between(self, start: float, end: float) -> list[Answer]:
        """Those that were asked in this span of the monotonic clock."""
        return [answer for answer in self.answers if start <= answer.began < end]

    def created(self) -> list[str]:
        """The ids of what was accepted with 201 or 202."""
        return [answer.data["_id"] for answer in self.with_status(201, 202)]

    def longest_gap(self) -> float:
        """The longest time, in seconds, without any answer below 500."""
        served = sorted(answer.ended for answer in self.answers if NO_ANSWER < answer.status < 500)
        return max((later - earlier for earlier, later in pairwise(served)), default=0.0)


@contextmanager
def load(visitor: Visitor, what: Callable[[int], Request], callers: int = 4, pause: float = 0.02) -> Iterator[Load]:
    """Let several callers ask one request after another until the block ends.

    Args:
        visitor: who asks.
        what: the request with this number; numbers count up over all callers.
        callers: how many ask at the same time.
        pause: seconds between an answer and the caller's next request: people don't ask without a breath,
            and the machine of the tests has few cores.
    """
    running, numbers, over = Load(), count(), threading.Event()

    def call() -> None:
        while not over.wait(pause):
            running.answers.append(visitor.ask(what(next(numbers))))

    threads = [threading.Thread(target=call, daemon=True) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        over.set()
        for thread in threads:
            thread.join()


def manual(number: int) -> Request:
    """A manual transaction that can be told from all others by its description."""
    body = {"amount": 5, "category": "Other", "description": f"entry {number}"}
    return Request("POST", "/api/transactions/", body)


def sentence(number: int) -> Request:
    """An AI transaction of number + 1 in the visitor's own currency, which tells it from all others."""
    return Request("POST", "/api/transactions/", {"mode": "ai", "text": f"tea {number + 1}"})


def spread(answers: list[Answer]) -> tuple[float, float]:
    """Median and 95th percentile of how long the answers took, in seconds."""
    seconds = [answer.seconds for answer in answers]
    return median(seconds), quantiles(seconds, n=20)[-1]


def tell(record_property: Callable[[str, object], None], **figures: object) -> None:
    """A row of the table of faults, which every run prints at its end."""
    for name, value in figures.items():
        record_property(name.replace("_", " "), value)
