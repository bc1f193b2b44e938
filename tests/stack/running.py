"""Stacks in a copy of the project, as separate processes, and a look at everything they started."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from contextlib import suppress
from pathlib import Path

import psutil
import requests

from config import ROOT, Settings
from tests.waiting import wait_until

PARTS = ("app", "dev", "config.py", "run.py", "celery_worker.py", "gunicorn.conf.py", "Makefile")
MARKER = "FINSIGHT_STACK_UNDER_TEST"


def copy_project(target: Path) -> Path:
    """The project without anybody's .env.local and data, on the same virtual environment."""
    target.mkdir()
    for part in (*PARTS, "requirements.txt", "requirements-dev.txt"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / part)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


class RunningStack:
    """A stack started by a command in a copy of the project."""

    def __init__(self, command: list[str], project: Path, port: int, **environment: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.marker = uuid.uuid4().hex
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in Settings.model_fields and not name.startswith(("MAKE", "MFLAGS", "COV"))
        }
        self.redis_directory = str(project / environment["DATA_DIR"] / "redis-server")
        self.output = project / f"{self.marker}.log"
        self.started = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=project,
                env=inherited | environment | {"PORT": str(port), MARKER: self.marker},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A run of the tests in the background ignores it, and so would everything started here.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
            )

    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(errors="replace")

    def alive(self) -> list[psutil.Process]:
        """Every process that runs for this stack: by a variable all of them inherit, or by where it works.

        redis-server writes its title over its environment, and works in its data directory.
        """
        return [process for process in psutil.process_iter() if self._owns(process)]

    def part(self, *words: str) -> psutil.Process:
        """The first process with all these words in its command line."""
        return next(process for process in self.alive() if set(words) <= set(process.cmdline()))

    def wait_ready(self, seconds: float = 60) -> float:
        """Wait for /health to answer 200; the seconds since the start."""
        wait_until(lambda: self.process.poll() is not None or self._is_healthy(), seconds)
        elapsed = time.monotonic() - self.started
        assert self.process.poll() is None, self.text()
        return elapsed

    def wait_gone(self, seconds: float = 10) -> None:
        """Wait until nothing of it runs any more."""
        wait_until(lambda: self.process.poll() is not None and not self.alive(), seconds)

    def kill(self) -> None:
        """End whatever a failed test left behind."""
        while left := self.alive():  # again, as one of them may just have started another
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.wait()

    def _owns(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARKER) == self.marker or process.cwd() == self.redis_directory
        except psutil.Error:  # ended meanwhile, or somebody else's
            return False

    def _is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.address}/health", timeout=3).status_code == 200
        except (requests.ConnectionError, requests.Timeout):  # not up, or up and still loading the application
            return False
