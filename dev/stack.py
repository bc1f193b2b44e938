"""`make run`: MongoDB, Redis, four Celery workers, beat and the API as one, on 127.0.0.1.

Started together, watched together, ended together: on Ctrl-C, SIGTERM or a closed
terminal everything is gone within ten seconds. A child that dies ends the stack.
"""

import os
import shutil
import signal
import socket
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import PIPE

from config import ROOT, ConfigurationError, Settings, load_settings
from dev import commands, directory
from dev.console import Console
from dev.process import Process, StackError, guardian, stop, wait_until
from dev.servers import Servers, configured, embedded_servers
from dev.starter import Starter

PORT_SECONDS = 5.0  # as long as the API of a stack that was killed may take to end
WATCH_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
# With the 2.5 s of the servers, and one for a health check under way, all ends within 10 s.
API_STOP_SECONDS = 3.0
WORKERS_STOP_SECONDS = 3.0


class Stack:
    """One stack, from its settings to its end."""

    def __init__(self, settings: Settings, console: Console, stopping: threading.Event, reload: bool) -> None:
        self.settings = settings
        self.console = console
        self.stopping = stopping
        self.reload = reload
        self.data_dir = ROOT / settings.DATA_DIR
        self.starter = Starter()
        self.begun = time.monotonic()
        self.workers: list[Process] = []
        self.api: list[Process] = []

    def run(self) -> None:
        """Start everything, wait until it is to end, end it.

        Raises:
            StackError: if a part can't start or dies.
        """
        self.require_port()
        mongo_uri, redis_url = configured(self.settings)
        own = " and ".join(name for name, uri in (("MongoDB", mongo_uri), ("Redis", redis_url)) if not uri)
        self.console.say(f"Starting {own}, data in {self.data_dir}" if own else "MongoDB and Redis as configured")
        with embedded_servers(self.data_dir, mongo_uri, redis_url, self.stopping) as servers:
            try:
                if not self.stopping.is_set():
                    self.start_application(servers)
                self.watch([server.process for server in servers.started])
            finally:
                self.console.say("Ending everything")
                stop(self.api, API_STOP_SECONDS)
                stop(self.workers, WORKERS_STOP_SECONDS)

    def require_port(self) -> None:
        """Raise StackError if something else listens on PORT."""
        port = self.settings.PORT
        if port_is_free(port):
            return
        self.console.say(f"Port {port} is in use; waiting {PORT_SECONDS:.0f} s for it")
        if not wait_until(lambda: port_is_free(port), PORT_SECONDS, self.stopping) and not self.stopping.is_set():
            raise StackError(f"Port {port} of 127.0.0.1 is in use. Choose another: make run PORT={port + 1}")

    def start_application(self, servers: Servers) -> None:
        """Start the workers, beat and the API."""
        for server in servers.started:
            self.console.say(f"{server.binary.name} answers on 127.0.0.1:{server.port}")
        self.console.say("Starting the Celery workers, beat and the API")
        environment = os.environ | application_environment(self.settings, servers) | {"PYTHONUNBUFFERED": "1"}
        metrics = {"PROMETHEUS_MULTIPROC_DIR": str(emptied(self.data_dir / "metrics"))}
        self.api.append(self.child("api", commands.api(self.settings.PORT, self.reload), environment | metrics))
        for name in commands.WORKERS:
            self.workers.append(self.child(name, commands.worker(name), environment))
        self.workers.append(self.child("beat", commands.beat(self.data_dir), environment))

    def child(self, name: str, command: list[str], environment: dict[str, str]) -> Process:
        """Start one part of the application and show its log."""
        process = Process(name, command, PIPE, environment)
        assert process.popen.stdout is not None  # noqa: S101 -- for the type checker: it is a pipe
        self.console.follow(name, process.popen.stdout)
        return process

    def watch(self, servers: list[Process]) -> None:
        """Return when the stack is to end; say once that it is ready, or that this takes long.

        Raises:
            StackError: if a child has died.
        """
        ready = warned = False
        while not self.stopping.wait(WATCH_SECONDS) and not self.starter.gave_up:
            for process in (*self.api, *self.workers, *servers):
                if process.ended:
                    raise StackError(self.obituary(process))
            elapsed = time.monotonic() - self.begun
            if not ready and (ready := is_healthy(self.settings.PORT)):
                address = f"http://127.0.0.1:{self.settings.PORT}"
                self.console.say(
                    f"Ready after {elapsed:.1f} s. Ctrl-C ends it.\n  API   {address}/\n  docs  {address}/api/docs"
                )
            elif not ready and not warned and elapsed > PATIENCE_SECONDS:
                warned = True
                self.console.say("/health does not answer 200 yet; the lines above should say why. Waiting on")

    def obituary(self, process: Process) -> str:
        """Which process died, how, and its last words."""
        log = self.data_dir / "logs" / f"{process.name}.log"
        if process in (*self.api, *self.workers):
            last = self.console.last_lines(process.name)
        else:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        return f"{process.name} died unexpectedly ({process.outcome}). Its last lines:\n{last}"


def application_environment(settings: Settings, servers: Servers) -> dict[str, str]:
    """What the application needs to know of the stack, as environment variables.

    In development a secret for signing tokens is made once and kept; production has to configure one.
    """
    environment = {"MONGO_URI": servers.mongo_uri, "REDIS_URL": servers.redis_url, "PORT": str(settings.PORT)}
    if settings.FLASK_ENV != "production" and "JWT_SECRET_KEY" not in settings.model_fields_set:
        environment["JWT_SECRET_KEY"] = directory.lasting_secret(ROOT / settings.DATA_DIR)
    return environment


def emptied(folder: Path) -> Path:
    """The folder, made anew: counters of processes that are gone must not be added to those of today."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def port_is_free(port: int) -> bool:
    """Whether the API could listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        # As gunicorn does: connections that are closing (TIME_WAIT) don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_healthy(port: int) -> bool:
    """Whether /health answers 200 within a second."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def handle_signals(stopping: threading.Event) -> None:
    """Let SIGINT and SIGTERM, and SIGHUP unless started with nohup, set the event."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stopping.set())


def main(reload: bool = False) -> int:
    """Run the stack until it is told to end; the exit code: 0 when it was told to, 1 when something failed."""
    stopping = threading.Event()
    handle_signals(stopping)
    console = Console()
    try:
        Stack(load_settings(), console, stopping, reload).run()
        console.say("Everything has ended")
        return 0
    except (StackError, ConfigurationError) as error:
        console.say(str(error))
        return 1
    finally:
        guardian().close()
        console.close()


if __name__ == "__main__":
    sys.exit(main())
