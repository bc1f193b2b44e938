"""The processes of the benchmark: MongoDB, Redis, and application and floor under the same gunicorn settings."""

import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import psutil
import pymongo
import requests
from bson import ObjectId, json_util

from app.models.users import User
from app.transactions import entry
from app.transactions.schemas import ManualEntry
from bench import data
from bench.entries import Document
from config import ROOT
from dev.process import StackError
from dev.servers import Servers, embedded_servers, free_port

READY_SECONDS = 60
MEGABYTE = 1_000_000
ZONE = "Asia/Kolkata"  # of all accounts: the application's default
NEW_ENTRY = {"amount": 45.5, "category": "Groceries", "description": "Groceries from Walmart", "tags": ["benchmark"]}
GENEROUS = "1000000/minute"
SMALL, MIDDLE, LARGE, WRITER, SIGNER = range(5)  # accounts by number; the last two have an ordinary number of entries


@contextmanager
def gunicorn(target: str, environment: Mapping[str, str], folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """`target` under the project's gunicorn settings: its address once it listens, and its master process."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    own = {"PORT": str(port), "LOG_DIR": str(folder), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", target]
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env={**os.environ, **environment, **own}, stdout=output, stderr=output
        )
    try:
        await_answer(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def await_answer(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until somebody answers there, who may listen before being ready.

    Raises:
        StackError: the process ended, or nobody does in time.
    """
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            requests.get(address, timeout=READY_SECONDS)
            return
        except requests.ConnectionError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"Nothing listens on {address}.") from None
            time.sleep(0.05)


def settings(servers: Servers) -> dict[str, Any]:
    """Production's settings, but with limits that a benchmark doesn't meet."""
    limits = ("LOGIN_ACCOUNT", "LOGIN_ADDRESS", "REGISTER", "FORGOT_PASSWORD", "REFRESH", "UPLOAD", "EXPENSIVE")
    return {
        "FLASK_ENV": "production",
        "LOG_FORMAT": "json",
        "MONGO_URI": servers.mongo_uri,
        "REDIS_URL": servers.redis_url,
        "JWT_SECRET_KEY": secrets.token_urlsafe(48),
        "FILE_ENCRYPTION_KEYS": f"bench:{b64encode(secrets.token_bytes(32)).decode()}",
        "JWT_ACCESS_TOKEN_EXPIRES": 24 * 3600,
        "AI_PROVIDER": "local",
        "DEFAULT_TIMEZONE": ZONE,
        **{f"RATELIMIT_{name}": GENEROUS for name in limits},
    }


@dataclass
class Stack:
    """What runs, for the measurements to use."""

    plan: data.Plan
    database: "pymongo.database.Database[Document]"
    api: str
    floor: str
    master: psutil.Process
    environment: dict[str, str]
    folder: Path

    @cached_property
    def owners(self) -> list[str]:
        """The ids of the small, the middle and the large user."""
        return data.owners(self.database)

    def signed_in(self, account: int) -> dict[str, str]:
        """Headers of a new session of an account; waits until an outage that was measured before is over."""
        credentials = {"email": data.email(account), "password": data.PASSWORD}
        deadline = time.monotonic() + READY_SECONDS
        while True:
            answer = requests.post(f"{self.api}/api/auth/login", json=credentials, timeout=READY_SECONDS)
            if answer.status_code != requests.codes.unavailable or time.monotonic() > deadline:
                answer.raise_for_status()
                return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}
            time.sleep(1)

    def worker_memory(self) -> list[float]:
        """MB of resident memory of each API worker."""
        return [round(child.memory_info().rss / MEGABYTE, 1) for child in self.master.children()]


@contextmanager
def running(plan: data.Plan, folder: Path) -> Iterator[Stack]:
    """The stack on `folder`, with the data loaded."""
    with embedded_servers(folder / "data") as servers:
        chosen = settings(servers)
        data.ensure(plan, {**chosen, "LOG_DIR": folder / "loader", "LOG_LEVEL": "ERROR"})
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(servers.mongo_uri, tz_aware=True)
        environment = {name: str(value) for name, value in chosen.items()}
        with client, gunicorn("run:app", environment, folder / "api") as (api, master):
            database = client.get_default_database()
            environment["FLOOR_TEMPLATE"] = json_util.dumps(template(database))
            with gunicorn("bench.floor:app", environment, folder / "floor") as (floor, _):
                yield Stack(plan, database, api, floor, master, environment, folder)
            database.transactions.delete_many({"tags": NEW_ENTRY["tags"]})
            for collection in ("floor_files.files", "floor_files.chunks"):
                database.drop_collection(collection)


def template(database: "pymongo.database.Database[Document]") -> Document:
    """What the application stores of NEW_ENTRY, for the writer: the floor inserts the same."""
    user = cast(User, database.users.find_one({"email": data.email(WRITER)}))
    sent = ManualEntry.model_validate({**NEW_ENTRY, "amount": Decimal("45.5")})
    return entry.manual(user, sent, ObjectId())
