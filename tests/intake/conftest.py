"""A gunicorn whose routes tell what came in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.processes import Api


class Receiver(Api):
    """Gunicorn as in production, with the routes of `receiver`."""

    def launch(self) -> None:
        self.command = [*self.command[:-1], "tests.intake.receiver:app"]
        super().launch()


@pytest.fixture(scope="session")
def receiver(app: Flask, settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    directory: Path = tmp_path_factory.mktemp("receiver")
    process = Receiver("receiver", {**settings, "LOG_DIR": directory, "WEB_CONCURRENCY": 1}, directory)
    process.await_ready(process.is_healthy)
    yield process
    process.end()
