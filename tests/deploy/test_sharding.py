"""Growing: the database as a replica set and as a sharded cluster, as far as the servers at hand can show.

There is no mongos here. What may be sharded is decided by a real config server and a real shard, as they would for
a mongos; that its requests name the shard is read off the commands the service sends.
"""

import base64
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
from bson import SON, ObjectId
from flask import Flask
from pymongo.errors import OperationFailure
from pymongo.monitoring import CommandListener

from app import extensions
from app.ai import repository as summaries
from app.core import clock, indexes, ownership
from app.transactions import categorising
from app.transactions import repository as transactions
from dev.servers import free_port
from tests.accounts import another_app, login
from tests.deploy.stores import contents, flask, initiate, mongod
from tests.factories import PASSWORD, Person, data, register
from tests.imports.files import imported
from tests.records import BUDGETS, MILK, TRANSACTIONS
from tests.waiting import wait_until

SHARD_KEY = {"user_id": "hashed"}
SHARDED = ("transactions", "budgets", "summaries", "imports", "forecasts", "account_exports", "idempotency_keys")


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[pymongo.MongoClient[Any], dict[str, Any]]]:
    """A shard that belongs to a cluster, and the version of its database, as the config server gave it."""
    ports = {"config": free_port(), "shard": free_port()}
    config_data, shard_data = tmp_path_factory.mktemp("config"), tmp_path_factory.mktemp("shard")
    with (
        mongod(config_data, ports["config"], "--configsvr", "--replSet", "config") as config,
        mongod(shard_data, ports["shard"], "--shardsvr", "--replSet", "shard") as one,
    ):
        initiate(config, "config", configsvr=True)
        initiate(one, "shard")
        for command, value in (
            ("_configsvrAddShard", f"shard/127.0.0.1:{ports['shard']}"),
            ("_configsvrCreateDatabase", "finsight"),
        ):
            config.admin.command(command, value, writeConcern={"w": "majority"})
        database = wait_until(lambda: config.config.databases.find_one({"_id": "finsight"}))
        for name, declared in indexes.declared().items():
            one.finsight[name].create_indexes(declared)
        yield one, database["version"]


def shard_collection(shard: tuple[pymongo.MongoClient[Any], dict[str, Any]], name: str) -> None:
    client, version = shard
    command = SON(_shardsvrCreateCollection=name, shardKey=SHARD_KEY, databaseVersion=version)
    client.finsight.command(command, writeConcern={"w": "majority"})


@pytest.mark.slow
@pytest.mark.parametrize("name", SHARDED)
def test_whatever_somebody_owns_can_be_spread_by_its_owner(
    name: str, shard: tuple[pymongo.MongoClient[Any], dict[str, Any]]
) -> None:
    """With documents in it, and with all unique indexes of the model."""
    assert set(SHARDED) == set(ownership.owned_collections())
    client, _ = shard
    client.finsight[name].insert_many({"user_id": ObjectId(), "key": f"{number}"} for number in range(50))
    client.finsight[name].create_index([("user_id", "hashed")])
    shard_collection(shard, name)
    assert client.finsight[name].index_information()["user_id_hashed"]["key"] == [("user_id", "hashed")]


@pytest.mark.slow
def test_accounts_stay_together(shard: tuple[pymongo.MongoClient[Any], dict[str, Any]]) -> None:
    """Addresses and names are unique among all, which no shard could tell alone."""
    with pytest.raises(OperationFailure, match="Uniqueness can't be maintained unless shard key is a prefix"):
        shard_collection(shard, "users")


class Commands(CommandListener):
    """What was sent to MongoDB."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        self.sent.append(dict(event.command))

    def succeeded(self, event: Any) -> None:
        """Of no interest."""

    def failed(self, event: Any) -> None:
        """Of no interest."""


@pytest.fixture
def sent(
    app: Flask, settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Flask, list[dict[str, Any]]]]:
    """Another app, and the commands it sends."""
    listener = Commands()
    monkeypatch.setitem(extensions.MONGO_OPTIONS, "event_listeners", [listener])
    with another_app(app, settings) as other:
        yield other, listener.sent


def live(app: Flask) -> None:
    """All that the service does with what somebody owns."""
    person = register(app)
    owner = ObjectId(person.profile["_id"])
    keyed = {"headers": {"Idempotency-Key": "once"}}
    made = [data(person.post(TRANSACTIONS, MILK, **keyed)) for _ in range(2)]
    person.post(f"{TRANSACTIONS}bulk", {"transactions": [MILK, {**MILK, "external_id": "one"}]})
    person.patch(f"{TRANSACTIONS}{made[0]['_id']}", {"category": "Travel", "description": "a book"})
    for path in (TRANSACTIONS, f"{TRANSACTIONS}summary", f"{TRANSACTIONS}history", BUDGETS):
        assert person.get(path).status_code == 200
    person.get(TRANSACTIONS, search="milk", sort_by="amount")
    read_entries(app, person, owner)
    person.delete(f"{TRANSACTIONS}{made[0]['_id']}")
    budget = data(
        person.post(BUDGETS, {"category": "Travel", "limit": 10, "period": "yearly", "year": clock.now().year})
    )
    person.patch(f"{BUDGETS}{budget['_id']}", {"limit": 20})
    person.delete(f"{BUDGETS}{budget['_id']}")
    take_in_and_out(person)
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200


def take_in_and_out(person: Person) -> None:
    made = imported(person, b"Date,Description,Amount\n2026-01-30,milk,-3.50\n")
    for path in (f"{TRANSACTIONS}imports", f"{TRANSACTIONS}export", "/api/insights/spending-patterns"):
        assert person.get(path).status_code == 200
    assert person.delete(f"{TRANSACTIONS}imports/{made['import_id']}").status_code == 200
    assert person.get("/api/auth/export").status_code == 202
    assert person.get("/api/forecasting/advanced-predictions").status_code in (200, 202)


def read_entries(app: Flask, person: Person, owner: ObjectId) -> None:
    entry = ObjectId(data(person.post(TRANSACTIONS, {"mode": "ai", "text": "nothing in particular"}))["_id"])
    summary = ObjectId(data(person.post("/api/ai/summary"))["task_id"])
    with app.app_context():
        transactions.release(owner, entry)
        summaries.release(owner, summary)
        assert sweep_finds(transactions, owner, entry)
        assert sweep_finds(summaries, owner, summary)
        categorising.categorise(owner, entry)
        summaries.take_up(owner, summary, clock.now())
        summaries.settle(owner, summary, {"status": "failed"})
    assert person.post(f"{TRANSACTIONS}{entry}/retry").status_code == 202


def sweep_finds(repository: Any, owner: ObjectId, wanted: ObjectId) -> bool:
    """Whether sweeping, which takes over others' too, comes to this one, unless a worker's beat did first."""
    took = [found["_id"] for found in iter(lambda: repository.sweep_abandoned(timedelta(seconds=20)), None)]
    return wanted in took or repository.get(owner, wanted).get("lease_until", clock.now()) >= clock.now()


def conditions(command: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each read or write of a command: what kind, and what it asks of the documents."""
    (kind, _), *_ = command.items()
    if kind == "find":
        yield kind, command["filter"]
    elif kind == "aggregate":
        yield kind, command["pipeline"][0]["$match"]
    elif kind == "findAndModify":
        yield "change one", command["query"]
    for change in command.get("updates", ()):
        yield "change many" if change.get("multi") else "change one", change["q"]
    for deletion in command.get("deletes", ()):
        yield "change many" if deletion["limit"] == 0 else "change one", deletion["q"]
    for document in command.get("documents", ()):
        yield "insert", document


def test_what_the_service_asks_for_names_its_shard(sent: tuple[Flask, list[dict[str, Any]]]) -> None:
    """All but the sweeps, which look at all shards, for little: through the small index of what is processing."""
    app, commands = sent
    live(app)
    asked = [
        (collection, kind, condition)
        for command in commands
        if (collection := next(iter(command.values()))) in SHARDED
        for kind, condition in conditions(command)
    ]
    kinds = {(collection, kind) for collection, kind, _ in asked}
    assert {("transactions", kind) for kind in ("find", "aggregate", "change one", "change many", "insert")} <= kinds
    without = [(collection, kind, condition) for collection, kind, condition in asked if "user_id" not in condition]
    sweeps = [entry for entry in without if "lease_until" in str(entry[2])]
    assert {(collection, kind) for collection, kind, _ in sweeps} == {("transactions", "find"), ("summaries", "find")}
    # Of answers kept for a day: the one that was just found, and those about an account that is erased.
    others = [entry for entry in without if entry not in sweeps]
    assert {(collection, next(iter(condition))) for collection, _, condition in others} <= {
        ("idempotency_keys", "_id"),
        ("idempotency_keys", "reserved_id"),
    }
    assert not [entry for entry in others if entry[1] == "change one" and "_id" not in entry[2]]


def test_nothing_moves_between_shards(sent: tuple[Flask, list[dict[str, Any]]]) -> None:
    app, commands = sent
    live(app)
    changes = [change["u"] for command in commands for change in command.get("updates", ())]
    changes += [command["update"] for command in commands if "findAndModify" in command and "update" in command]
    assert len(changes) > 10
    assert not [change for change in changes if "user_id" in change.get("$set", {})]


ROOT_USER = {"username": "root", "password": "root-password"}


@pytest.mark.slow
def test_a_single_mongodb_becomes_a_replica_set_with_all_it_holds(
    settings: dict[str, object], app: Flask, tmp_path: Path
) -> None:
    """As docs/operations.md says: with passwords, and a key file that the members know each other by."""
    (place := tmp_path / "data").mkdir()
    key, port = tmp_path / "key", free_port()
    key.touch(mode=0o600)
    key.write_text(base64.b64encode(os.urandom(300)).decode())
    uri = f"mongodb://finsight:its-password@127.0.0.1:{port}/finsight?authSource=finsight"
    with mongod(place, port, "--auth") as client:
        client.admin.command("createUser", "root", pwd="root-password", roles=["root"])
        with pymongo.MongoClient("127.0.0.1", port, **ROOT_USER) as root:
            roles = [{"role": "readWrite", "db": "finsight"}]
            root.finsight.command("createUser", "finsight", pwd="its-password", roles=roles)
        with another_app(app, settings, MONGO_URI=uri) as other:
            email = register(other).email
    with (
        mongod(place, port, "--replSet", "rs0", "--keyFile", str(key)),
        pymongo.MongoClient("127.0.0.1", port, directConnection=True, **ROOT_USER) as root,
    ):
        initiate(root)
        with another_app(app, settings, MONGO_URI=uri) as other:
            assert wait_until(lambda: login(other, email).status_code == 200)
            register(other).spend(5)
            assert "finsight_mongodb_disk_bytes" in other.test_client().get("/metrics").text
        # The application's user may do all of it but the wiping.
        assert flask("backup", tmp_path / "backup", {**settings, "MONGO_URI": uri}).returncode == 0
        before = contents(root.finsight)
        root.drop_database("finsight")
        restored = flask("restore", tmp_path / "backup", {**settings, "MONGO_URI": uri})
        assert restored.returncode == 0, restored.stdout
        assert contents(root.finsight) == before
        assert "users: 2" in restored.stdout
