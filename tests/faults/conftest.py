"""Databases and processes of one module alone, so that they may be frozen, killed and started again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from dev.servers import MongoServer, RedisServer, Server, Servers, embedded_servers
from tests.processes import Api, Background

Started = TypeVar("Started", bound=Background)


def server_of(servers: Servers, kind: type[Server]) -> Server:
    return next(server for server in servers.started if isinstance(server, kind))


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """MongoDB and Redis of this module."""
    with embedded_servers(tmp_path_factory.mktemp("own-servers")) as running:
        yield running


@pytest.fixture(scope="module")
def own_mongo(own_servers: Servers) -> Server:
    return server_of(own_servers, MongoServer)


@pytest.fixture(scope="module")
def own_redis(own_servers: Servers) -> Server:
    return server_of(own_servers, RedisServer)


@pytest.fixture(scope="module")
def own_settings(
    settings: dict[str, object], own_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """The settings of all tests, on this module's servers; one Redis for everything, as most will have."""
    urls = {"MONGO_URI": own_servers.mongo_uri, "REDIS_URL": own_servers.redis_url, "BROKER_URL": ""}
    return {**settings, **urls, "LOG_DIR": tmp_path_factory.mktemp("own-logs"), "WEB_CONCURRENCY": 1}


@pytest.fixture(scope="module")
def api(own_settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API on this module's servers."""
    running = Api("api", own_settings, tmp_path_factory.mktemp("api"))
    running.await_ready(running.is_healthy)
    yield running
    running.end()


@pytest.fixture(scope="module")
def keep() -> Iterator[Callable[[Started], Started]]:
    """Have a process ended with the module: api = keep(Api(…))."""
    kept: list[Background] = []

    def add(process: Started) -> Started:
        kept.append(process)
        return process

    yield add
    for process in kept:
        process.popen.terminate()
    for process in kept:
        process.end()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes of this module keep their outputs; shown if a test fails."""
    return tmp_path_factory.mktemp("outputs")
