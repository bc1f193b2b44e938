"""Processes of the application, and what can befall the servers below them; every output is kept."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from weakref import WeakSet

import requests

from app.celery_utils import OCR, QUEUES
from config import ROOT
from dev import commands
from dev.process import Process
from dev.servers import Server, free_port
from tests.waiting import wait_until

SHOWN_LINES = 60


class Background:
    """A process started for tests; when a test fails meanwhile, the end of its output is part of the report."""

    known: ClassVar[WeakSet["Background"]] = WeakSet()

    def __init__(self, name: str, command: list[str], settings: Mapping[str, object], directory: Path) -> None:
        self.name = name
        self.command = command
        self.environment = {**os.environ, **{key: str(value) for key, value in settings.items()}}
        self.output = directory / f"{name}.log"
        self.launch()
        self.known.add(self)

    def launch(self) -> None:
        """Start it, or start it again after `kill` or `end`; what it prints is appended."""
        with self.output.open("ab") as sink:
            self._begin = sink.tell()
            self.popen = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=sink, stderr=subprocess.STDOUT
            )

    def await_ready(self, is_ready: Callable[[], object], seconds: float = 60) -> None:
        """Wait for a condition that becomes true while it runs."""
        wait_until(lambda: self.popen.poll() is not None or is_ready(), seconds)
        assert self.popen.poll() is None, self.last_lines()

    def last_lines(self) -> str:
        """The end of what it has printed so far."""
        return "\n".join(self.output.read_text(errors="replace").splitlines()[-SHOWN_LINES:])

    def printed(self) -> str:
        """All it has printed since it was last started."""
        with self.output.open("rb") as printed:
            printed.seek(self._begin)
            return printed.read().decode(errors="replace")

    def kill(self) -> None:
        """SIGKILL: it gets no chance to finish or hand back anything."""
        self.popen.kill()
        self.popen.wait()

    def end(self, seconds: float = 30) -> None:
        """SIGTERM, and wait until it is gone."""
        self.popen.terminate()
        self.popen.wait(timeout=seconds)


def outputs() -> list[tuple[str, str]]:
    """Title and text for a report: the last lines of every process that is still in use."""
    return [(f"{process.name} ({process.output})", process.last_lines()) for process in Background.known]


class Api(Background):
    """A gunicorn on a free port, serving the settings it was given."""

    def __init__(
        self, name: str, settings: Mapping[str, object], directory: Path, config: Path = Path("gunicorn.conf.py")
    ) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [str(config) if part == "gunicorn.conf.py" else part for part in commands.api(port, reload=False)]
        super().__init__(name, command, {**settings, "PORT": port}, directory)

    def answers(self) -> bool:
        """Whether it is up, whatever the state of what it needs."""
        try:
            return requests.get(f"{self.address}/health/live", timeout=30).ok
        except requests.ConnectionError:
            return False

    def is_healthy(self) -> bool:
        """Whether it and all it needs are up."""
        try:
            return requests.get(f"{self.address}/health", timeout=10).ok
        except requests.RequestException:
            return False


class Worker(Background):
    """A Celery worker for these queues, with the pool that the development stack gives the one named by `like`."""

    def __init__(
        self,
        name: str,
        queues: Iterable[str],
        settings: Mapping[str, object],
        directory: Path,
        *options: str,
        like: str = "ai",
    ) -> None:
        place = ["--queues", ",".join(queues), "--hostname", f"{name}@%h"]
        super().__init__(name, [*commands.worker(like), *place, *options], settings, directory)

    def is_ready(self) -> bool:
        """Whether it has said so since it was last started."""
        return " ready.\n" in self.printed()


def beat(settings: Mapping[str, object], directory: Path) -> Background:
    """The clock of the periodic tasks."""
    return Background("beat", commands.beat(directory), settings, directory)


def whole_worker(settings: Mapping[str, object], directory: Path) -> Worker:
    """One process for all queues but OCR, and the clock: enough for tests that only need tasks to be done."""
    queues = [queue for queue in QUEUES if queue != OCR]
    return Worker("worker", queues, settings, directory, "--beat", "--schedule", str(directory / "schedule"))


def ocr_worker(settings: Mapping[str, object], directory: Path) -> Worker:
    """The worker that reads pictures, as the development stack has it."""
    return Worker("ocr", [OCR], settings, directory, like="ocr")


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """Frozen: its connections stay open and nothing answers."""
    os.kill(server.process.popen.pid, signal.SIGSTOP)
    threads = Path(f"/proc/{server.process.popen.pid}/task")
    wait_until(lambda: all("State:\tT" in (thread / "status").read_text() for thread in threads.iterdir()))
    try:
        yield
    finally:
        os.kill(server.process.popen.pid, signal.SIGCONT)


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """Gone: connections are refused; afterwards it is back at the same address."""
    server.process.popen.kill()
    server.process.popen.wait()
    try:
        yield
    finally:
        with server.log.open("ab") as output:
            server.process = Process(server.binary.name, server.command(), output, keep_open=[server._lock])
        wait_until(server.answers, seconds=30)
