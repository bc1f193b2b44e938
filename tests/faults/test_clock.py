"""The clock of the API, of the worker or of both is set by an hour: at most one has to sign in again."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest
import redis
import requests

from dev import commands
from dev.servers import Servers
from tests.faults.load import Answer, Request, Visitor, load, manual, sentence, tell
from tests.processes import Api, Background, beat
from tests.tools import library
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
LIBRARY = "*/faketime/libfaketimeMT.so.1"
HOUR = 3600
SWEEP_AND_LEASE_SECONDS = 5 + 28
MARGIN_SECONDS = 15  # for reading, and for a machine with other things to do
ENTRIES = 12
# With the monotonic clock left true, the library's clock_nanosleep refuses every sleep of Python's with EINVAL.
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"


class Clock:
    """The wall clock of some processes; the monotonic one stays true, as with a real step."""

    def __init__(self, path: Path) -> None:
        self._path = path
        (path.parent / "sitecustomize.py").write_text(SLEEP)
        self.environment = {
            "PYTHONPATH": path.parent,
            "LD_PRELOAD": library(LIBRARY, "faketime"),
            "FAKETIME_TIMESTAMP_FILE": path,
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(0)

    def set(self, seconds: int) -> None:
        """So many seconds ahead of the true time."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}")
        fresh.replace(self._path)


class Returning(Visitor):
    """Signs in again when a token is refused, as the front end does."""

    def __init__(self, address: str) -> None:
        self.signed_in_again = 0
        self._lock = threading.Lock()
        super().__init__(address)

    def ask(self, request: Request) -> Answer:
        headers = self.headers
        answer = super().ask(request)
        if answer.status != 401:
            return answer
        with self._lock:
            if self.headers is headers:
                tokens = super().ask(Request("POST", "/api/auth/login", self.account)).data
                self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
                self.signed_in_again += 1
        return super().ask(request)


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clock]:
    directory = tmp_path_factory.mktemp("clocks")
    return {name: Clock(directory / name) for name in ("api", "worker")}


@pytest.fixture(scope="module")
def api(
    own_settings: dict[str, object], clocks: dict[str, Clock], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    running = Api("api", {**own_settings, **clocks["api"].environment}, tmp_path_factory.mktemp("api"))
    running.await_ready(running.is_healthy)
    yield running
    running.end()


@pytest.fixture(scope="module")
def worker(
    own_settings: dict[str, object], clocks: dict[str, Clock], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Background]:
    """For all queues; the clock of the sweeps is a process of its own, which outlives it."""
    settings = {**own_settings, **clocks["worker"].environment}
    directory = tmp_path_factory.mktemp("worker")
    command = [*commands.celery(), "worker", "--pool", "threads", "--concurrency", "16", "--without-mingle"]
    running = Background("worker", [*command, "--without-gossip"], settings, directory)
    sweeps = beat(settings, directory)
    yield running
    running.end()
    sweeps.end()


@pytest.fixture
def step(api: Api, clocks: dict[str, Clock]) -> Iterator[Callable[[int, tuple[str, ...]], None]]:
    """Set clocks: step(3600, ("api", "worker")); waits until the API, if it is among them, goes by it."""

    def to(seconds: int, whose: tuple[str, ...]) -> None:
        for name in whose:
            clocks[name].set(seconds)
        if "api" in whose:
            wait_until(lambda: abs(ahead(api) - seconds) < HOUR / 2)

    yield to
    to(0, ("api", "worker"))


def ahead(api: Api) -> float:
    """By how many seconds, as its answers tell."""
    date = requests.get(f"{api.address}/health/live", timeout=10).headers["Date"]
    return parsedate_to_datetime(date).timestamp() - time.time()


def mixed(number: int) -> Request:
    return sentence(number) if number % 2 else manual(number)


def settled(visitor: Visitor, accepted: list[Answer]) -> list[Any] | None:
    """The entries as they are now, once none is processing."""
    entries = [visitor.get(f"/api/transactions/{answer.data['_id']}").data for answer in accepted]
    return entries if all(entry["status"] != "processing" for entry in entries) else None


def await_accepted(running: Any, more: int) -> None:
    accepted = len(running.created())
    wait_until(lambda: len(running.created()) >= accepted + more, seconds=60)


@pytest.mark.parametrize("whose", [("api", "worker"), ("api",), ("worker",)], ids="+".join)
@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids="{:+d} s".format)
def test_a_step_loses_and_doubles_nothing(
    api: Api,
    worker: Background,
    step: Callable[..., None],
    whose: tuple[str, ...],
    seconds: int,
    record_property: Callable[[str, object], None],
) -> None:
    visitor = Returning(api.address)
    with load(visitor, mixed, callers=3, pause=0.1) as running:
        await_accepted(running, ENTRIES)
        step(seconds, whose)
        await_accepted(running, ENTRIES)
    entries = wait_until(lambda: settled(visitor, running.answers), SWEEP_AND_LEASE_SECONDS + MARGIN_SECONDS, every=0.5)

    assert {answer.status for answer in running.answers} == {201, 202}
    assert {entry["status"] for entry in entries} == {"completed"}
    for answer, entry in zip(running.answers, entries, strict=True):
        number = int(answer.request.body["text"].split()[1]) if "text" in answer.request.body else 5
        assert entry["amount"] == number
    total = visitor.get("/api/transactions/?limit=1").data["pagination"]["total"]
    assert total == len(running.answers)
    tell(
        record_property,
        accepted=total,
        signed_in_again=visitor.signed_in_again,
    )


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids="{:+d} s".format)
def test_what_a_dead_worker_had_in_hand_is_handed_out_in_spite_of_a_step(
    api: Api, worker: Background, own_servers: Servers, step: Callable[..., None], seconds: int
) -> None:
    """With the messages gone as well, only the sweep knows of the entries, and only by the clock."""
    visitor = Returning(api.address)
    worker.kill()
    accepted = [visitor.ask(sentence(number)) for number in range(ENTRIES)]
    with redis.Redis.from_url(own_servers.redis_url) as queues:
        assert queues.delete("ai") == 1
    step(seconds, ("api", "worker"))
    worker.launch()
    within = SWEEP_AND_LEASE_SECONDS + MARGIN_SECONDS
    entries = wait_until(lambda: settled(visitor, accepted), within, every=0.5)
    assert sorted(entry["amount"] for entry in entries) == list(range(1, ENTRIES + 1))


def test_after_a_step_back_one_can_sign_in_and_out_and_reset_a_password(
    api: Api, own_servers: Servers, step: Callable[..., None]
) -> None:
    visitor = Returning(api.address)
    with pymongo.MongoClient(own_servers.mongo_uri) as client:
        accounts = client.get_default_database().users
        voided = {"$currentDate": {"tokens_valid_after": True}}  # as a reset of the password just before it does
        accounts.update_one({"email": visitor.account["email"]}, voided)
    step(-HOUR, ("api",))
    tokens = visitor.post("/api/auth/login", visitor.account).data
    visitor.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert visitor.get("/api/auth/profile").status == 200
    assert any(session["current"] for session in visitor.get("/api/auth/sessions").data["sessions"])
    assert visitor.post("/api/auth/forgot-password", {"email": visitor.account["email"]}).status == 200
    assert visitor.post("/api/auth/logout").status == 200
    assert visitor.get("/api/auth/profile").status == 200, "signed in again"


def test_limits_come_back_after_a_step_back(
    own_settings: dict[str, object], clocks: dict[str, Clock], step: Callable[..., None], tmp_path: Path
) -> None:
    """What was counted before lies in the future; it expires by Redis' own clock."""
    limits = {"RATELIMIT_LOGIN_ACCOUNT": "3 per 2 seconds"}
    strict = Api("strict", {**own_settings, **clocks["api"].environment, **limits}, tmp_path)
    try:
        strict.await_ready(strict.is_healthy)
        visitor = Visitor(strict.address)
        tries = (visitor.post("/api/auth/login", visitor.account).status for _ in itertools.count())
        assert 429 in itertools.islice(tries, 5)
        step(-HOUR, ("api",))
        wait_until(lambda: next(tries) == 200)
    finally:
        strict.end()
