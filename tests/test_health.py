"""What callers see while MongoDB or Redis is away: a real API process whose servers are stopped and killed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from app.core import clock
from dev.servers import MongoServer, RedisServer, Server, Servers, embedded_servers, free_port
from tests import processes
from tests.accounts import another_app, at_once
from tests.factories import PASSWORD, Person, data, new_email
from tests.processes import killed, stopped
from tests.records import stored
from tests.waiting import wait_until

HEALTHY = {"status": "healthy", "checks": {"mongodb": "ok", "redis": "ok"}}
WITHIN_SECONDS = 3.0
PARTS: dict[str, type[Server]] = {"mongodb": MongoServer, "redis": RedisServer}
every_part = pytest.mark.parametrize("part", PARTS)


class Api:
    """A gunicorn with one worker, and somebody signed in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.headers: dict[str, str] = {}

    def sign_in(self) -> None:
        body = {"email": new_email(), "password": PASSWORD}
        assert self.ask("POST", "/api/auth/register", json=body).status_code == 201
        tokens = self.ask("POST", "/api/auth/login", json=body).json()["data"]
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer, which must come in time whatever is down."""
        began = time.monotonic()
        answer = requests.request(method, f"{self.address}{path}", headers=self.headers, timeout=10, **options)
        assert time.monotonic() - began < WITHIN_SECONDS, (method, path)
        return answer

    def get(self, path: str) -> requests.Response:
        return self.ask("GET", path)

    def is_healthy(self) -> bool:
        return self.get("/health").json() == HEALTHY


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with embedded_servers(tmp_path_factory.mktemp("own-servers")) as running:
        yield running


@contextmanager
def serving(servers: Servers, settings: dict[str, object], directory: Path) -> Iterator[Api]:
    urls = {"MONGO_URI": servers.mongo_uri, "REDIS_URL": servers.redis_url, "BROKER_URL": servers.redis_url}
    process = processes.Api("api", {**settings, **urls, "LOG_DIR": directory, "WEB_CONCURRENCY": 1}, directory)
    try:
        process.await_ready(process.answers)
        yield Api(process.address)
    finally:
        process.end()


@pytest.fixture(scope="module")
def api(own_servers: Servers, settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(own_servers, settings, tmp_path_factory.mktemp("api")) as running:
        running.sign_in()
        yield running


def server_of(servers: Servers, part: str) -> Server:
    return next(server for server in servers.started if isinstance(server, PARTS[part]))


every_failure = pytest.mark.parametrize("failure", [stopped, killed])


def test_healthy(api: Api) -> None:
    answer = api.get("/health")
    assert (answer.status_code, answer.json()) == (200, HEALTHY)
    assert api.get("/health/").json() == HEALTHY
    assert api.get("/health/ready").status_code == 200
    assert api.get("/health/live").json() == {"status": "alive"}


SENTENCE = {"mode": "ai", "text": "tea 20"}
ENTRY = {"amount": 5, "category": "Other", "description": "x"}
LOGIN = {"email": "a@example.com", "password": PASSWORD}
PRIVATE: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/transactions/", None),
    ("POST", "/api/transactions/", ENTRY),
    ("POST", "/api/transactions/", SENTENCE),
    ("GET", "/api/auth/profile", None),
    ("POST", "/api/auth/login", LOGIN),
)
UNHARMED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/health/live", None),
    ("GET", "/api/transactions/categories", None),
    ("GET", "/api/apispec.json", None),
    ("GET", "/metrics", None),
    ("OPTIONS", "/api/transactions/", None),
)


def ask_all(api: Api, questions: tuple[tuple[str, str, Any], ...]) -> list[requests.Response]:
    return at_once(len(questions), lambda index: api.ask(*questions[index][:2], json=questions[index][2]))


@every_part
@every_failure
def test_a_part_that_is_away_is_named_and_comes_back(
    api: Api, own_servers: Servers, part: str, failure: Callable[[Server], Any]
) -> None:
    wait_until(api.is_healthy)
    with failure(server_of(own_servers, part)):
        health = ask_all(api, (("GET", "/health", None), ("GET", "/health/ready", None)))
        private = ask_all(api, PRIVATE)
        unharmed = ask_all(api, UNHARMED)
    for answer in health:
        assert (answer.status_code, answer.json()) == (503, unhealthy(part))
    for answer in private:
        assert answer.status_code == 503, (answer.url, answer.text)
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["status"] == "error"
        assert answer.json()["data"]["code"] == "service_unavailable"
    assert [answer.status_code for answer in unharmed] == [200] * len(UNHARMED)
    wait_until(api.is_healthy)
    wait_until(lambda: api.get("/api/transactions/").status_code == 200)
    assert api.ask("POST", "/api/transactions/", json=ENTRY).status_code == 201


@every_part
@every_failure
def test_under_load_nobody_waits_for_what_is_known_to_be_down(
    api: Api, own_servers: Servers, part: str, failure: Callable[[Server], Any]
) -> None:
    """Several times as many callers as threads; `ask` asserts that each answer comes in time."""
    wait_until(api.is_healthy)
    with failure(server_of(own_servers, part)):
        answers = at_once(48, lambda number: [api.get("/api/transactions/") for _ in range(3)] + [api.get("/health")])
    assert {answer.status_code for several in answers for answer in several} == {503}
    wait_until(api.is_healthy)
    wait_until(lambda: api.get("/api/transactions/").status_code == 200)


def unhealthy(*parts: str) -> dict[str, Any]:
    return {"status": "unhealthy", "checks": {name: "down" if name in parts else "ok" for name in PARTS}}


def test_all_that_is_away_is_named(api: Api, own_servers: Servers) -> None:
    wait_until(api.is_healthy)
    with stopped(server_of(own_servers, "mongodb")), stopped(server_of(own_servers, "redis")):
        answer = api.get("/health")
    assert (answer.status_code, answer.json()) == (503, unhealthy("mongodb", "redis"))
    wait_until(api.is_healthy)


def test_mongodb_away_before_the_first_write(own_servers: Servers, settings: dict[str, object], tmp_path: Path) -> None:
    """The first write makes the indexes, and has more time for them than a request has."""
    with serving(own_servers, settings, tmp_path) as fresh:
        wait_until(fresh.is_healthy)
        with stopped(server_of(own_servers, "mongodb")):
            answer = fresh.ask("POST", "/api/auth/login", json=LOGIN)
        assert answer.status_code == 503
        wait_until(fresh.is_healthy)
        fresh.sign_in()


def test_without_a_broker_a_sentence_is_kept_for_the_sweep(
    app: Flask, settings: dict[str, object], person: Person
) -> None:
    with another_app(app, settings, BROKER_URL=f"redis://127.0.0.1:{free_port()}/0") as cut_off:
        answer = cut_off.test_client().post(
            "/api/transactions/", json=SENTENCE, headers={"Authorization": f"Bearer {person.access_token}"}
        )
        assert answer.status_code == 202
        assert stored(data(answer))["lease_until"] <= clock.now(), "the next sweep takes it up"
