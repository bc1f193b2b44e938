"""A disk that is full for logs: requests go on, one sentence on stderr says what is wrong, and logging resumes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.load import Visitor, load, manual, tell
from tests.processes import Api, Background
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
FULL = Path("/dev/full")  # every write to it fails with ENOSPC, as on a full disk
LOST, AGAIN = "log lines are lost: [Errno 28] No space left on device", "logging again"
ENOUGH = 50


class ApiWithoutConsole(Api):
    """Its standard output is on the full disk, too; what is kept is stderr."""

    def launch(self) -> None:
        self.command = ["sh", "-c", f'exec "$@" > {FULL}', "sh", *self.command]
        super().launch()


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """A log on a full disk from the beginning."""
    path = tmp_path / "logs" / "app.log"
    path.parent.mkdir()
    path.symlink_to(FULL)
    return path


def make_room(log_file: Path) -> None:
    empty = log_file.with_name("empty")
    empty.touch()
    os.replace(empty, log_file)


def fill(log_file: Path) -> None:
    full = log_file.with_name("full")
    full.symlink_to(FULL)
    os.replace(full, log_file)


@pytest.fixture
def api(own_settings: dict[str, object], log_file: Path, tmp_path: Path) -> Iterator[Api]:
    running = Api("api", {**own_settings, "LOG_DIR": log_file.parent}, tmp_path)
    running.await_ready(running.is_healthy)
    yield running
    running.end()


def said(process: Background, what: str) -> int:
    return process.output.read_text().count(what)


def test_requests_go_on_and_logging_resumes(
    api: Api, log_file: Path, record_property: Callable[[str, object], None]
) -> None:
    visitor = Visitor(api.address)
    with load(visitor, manual) as running:
        wait_until(lambda: len(running.created()) > ENOUGH, seconds=30)
        assert (said(api, LOST), said(api, AGAIN)) == (1, 0)
        make_room(log_file)
        wait_until(lambda: log_file.read_text().count("POST /api/transactions/ 201") > ENOUGH, seconds=30)
        assert (said(api, LOST), said(api, AGAIN)) == (1, 1)
        fill(log_file)
        created = len(running.created())
        wait_until(lambda: len(running.created()) > created + ENOUGH, seconds=30)
    assert {answer.status for answer in running.answers} == {201}
    assert (said(api, LOST), said(api, AGAIN)) == (2, 1)
    assert str(log_file) in api.output.read_text(), "which file it is"
    assert "Traceback" not in api.output.read_text()
    tell(record_property, requests=len(running.answers), sentences_on_stderr=said(api, LOST))


def test_the_log_on_the_console_may_be_on_the_full_disk_as_well(
    own_settings: dict[str, object], log_file: Path, tmp_path: Path
) -> None:
    api = ApiWithoutConsole("api", {**own_settings, "LOG_DIR": log_file.parent}, tmp_path)
    try:
        api.await_ready(api.is_healthy)
        visitor = Visitor(api.address)
        with load(visitor, manual) as running:
            wait_until(lambda: len(running.created()) > ENOUGH, seconds=30)
        assert {answer.status for answer in running.answers} == {201}
        assert said(api, f"console: {LOST}") == 1
    finally:
        api.end()
