"""Two instances of the API as docker-compose.yml runs them: gunicorn on Unix sockets for Nginx."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import requests

from config import ROOT
from dev.servers import free_port
from tests.waiting import wait_until

STOP_SECONDS = 40


class Instance:
    """One gunicorn, which can be ended and started again under the same names."""

    def __init__(self, name: str, folder: Path, settings: dict[str, object]) -> None:
        self.socket = folder / f"{name}.sock"
        self.inside = f"http://127.0.0.1:{free_port()}"
        self.output = folder / f"{name}.log"
        self.environment = {
            **os.environ,
            **{key: str(value) for key, value in settings.items()},
            "WEB_CONCURRENCY": "1",
        }
        # Each instance counts for itself.
        self.environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        binds = ["--bind", self.inside.removeprefix("http://"), "--bind", f"unix:{self.socket}"]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", *binds, "run:app"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_ready, seconds=60)

    def stop(self) -> None:
        """SIGTERM, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=STOP_SECONDS) == 0, self.output.read_text()

    def kill(self) -> None:
        """End it, whatever it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text()
        try:
            return requests.get(f"{self.inside}/health/ready", timeout=3).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False
