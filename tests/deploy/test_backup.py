"""Backups: dumped, wiped, restored and compared to the byte, by the commands an operator types."""

import gzip
import os
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymongo
import pytest
import redis
import requests
from bson import SON, Binary, Decimal128, Int64, MaxKey, ObjectId, Regex
from flask import Flask
from pymongo.database import Database

from app.core import clock
from app.extensions import mongo
from dev.servers import Servers, free_port
from tests import processes
from tests.accounts import another_app
from tests.deploy.stores import contents, flask, initiate, mongod, started_flask
from tests.factories import PASSWORD, new_email, register
from tests.files import filed, link_to
from tests.waiting import wait_until

Settings = dict[str, object]
ODD = [
    SON([("_id", 1), ("z", 1), ("a", Int64(1)), ("float", -0.0), ("nan", float("nan")), ("text", "₹ \x00 ")]),
    {"_id": Decimal128("0.10"), "amount": Decimal128("1E-30"), "key": MaxKey(), "pattern": Regex("^a", "im")},
    {"_id": {"b": 1, "a": [None, {}]}, "binary": Binary(b"\x00\xff", 4), "long": "x" * 1_000_000},
    {"_id": "day", "at": datetime(1969, 12, 31, 23, 59, 59, 999000), "": {"$set": 1, "a.b": 2}},  # noqa: DTZ001
]


@pytest.fixture
def own(servers: Servers, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """The settings of the tests, on a database and a Redis nobody else uses."""
    name = f"backup{ObjectId()}"
    server = urlsplit(servers.mongo_uri)
    uri = server._replace(path=f"/{name}").geturl()
    redis_url = servers.redis_url.removesuffix("/0")
    yield {**settings, "MONGO_URI": uri, "REDIS_URL": f"{redis_url}/7", "BROKER_URL": f"{redis_url}/8"}
    with pymongo.MongoClient(uri) as client:
        client.drop_database(name)
    flush(redis_url)


@pytest.fixture
def database(own: Settings) -> Iterator[Database[Any]]:
    with pymongo.MongoClient(str(own["MONGO_URI"])) as client:
        yield client.get_default_database()


def flush(redis_url: str) -> None:
    for number in (7, 8):
        with redis.Redis.from_url(f"{redis_url}/{number}") as client:
            client.flushdb()


class Visitor:
    """Somebody on the other side of HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.account = {"email": new_email(), "password": PASSWORD}
        self.headers: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        self.ask("POST", "auth/register", self.account)
        self.sign_in()

    def sign_in(self) -> None:
        tokens = self.ask("POST", "auth/login", self.account)
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.refresh = {"Authorization": f"Bearer {tokens['refresh_token']}"}

    def answer(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        url = f"{self.address}/api/{path}"
        return requests.request(method, url, json=body, headers={**self.headers, **headers}, timeout=10)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.answer(method, path, body, **headers)
        assert answer.ok, answer.text
        return answer.json()["data"]

    def live(self) -> str:
        """Leave something in every collection; the id of an AI entry that nobody has read yet."""
        entry = {"amount": 45.5, "category": "Groceries", "description": "₹ milk", "external_id": "one", "tags": ["a"]}
        items = [{"name": "Milk", "quantity": 2, "unit_price": 20, "total_price": 40}]
        self.ask("POST", "transactions/", {**entry, "items": items}, **{"Idempotency-Key": "first"})
        self.ask(
            "POST", "budgets/", {"category": "Groceries", "limit": 500, "period": "yearly", "year": clock.now().year}
        )
        self.ask("POST", "ai/summary")
        told: str = self.ask("POST", "transactions/", {"mode": "ai", "text": "coffee 250"})["_id"]
        return told

    def sees(self) -> Any:
        return [self.ask("GET", path) for path in ("transactions/", "transactions/summary", "budgets/", "auth/profile")]


@pytest.fixture
def api(own: Settings, tmp_path: Path) -> Iterator[processes.Api]:
    running = processes.Api("api", own, tmp_path)
    try:
        running.await_ready(running.answers)
        yield running
    finally:
        running.end()


def wipe(database: Database[Any], own: Settings) -> None:
    database.client.drop_database(database.name)
    flush(str(own["REDIS_URL"]).removesuffix("/7"))


@pytest.mark.slow
def test_all_comes_back_to_the_byte_and_what_was_under_way_goes_on(
    own: Settings, api: processes.Api, database: Database[Any], tmp_path: Path
) -> None:
    visitors = [Visitor(api.address) for _ in range(3)]
    entries = [visitor.live() for visitor in visitors]
    before, seen = contents(database), [visitor.sees() for visitor in visitors]
    assert all(len(indexes) > 1 for _, indexes in before.values())
    filled = {name for name, (documents, _) in before.items() if documents}
    assert filled == {"users", "transactions", "budgets", "summaries", "idempotency_keys"}

    made = flask("backup", tmp_path / "backup", own)
    assert made.returncode == 0, made.stdout
    assert "transactions: 6\n" in made.stdout
    wipe(database, own)
    assert visitors[0].answer("GET", "transactions/").status_code == 401
    put_back = flask("restore", tmp_path / "backup", own)
    assert (put_back.returncode, put_back.stdout) == (0, made.stdout)
    assert contents(database) == before

    # Redis was lost, too: sessions can't be refreshed, and no message tells a worker of the entries.
    for visitor, then in zip(visitors, seen, strict=True):
        assert visitor.answer("POST", "auth/refresh", {}, **visitor.refresh).status_code == 401
        visitor.sign_in()
        now = visitor.sees()
        now[-1]["last_login"] = then[-1]["last_login"]
        assert now == then
    worker = processes.whole_worker(own, tmp_path)
    try:
        for visitor, entry in zip(visitors, entries, strict=True):
            wait_until(lambda: visitor.ask("GET", f"transactions/{entry}")["status"] == "completed", seconds=90)  # noqa: B023
            assert visitor.ask("GET", f"transactions/{entry}")["amount"] == 250
            assert visitor.ask("GET", "transactions/")["pagination"]["total"] == 2
    finally:
        worker.end()


def test_files_come_back_with_the_rows_that_refer_to_them(app: Flask, own: Settings, tmp_path: Path) -> None:
    with another_app(app, own) as other:
        person = register(other)
        file = filed(person, os.urandom(700_000))
        before = contents(mongo.db)
        made = flask("backup", tmp_path / "backup", own)
        assert made.returncode == 0, made.stdout
        read = [line.split(":")[0] for line in made.stdout.splitlines()]
        assert read[-3:] == ["stored_files.files", "stored_files.chunks", "users"], "what is referred to is read later"
        mongo.cx.drop_database(mongo.db.name)
        assert flask("restore", tmp_path / "backup", own).returncode == 0
        assert contents(mongo.db) == before
        assert other.test_client().get(link_to(person, file)).data == b"a thumbnail"


@pytest.mark.slow
def test_what_redis_remembers_of_the_records_is_forgotten_with_them(
    own: Settings, api: processes.Api, database: Database[Any], tmp_path: Path
) -> None:
    visitor = Visitor(api.address)
    entry = {"amount": 5, "category": "Other", "description": "Stamps"}

    def listed() -> tuple[int, int]:
        answer = visitor.ask("GET", "transactions/")
        return len(answer["transactions"]), answer["pagination"]["total"]

    visitor.ask("POST", "transactions/", entry)
    assert listed() == (1, 1)
    assert flask("backup", tmp_path / "backup", own).returncode == 0
    visitor.ask("POST", "transactions/", entry)
    assert listed() == (2, 2)
    database.client.drop_database(database.name)
    assert flask("restore", tmp_path / "backup", own).returncode == 0
    assert listed() == (1, 1)


def test_whatever_mongodb_can_hold_comes_back_to_the_byte(
    own: Settings, database: Database[Any], tmp_path: Path
) -> None:
    database.odd.insert_many(ODD)
    database.odd.create_index([("a", 1), ("b", -1)], name="odd", unique=True, partialFilterExpression={"a": {"$gt": 5}})
    database.create_collection("capped", capped=True, size=4096, max=3)
    database.create_collection("empty")
    before = contents(database)
    options = {found["name"]: found["options"] for found in database.list_collections()}
    assert flask("backup", tmp_path / "backup", own).returncode == 0
    wipe(database, own)
    assert flask("restore", tmp_path / "backup", own).returncode == 0
    assert contents(database) == before
    assert {found["name"]: found["options"] for found in database.list_collections()} == options


@pytest.fixture
def backup(own: Settings, database: Database[Any], tmp_path: Path) -> Path:
    database.things.insert_many({"_id": number, "text": f"{number}" * 50} for number in range(3000))
    assert flask("backup", tmp_path / "backup", own).returncode == 0
    return tmp_path / "backup"


def test_nobody_but_its_owner_can_read_a_backup(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert {path.name for path in backup.iterdir()} == {"things.bson.gz", "things.metadata.json.gz"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.iterdir()} == {0o600}


def test_nothing_is_restored_over_records(own: Settings, database: Database[Any], backup: Path) -> None:
    before = contents(database)
    refused = flask("restore", backup, own)
    assert refused.returncode != 0
    assert "not empty: things" in refused.stdout
    assert contents(database) == before


def test_no_backup_is_written_over_another(own: Settings, backup: Path) -> None:
    before = {path.name: path.read_bytes() for path in backup.iterdir()}
    assert flask("backup", backup, own).returncode != 0
    assert {path.name: path.read_bytes() for path in backup.iterdir()} == before
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def cut_inside_a_document(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-20]))


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def lose_the_indexes(path: Path) -> None:
    path.with_name("things.metadata.json.gz").unlink()


@pytest.mark.parametrize("damage", [cut_short, cut_inside_a_document, flip_a_bit, lose_the_indexes])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    damage: Callable[[Path], None], own: Settings, database: Database[Any], backup: Path
) -> None:
    wipe(database, own)
    damage(backup / "things.bson.gz")
    refused = flask("restore", backup, own)
    assert refused.returncode != 0
    assert "damaged" in refused.stdout
    assert contents(database) == {}


def test_a_directory_without_a_backup_is_no_empty_database(own: Settings, tmp_path: Path) -> None:
    refused = flask("restore", tmp_path, own)
    assert (refused.returncode != 0, "holds no backup" in refused.stdout) == (True, True)


def test_without_mongodb_nothing_that_looks_like_a_backup_is_left(own: Settings, tmp_path: Path) -> None:
    unreachable = {**own, "MONGO_URI": f"mongodb://operator:secret-word@127.0.0.1:{free_port()}/finsight"}
    refused = flask("backup", tmp_path / "backup", unreachable)
    assert refused.returncode != 0
    assert "No backup was made." in refused.stdout
    assert "secret-word" not in refused.stdout
    assert list(tmp_path.iterdir()) == []


def peak_kib(command: str, directory: Path, settings: Settings) -> int:
    with started_flask(command, directory, settings) as process:
        assert process.stdout
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, printed
    return usage.ru_maxrss


@pytest.mark.slow
def test_memory_does_not_grow_with_the_database(own: Settings, database: Database[Any], tmp_path: Path) -> None:
    peaks: dict[str, list[int]] = {"backup": [], "restore": []}
    for megabytes in (1, 120):
        for start in range(0, megabytes * 100, 1000):
            count = min(1000, megabytes * 100 - start)
            database.things.insert_many({"text": os.urandom(5).hex() * 1000} for _ in range(count))
        for command, measured in peaks.items():
            measured.append(peak_kib(command, tmp_path / str(megabytes), own))
            wipe(database, own)
    for small, large in peaks.values():
        assert large - small < 60 * 1024, "a twentieth of the data would be more than this"


@pytest.mark.slow
def test_of_a_replica_set_a_backup_is_one_moment(own: Settings, tmp_path: Path) -> None:
    """Two collections in step, written to all the time: without a common moment the one read later is ahead."""
    port = free_port()
    (data := tmp_path / "data").mkdir()
    uri = f"mongodb://127.0.0.1:{port}/finsight?replicaSet=rs0"
    with mongod(data, port, "--replSet", "rs0") as direct:
        initiate(direct)
        with pymongo.MongoClient(uri) as client:
            database = client.finsight
            database.first.insert_many({"text": os.urandom(500).hex()} for _ in range(20_000))
            written, enough = [0], threading.Event()

            def write() -> None:
                while not enough.is_set():
                    for name in ("first", "second"):
                        database[name].insert_one({"number": written[0]})
                    written[0] += 1

            writer = threading.Thread(target=write)
            writer.start()
            try:
                wait_until(lambda: written[0] > 20)
                made = flask("backup", tmp_path / "backup", {**own, "MONGO_URI": uri})
            finally:
                enough.set()
                writer.join()
    assert made.returncode == 0, made.stdout
    counts = dict(line.split(": ") for line in made.stdout.splitlines())
    in_step = int(counts["first"]) - 20_000
    assert 20 < in_step < written[0], "it was written to before and after"
    assert in_step - int(counts["second"]) in (0, 1)
