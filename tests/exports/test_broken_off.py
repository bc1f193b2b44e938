"""Downloads that end too early, over a real server: clients see it, and clients that go away hold nothing up."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests
from flask import Flask

from tests.exports.records import EXPORT, stored
from tests.factories import Person, register
from tests.lines import Line
from tests.processes import Api
from tests.waiting import wait_until

IMPATIENT = """
exec(open("gunicorn.conf.py").read())

def post_worker_init(worker):
    from app.exports import streaming
    streaming.PATIENCE_SECONDS = 5
"""
ROWS, NOTES = 8_000, "n" * 2_000  # more than fits into all buffers on the way


@pytest.fixture(scope="module")
def line(settings: dict[str, object]) -> Iterator[Line]:
    """The way to MongoDB, which can be cut."""
    opened = Line(str(settings["MONGO_URI"])).__enter__()
    yield opened
    with suppress(OSError):  # cut already
        opened.__exit__()


@pytest.fixture(scope="module")
def api(settings: dict[str, object], line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server at the end of that line."""
    own = {**settings, "MONGO_URI": line.uri, "WEB_CONCURRENCY": 1}
    directory = tmp_path_factory.mktemp("exports")
    config = directory / "impatient.conf.py"
    config.write_text(IMPATIENT)
    running = Api("exports", own, directory, config=config)
    try:
        running.await_ready(running.is_healthy)
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def owner(app: Flask) -> Person:
    """Somebody with a long list."""
    somebody = register(app)
    stored(somebody, ROWS, notes=NOTES)
    return somebody


def begun(api: Api, person: Person, kind: str) -> requests.Response:
    """A download of which only the first bytes have been read."""
    headers = {"Authorization": f"Bearer {person.access_token}"}
    answer = requests.get(f"{api.address}{EXPORT}?format={kind}", headers=headers, stream=True, timeout=30)
    if answer.ok:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.raw.read(10)
    return answer


def test_clients_that_go_away_or_take_nothing_give_their_place_back(api: Api, owner: Person, stranger: Person) -> None:
    gone = begun(api, owner, "csv")
    assert begun(api, owner, "csv").status_code == 503
    assert begun(api, stranger, "csv").ok
    gone.close()
    idle = wait_until(lambda: (again := begun(api, owner, "csv")).ok and again)
    wait_until(lambda: begun(api, owner, "csv").ok)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        list(idle.iter_content(100_000))


def test_what_ends_too_early_never_looks_whole(api: Api, line: Line, owner: Person, stranger: Person) -> None:
    stored(stranger, ROWS, notes=NOTES)
    running = [
        wait_until(lambda asking=asking, kind=kind: (answer := begun(api, asking, kind)).ok and answer)
        for asking, kind in ((owner, "csv"), (stranger, "json"))
    ]
    line.__exit__()
    for answer in running:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(answer.iter_content(100_000))
