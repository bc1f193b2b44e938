"""What a database holds, to the byte; operators' commands on it; a replica set of one."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database
from pymongo.errors import PyMongoError

from config import ROOT
from dev.servers import MongoServer
from tests.waiting import wait_until

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


def contents(database: Database[Any]) -> dict[str, tuple[list[bytes], list[Any]]]:
    """By collection: all documents as MongoDB holds them, ordered by their id, and all indexes by name."""
    found = {}
    for name in database.list_collection_names():
        raw = database.get_collection(name, codec_options=RAW).find().sort("_id")
        indexes = sorted(database[name].list_indexes(), key=lambda index: index["name"])
        found[name] = ([document.raw for document in raw], indexes)
    return found


def flask(command: str, directory: Path, settings: Mapping[str, object]) -> subprocess.CompletedProcess[str]:
    """One of the service's commands, as an operator runs it."""
    process = started_flask(command, directory, settings)
    try:
        printed, _ = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    return subprocess.CompletedProcess(process.args, process.returncode, printed)


def started_flask(command: str, directory: Path, settings: Mapping[str, object]) -> Popen[str]:
    """The same, without waiting for its end."""
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    line = [sys.executable, "-m", "flask", "--app", "run", command, str(directory)]
    return Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def mongod(data: Path, port: int, *options: str) -> Iterator[pymongo.MongoClient[Any]]:
    """A mongod of its own on `data`, and a client for it alone; ends when the block does."""
    place = ["--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
    command = [str(MongoServer.binary.find()), *place, "--logpath", str(data / "log"), "--logappend", *options]
    with (
        Popen(command, stdout=subprocess.DEVNULL) as process,
        pymongo.MongoClient[Any]("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500) as client,
    ):
        try:
            wait_until(lambda: process.poll() is not None or answers(client), seconds=60)
            assert process.poll() is None, (data / "log").read_text()[-3000:]
            yield client
        finally:
            process.terminate()


def answers(client: pymongo.MongoClient[Any]) -> bool:
    """Whether the server takes commands."""
    try:
        client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def initiate(client: pymongo.MongoClient[Any], name: str = "rs0", **options: Any) -> None:
    """Make a single server the replica set `name`, and wait until it can be written to."""
    host, port = client.address or ("", 0)
    member = {"_id": 0, "host": f"{host}:{port}"}
    client.admin.command("replSetInitiate", {"_id": name, "members": [member], **options})
    wait_until(lambda: client.admin.command("hello")["isWritablePrimary"], seconds=30)
