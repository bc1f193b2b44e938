"""A gunicorn as in production, for attacks on the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.processes import Api

Serve = Callable[..., Api]


@pytest.fixture(scope="module")
def serve(app: Flask, settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start a gunicorn on the servers of the tests: serve(TRUSTED_PROXIES=1)."""
    started: list[Api] = []

    def begin(**overrides: object) -> Api:
        directory: Path = tmp_path_factory.mktemp("api")
        environment = {**settings, "LOG_DIR": directory, "WEB_CONCURRENCY": 1, **overrides}
        started.append(Api("api", environment, directory))
        started[-1].await_ready(started[-1].is_healthy)
        return started[-1]

    yield begin
    for api in started:
        api.end()


@pytest.fixture(scope="module")
def api(serve: Serve) -> Api:
    """One with no proxy before it."""
    return serve()
