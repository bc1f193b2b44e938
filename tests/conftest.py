"""A real MongoDB and Redis for the session; every test makes its own users, so other tests' rows are its noise."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core.outage import breaker
from app.extensions import mongo, redis
from dev.servers import Servers, embedded_servers
from tests.factories import Person, register
from tests.files import new_file_keys, s3_server
from tests.processes import Worker, ocr_worker, outputs, whole_worker
from tests.waiting import wait_until

GENEROUS = "100000/minute"
QUICK_HASH_ROUNDS = 4


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test waited for in vain, a process behind it may have said why."""
    report = yield
    if report.failed:
        report.sections.extend(outputs())
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, told with record_property, is part of every run's output."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    measured = [report for report in reports if report.when == "call" and report.user_properties]
    if measured:
        terminalreporter.section("measured")
    for report in measured:
        figures = ", ".join(f"{name} {value}" for name, value in report.user_properties)
        terminalreporter.write_line(f"{report.nodeid}: {figures}")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with embedded_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture(scope="session")
def settings(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the app under test, its worker and any other process of a test are configured with."""
    return {
        "FLASK_ENV": "testing",
        "MONGO_URI": servers.mongo_uri,
        "REDIS_URL": servers.redis_url,
        "BROKER_URL": servers.redis_url.removesuffix("/0") + "/1",
        "JWT_SECRET_KEY": "a-secret-for-the-tests-only-0123456789abcdef",
        "FILE_ENCRYPTION_KEYS": new_file_keys("tests"),
        "BCRYPT_LOG_ROUNDS": QUICK_HASH_ROUNDS,
        "LOG_DIR": tmp_path_factory.mktemp("logs"),
        "AI_PROVIDER": "local",
        "FRONTEND_URL": "http://localhost:3000,https://app.example.com",
        "RATELIMIT_LOGIN_ACCOUNT": GENEROUS,
        "RATELIMIT_LOGIN_ADDRESS": GENEROUS,
        "RATELIMIT_REGISTER": GENEROUS,
        "RATELIMIT_FORGOT_PASSWORD": GENEROUS,
        "RATELIMIT_REFRESH": GENEROUS,
        "RATELIMIT_UPLOAD": GENEROUS,
        "RATELIMIT_EXPENSIVE": GENEROUS,
    }


@pytest.fixture(scope="session")
def app(settings: dict[str, object]) -> Iterator[Flask]:
    yield create_app(**settings)
    mongo.cx.close()
    redis.client.close()


@pytest.fixture
def limits(app: Flask) -> Iterator[Callable[..., None]]:
    """Set rate limits for one test: limits(RATELIMIT_REFRESH="2/minute")."""
    before = dict(app.config)
    yield lambda **rates: app.config.update(rates)
    app.config.update(before)


@pytest.fixture(autouse=True)
def known_outages() -> Iterator[None]:
    """An outage that one test makes is over before the next begins."""
    yield
    wait_until(lambda: not breaker.is_open)


@pytest.fixture
def person(app: Flask) -> Person:
    """Somebody with an account, signed in."""
    return register(app)


@pytest.fixture
def stranger(app: Flask) -> Person:
    """Somebody else with an account, signed in."""
    return register(app)


@pytest.fixture
def people(app: Flask) -> Callable[..., Person]:
    """Make further people: people(currency="JPY", timezone="Asia/Tokyo")."""
    return lambda **profile: register(app, **profile)


@pytest.fixture(scope="session")
def worker(settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A real Celery worker process for all queues but OCR, on the same servers as the app."""
    process = whole_worker(settings, tmp_path_factory.mktemp("worker"))
    try:
        process.await_ready(process.is_ready)
        yield
    finally:
        process.end()


@pytest.fixture(scope="session")
def reading_worker(settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A real Celery worker that reads pictures: it loads the engine with the first of them."""
    process = ocr_worker(settings, tmp_path_factory.mktemp("ocr"))
    try:
        process.await_ready(process.is_ready)
        yield process
    finally:
        process.end()


@pytest.fixture(scope="session")
def s3_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """What makes an app keep its files in a real S3 server."""
    with s3_server(tmp_path_factory.mktemp("s3")) as settings:
        yield settings


@pytest.fixture(scope="session")
def log_file(settings: dict[str, object]) -> Path:
    """The application's log."""
    return Path(str(settings["LOG_DIR"])) / "app.log"
