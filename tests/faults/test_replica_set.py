"""A replica set whose members are killed under load: what was confirmed stays, and trying again doubles nothing."""

import threading
from collections.abc import Callable, Iterator

import pymongo
import pytest
from pymongo.read_concern import ReadConcern

from dev.servers import embedded_servers
from tests.faults.load import NO_ANSWER, Answer, Load, Request, Visitor, load, manual, spread, tell
from tests.faults.replica_set import ReplicaSet, replica_set
from tests.processes import Api
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
CALLERS, PAUSE = 6, 0.02
BETWEEN_TRIES_SECONDS = 0.2  # sooner than Retry-After asks for, as impatient clients do
HARDLY_SECONDS = 8  # less than an election takes
ELECTION_SECONDS = 60  # for waiting, not a promise: the default settings take some 12 s


class Patient(Visitor):
    """Sends a request that was refused, or whose answer was lost, again under the same key until it is accepted."""

    def __init__(self, address: str) -> None:
        self.refusals: list[Answer] = []
        super().__init__(address)

    def ask(self, request: Request) -> Answer:
        while (answer := super().ask(request)).status in (503, 409, NO_ANSWER):
            self.refusals.append(answer)
            threading.Event().wait(BETWEEN_TRIES_SECONDS)
        return answer


def keyed(number: int) -> Request:
    entry = manual(number)
    return Request(entry.method, entry.path, entry.body, key=f"entry {number}")


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    with replica_set(tmp_path_factory.mktemp("replica-set")) as running:
        yield running


@pytest.fixture(scope="module")
def api(members: ReplicaSet, settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API configured as for production: nothing but MONGO_URI says that there are three members."""
    directory = tmp_path_factory.mktemp("api")
    with embedded_servers(directory, mongo_uri=members.uri) as servers:
        urls = {"MONGO_URI": members.uri, "REDIS_URL": servers.redis_url, "BROKER_URL": ""}
        running = Api("api", {**settings, **urls, "LOG_DIR": directory, "WEB_CONCURRENCY": 2}, directory)
        running.await_ready(running.is_healthy)
        yield running
        running.end()


def descriptions(members: ReplicaSet, visitor: Visitor) -> list[str]:
    """Of all that is stored for good: acknowledged by a majority."""
    with pymongo.MongoClient(members.uri) as client:
        database = client.get_default_database(read_concern=ReadConcern("majority"))
        owner = database.users.find_one({"email": visitor.account["email"]})
        assert owner is not None
        return [entry["description"] for entry in database.transactions.find({"user_id": owner["_id"]})]


def await_more(running: Load) -> None:
    created = len(running.created())
    wait_until(lambda: len(running.created()) > created + 5 * CALLERS, ELECTION_SECONDS)


def test_a_killed_secondary_is_hardly_noticed(
    api: Api, members: ReplicaSet, record_property: Callable[[str, object], None]
) -> None:
    """A majority is left; at worst a write that was under way has to be sent again."""
    visitor = Patient(api.address)
    with load(visitor, keyed, CALLERS, PAUSE) as running:
        for victim in members.secondaries():
            await_more(running)
            victim.kill()
            await_more(running)
            await_more(running)
            victim.start_again()
            members.await_members()
    tell(record_property, confirmed=len(running.created()), longest_gap=f"{running.longest_gap():.1f} s")
    assert {answer.status for answer in running.answers} == {201}
    assert running.longest_gap() < HARDLY_SECONDS
    assert sorted(descriptions(members, visitor)) == sorted(answer.data["description"] for answer in running.answers)


def test_a_killed_primary_loses_and_doubles_nothing(
    api: Api, members: ReplicaSet, record_property: Callable[[str, object], None]
) -> None:
    visitor = Patient(api.address)
    with load(visitor, keyed, CALLERS, PAUSE) as running:
        await_more(running)
        victim = members.primary()
        victim.kill()
        await_more(running)
    victim.start_again()
    members.await_members()
    assert {answer.status for answer in running.answers} == {201}
    confirmed = [answer.data["description"] for answer in running.answers]
    stored = descriptions(members, visitor)
    tell(
        record_property,
        confirmed=len(confirmed),
        lost=len(set(confirmed) - set(stored)),
        doubled=len(stored) - len(set(stored)),
        tried_again=len(visitor.refusals),
        slowest_refusal=f"{max(answer.seconds for answer in visitor.refusals):.1f} s",
        longest_gap=f"{running.longest_gap():.1f} s",
    )
    assert sorted(stored) == sorted(confirmed)
    assert {answer.status for answer in visitor.refusals} <= {503, 409}
    assert spread(visitor.refusals)[1] < 3
