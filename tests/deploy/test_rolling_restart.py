"""Both instances of the API restarted one after the other while people go on using it: nobody notices."""

import http.client
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
import pytest
from bson import ObjectId

from app.extensions import mongo
from tests.deploy.instances import Instance
from tests.deploy.proxy import Nginx
from tests.deploy.visitor import Answer, Connection, ask
from tests.factories import Person
from tests.records import MILK, TRANSACTIONS, count_of
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
CLIENTS = 4
REQUESTS_A_CONNECTION = 20


@dataclass
class Load:
    """People who read their list and record something in turn, until told to stop."""

    nginx: Nginx
    person: Person
    requests: int = 0
    longest: float = 0.0
    created: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """One client: connections that are kept for a while, as browsers do."""
        while not self.ending.is_set():
            connection = Connection(self.nginx)
            try:
                for number in range(REQUESTS_A_CONNECTION):
                    if not self.ending.is_set():
                        self.once(connection, "POST" if number % 2 else "GET")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
            finally:
                connection.close()

    def once(self, connection: Connection, method: str) -> None:
        """One request, and what it took."""
        headers = {"Authorization": f"Bearer {self.person.access_token}", "Content-Type": "application/json"}
        body = orjson.dumps({**MILK, "external_id": uuid.uuid4().hex}) if method == "POST" else None
        begun = time.monotonic()
        answer = ask(connection, method, TRANSACTIONS, body, headers)
        self.longest = max(self.longest, time.monotonic() - begun)
        self.requests += 1
        self.note(method, answer)

    def wait_for_more(self) -> None:
        """Wait until some more requests have been answered."""
        so_far = self.requests
        wait_until(lambda: self.requests > so_far + 50, seconds=60)

    def note(self, method: str, answer: Answer) -> None:
        """Keep what was promised, and what went wrong."""
        if answer.status != (201 if method == "POST" else 200):
            self.failures.append(f"{method} {answer.status} {answer.body[:300]!r}")
        elif method == "POST":
            self.created.append(answer.json["data"]["_id"])


@contextmanager
def under_load(nginx: Nginx, person: Person) -> Iterator[Load]:
    """Load from before the block until after it."""
    load = Load(nginx, person)
    clients = [threading.Thread(target=load.go_on) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield load
    finally:
        load.ending.set()
        for client in clients:
            client.join()


def test_not_one_request_fails_while_both_instances_are_restarted(
    nginx: Nginx, instances: list[Instance], person: Person
) -> None:
    with under_load(nginx, person) as load:
        for instance in instances:
            load.wait_for_more()
            instance.stop()
            load.wait_for_more()
            instance.start()
    assert load.failures == []
    assert count_of(person) == len(load.created) == len(set(load.created)), "none lost, none twice"
    stored = mongo.db.transactions.count_documents({"_id": {"$in": [ObjectId(created) for created in load.created]}})
    assert stored == len(load.created)
