"""Two real instances of the API behind a real Nginx, on the databases of the session."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.deploy.instances import Instance
from tests.deploy.proxy import Nginx
from tests.deploy.visitor import Visitor

LOGINS_PER_ADDRESS = 4


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Short: the path of a Unix socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="finsight-deploy-") as made:
        yield Path(made)


@pytest.fixture(scope="session")
def instances(app: Flask, settings: dict[str, object], folder: Path) -> Iterator[list[Instance]]:
    deployed = {**settings, "TRUSTED_PROXIES": 1, "RATELIMIT_LOGIN_ADDRESS": f"{LOGINS_PER_ADDRESS}/hour"}
    both = [Instance(name, folder, deployed) for name in ("backend", "backend-2")]
    try:
        for instance in both:
            instance.start()
        yield both
    finally:
        for instance in both:
            instance.kill()


@pytest.fixture(scope="session")
def nginx(instances: list[Instance], folder: Path) -> Iterator[Nginx]:
    running = Nginx(folder, [f"unix:{instance.socket}" for instance in instances])
    with running.serving():
        yield running


@pytest.fixture
def visitor(nginx: Nginx) -> Visitor:
    """Somebody on the internet."""
    return Visitor(nginx)
