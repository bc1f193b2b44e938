"""Redis killed and frozen under load: 503 at once, back by itself, nothing accepted is lost."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.celery_utils import QUEUES
from dev.servers import RedisServer, Server, Servers, embedded_servers
from tests.faults.conftest import server_of
from tests.faults.load import Answer, Load, Request, Visitor, load, manual, sentence
from tests.processes import Api, Background, Worker, beat, killed, stopped
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
AWAY_SECONDS, WATCHED_SECONDS = 2.5, 3.0
ANSWERED_SECONDS, RECOVERED_SECONDS = 1.0, 2.0
ACCEPTED_SECONDS = 2.0  # less than a broker is away: nobody waits until it is back
PROCESSED_SECONDS = 90
Failure = Callable[[Server], AbstractContextManager[None]]
every_failure = pytest.mark.parametrize("failure", [killed, stopped])


@dataclass(frozen=True)
class Stack:
    """Somebody at an API with a worker and beat, whose broker is a Redis of its own."""

    visitor: Visitor
    redis: Server
    broker: Server


@pytest.fixture(scope="module")
def broker(own_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with embedded_servers(tmp_path_factory.mktemp("broker"), mongo_uri=own_servers.mongo_uri) as running:
        yield running


@pytest.fixture(scope="module")
def stack(
    own_settings: dict[str, object],
    own_redis: Server,
    broker: Servers,
    directory: Path,
    keep: Callable[[Background], Background],
) -> Stack:
    settings = {**own_settings, "BROKER_URL": broker.redis_url}
    api, worker = Api("api", settings, directory), Worker("worker", QUEUES, settings, directory)
    for process in (api, worker, beat(settings, directory)):
        keep(process)
    api.await_ready(api.is_healthy)
    worker.await_ready(worker.is_ready)
    return Stack(Visitor(api.address), own_redis, server_of(broker, RedisServer))


def mixed(number: int) -> Request:
    """A list, a manual transaction and an AI transaction in turn."""
    return (Request("GET", "/api/transactions/"), manual(number), sentence(number))[number % 3]


@dataclass(frozen=True)
class Outage:
    """An outage under load: when it began and ended, on the monotonic clock."""

    running: Load
    began: float
    ended: float

    def during(self) -> list[Answer]:
        """What was asked and answered while Redis was away."""
        return [answer for answer in self.running.between(self.began, self.ended) if answer.ended < self.ended]

    def slack(self) -> float:
        """Seconds that this machine may take anyhow: the slowest answer before."""
        return max(answer.seconds for answer in self.running.between(0, self.began) if answer.ended < self.began)


def outage(stack: Stack, failure: Failure, *servers: Server) -> Outage:
    """Take servers away while somebody keeps asking, and give them back."""
    with load(stack.visitor, mixed, callers=6, pause=0.05) as running:
        wait_until(lambda: len(running.with_status(200, 201, 202)) >= 30, 30)
        with ExitStack() as away:
            for server in servers:
                away.enter_context(failure(server))
            began = time.monotonic()
            wait_until(lambda: time.monotonic() > began + AWAY_SECONDS)
            ended = time.monotonic()
        back = time.monotonic()
        wait_until(lambda: time.monotonic() > back + WATCHED_SECONDS)
    return Outage(running, began, ended)


def assert_all_there(stack: Stack, running: Load) -> float:
    """Whatever was accepted is there once, and is processed; the seconds that took."""
    began = time.monotonic()
    accepted = {answer.data["_id"]: answer.data for answer in running.with_status(201, 202)}
    found = wait_until(lambda: settled(stack.visitor, accepted), PROCESSED_SECONDS, every=0.5)
    assert Counter(found) == Counter(accepted.keys()), "none lost, none doubled"
    return time.monotonic() - began


def settled(visitor: Visitor, accepted: dict[str, object]) -> list[str]:
    """The ids of all accepted ones that are in the list, once each of them is completed."""
    mine = [entry for entry in visitor.everything() if entry["_id"] in accepted]
    return [entry["_id"] for entry in mine] if {entry["status"] for entry in mine} == {"completed"} else []


@every_failure
def test_redis_away(stack: Stack, failure: Failure, record_property: Callable[[str, object], None]) -> None:
    outcome = outage(stack, failure, stack.redis, stack.broker)
    during, slack = outcome.during(), outcome.slack()
    assert len(during) > 30
    assert {answer.status for answer in during} == {503}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in during)
    slowest = max(answer.seconds for answer in outcome.running.with_status(503))  # those caught under way, too
    served = [answer for answer in outcome.running.with_status(200, 201, 202) if answer.began > outcome.ended]
    recovered = min(answer.ended for answer in served) - outcome.ended
    late = outcome.running.between(outcome.ended + RECOVERED_SECONDS + slack, float("inf"))
    record_property("slowest 503 in seconds", round(slowest, 2))
    record_property("served again after seconds", round(recovered, 2))
    record_property("slowest before", round(slack, 2))
    record_property("processed after seconds", round(assert_all_there(stack, outcome.running), 1))
    assert slowest < ANSWERED_SECONDS + slack
    assert recovered < RECOVERED_SECONDS + slack
    assert {answer.status for answer in late} <= {200, 201, 202}


@every_failure
def test_broker_away(stack: Stack, failure: Failure, record_property: Callable[[str, object], None]) -> None:
    outcome = outage(stack, failure, stack.broker)
    assert {answer.status for answer in outcome.running.answers} == {200, 201, 202}
    slowest, slack = max(answer.seconds for answer in outcome.running.answers), outcome.slack()
    record_property("slowest answer in seconds", round(slowest, 2))
    record_property("slowest before", round(slack, 2))
    record_property("processed after seconds", round(assert_all_there(stack, outcome.running), 1))
    assert slowest < ACCEPTED_SECONDS + slack
