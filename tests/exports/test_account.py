"""Everything there is about somebody: complete, without secrets, by a link that ends."""

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

import orjson
import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock, ownership
from app.exports import archiving, making, repository, tasks
from app.extensions import mongo
from app.files import large_service, sweeping
from app.files.large_service import writing
from app.models import account_exports
from app.services.storage import StorageUnavailable
from tests.exports.records import ACCOUNT, csv_rows, exported, made, opened, path_of, stored
from tests.factories import PASSWORD, Person, data
from tests.files import filed, keys_of, owner_of
from tests.records import BUDGETS, freeze
from tests.test_idempotency import next_month
from tests.waiting import wait_until

HOUR = timedelta(hours=1)


def with_everything(person: Person) -> dict[str, Any]:
    """Give somebody a document in every owned collection; the content of one of their files."""
    owner = owner_of(person)
    person.spend(12.5, description="Bread", notes="from the baker's")
    person.post(BUDGETS, next_month())
    content = b"a picture of a receipt"
    file = filed(person, content)
    for collection in ownership.owned_collections():
        if not mongo.db[collection].count_documents({"user_id": owner}) and collection != account_exports.COLLECTION:
            mongo.db[collection].insert_one({"_id": ObjectId(), "user_id": owner, "marked": collection})
    return {"content": content, **file}


def test_all_that_is_stored_of_somebody_is_in_it(person: Person, stranger: Person) -> None:
    file = with_everything(person)
    stranger.spend(1, description="not mine")
    owner = owner_of(person)
    expected = {
        name: {str(document["_id"]) for document in mongo.db[name].find({"user_id": owner})}
        for name in mongo.db.list_collection_names()
    }
    archive = opened(person, made(person))
    names = set(archive.namelist())
    for name in {name for name, ids in expected.items() if ids}:
        found = {document["_id"] for document in orjson.loads(archive.read(f"collections/{name}.json"))}
        assert found >= expected[name], name
    assert {f"collections/{name}.json" for name in ownership.owned_collections()} <= names
    assert archive.read(f"files/{file['_id']}-receipt.jpg") == file["content"]
    assert archive.read("transactions.csv") == exported(person)
    assert orjson.loads(archive.read("account.json"))["email"] == person.email
    (session,) = orjson.loads(archive.read("sessions.json"))
    assert session["ip"]
    assert person.email in archive.read("README.txt").decode()
    assert b"not mine" not in b"".join(archive.read(name) for name in names)


def test_no_secret_is_in_it(person: Person) -> None:
    owner = owner_of(person)
    mongo.db.users.update_one({"_id": owner}, {"$set": {"password_reset": {"token_hash": "a-token-hash"}}})
    account = mongo.db.users.find_one({"_id": owner}) or {}
    archive = opened(person, made(person))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (account["password_hash"], "a-token-hash", person.access_token, person.refresh_token, PASSWORD):
        assert secret.encode() not in everything


def test_long_files_are_in_it_and_damaged_ones_are_named(app: Flask, person: Person) -> None:
    owner = owner_of(person)
    long, gone = filed(person), filed(person)
    with app.app_context():
        with writing(owner, "../../etc/passwd\n.csv") as writer:
            writer.write(b"0123456789" * 150_000)
            file = writer.finish()
        mongo.db.transactions.update_one({"_id": long["row"]}, {"$set": {"receipt.file": file}})
        sweeping.blobs.remove(owner, gone["_id"])
    archive = opened(person, made(person))
    (name,) = (name for name in archive.namelist() if str(file["_id"]) in name)
    assert name == f"files/{file['_id']}-_.._etc_passwd_.csv"
    assert archive.read(name) == b"0123456789" * 150_000
    assert orjson.loads(archive.read("missing.json")) == [f"{gone['_id']}-receipt.jpg"]


def test_it_is_made_once_and_kept_for_an_hour(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(person)
    assert data(person.get(ACCOUNT))["expires_at"] == first["expires_at"]
    with monkeypatch.context() as later:
        freeze(later, (clock.now() + HOUR + timedelta(minutes=2)).isoformat())
        assert person.client.application.test_client().get(path_of(first)).status_code == 404


def test_the_rest_of_a_download_that_broke_off_can_be_had(person: Person) -> None:
    answer = made(person)
    client = person.client.application.test_client()
    whole = client.get(path_of(answer)).data
    rest = client.get(path_of(answer), headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.data) == (206, whole[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert client.get(path_of(answer), headers={"Range": "bytes=99999999-"}).data == whole


def test_the_link_ends_with_the_password_and_with_the_account(person: Person) -> None:
    old = made(person)
    changed = f"{PASSWORD}2"
    passwords = {"current_password": PASSWORD, "password": changed}
    assert person.post("/api/auth/change-password", passwords).status_code == 200
    assert person.client.application.test_client().get(path_of(old)).status_code == 404
    answer = data(person.get(ACCOUNT))
    opened(person, answer)
    owner = owner_of(person)
    assert person.delete("/api/auth/profile", {"password": changed}).status_code == 200
    assert person.client.application.test_client().get(path_of(answer)).status_code == 404
    with person.client.application.app_context():
        assert keys_of(owner) == []


def test_a_link_that_was_tampered_with_leads_nowhere(person: Person) -> None:
    path = path_of(made(person))
    client = person.client.application.test_client()
    for wrong in (path[:-3], f"{path}x", path.replace("exports/", "exports/A"), "/api/exports/x"):
        assert client.get(wrong).status_code == 404
    assert client.get(path.replace("/exports/", "/files/")).status_code == 404


@pytest.mark.usefixtures("no_worker")
def test_one_at_a_time(person: Person) -> None:
    assert [data(person.get(ACCOUNT)) for _ in range(3)] == [{"status": "pending"}] * 3
    assert mongo.db.account_exports.count_documents({"user_id": owner_of(person)}) == 1


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker hears of what is asked for; the sweep has no reason to tell one."""
    monkeypatch.setattr(tasks.account, "apply_async", lambda **_: None)


def begun(person: Person) -> tuple[ObjectId, ObjectId]:
    """The owner and the id of an export that waits for a worker."""
    person.get(ACCOUNT)
    document = mongo.db.account_exports.find_one({"user_id": owner_of(person), "running": True})
    assert document
    return owner_of(person), document["_id"]


@pytest.mark.usefixtures("no_worker")
def test_what_a_killed_worker_left_is_made_anew(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, export_id = begun(person)
    with app.app_context():
        with monkeypatch.context() as dying, suppress(KeyboardInterrupt):
            # As a killed process: nothing is tidied up.
            dying.setattr(archiving, "write", lambda target, *_: (target.write(b"x" * 1_100_000), _die())[0])
            dying.setattr("app.files.service.remove", lambda *_: None)
            making.make(owner, export_id, "the first")
        assert len(keys_of(owner)) == 1
        making.make(owner, export_id, "delivered again")
        assert data(person.get(ACCOUNT))["status"] == "processing"
        freeze(monkeypatch, (clock.now() + making.LEASE + timedelta(seconds=1)).isoformat())
        monkeypatch.setattr(tasks.account, "apply_async", lambda args: making.make(*map(ObjectId, args), "the second"))
        tasks.sweep()
        assert data(person.get(ACCOUNT))["status"] == "completed"
        assert len(keys_of(owner)) == 1


def _unreachable(*_: Any) -> None:
    raise StorageUnavailable


def _die() -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("no_worker")
def test_what_fails_again_and_again_is_said_and_begun_anew(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    owner, export_id = begun(person)
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr(archiving, "write", lambda *_: 1 / 0)
        for _ in range(making.MOST_ATTEMPTS + 1):
            making.make(owner, export_id, "a worker")
    answer = person.get(ACCOUNT)
    assert (answer.status_code, data(answer)["status"]) == (200, "failed")
    assert [record for record in caplog.records if record.levelno == logging.ERROR]
    with app.app_context():
        assert keys_of(owner) == []
    assert data(person.get(ACCOUNT)) == {"status": "pending"}


@pytest.mark.usefixtures("no_worker")
def test_an_outage_is_waited_out(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, export_id = begun(person)
    with app.app_context(), monkeypatch.context() as outage:
        outage.setattr(large_service.Writer, "write", _unreachable)
        for _ in range(2 * making.MOST_ATTEMPTS):
            with pytest.raises(StorageUnavailable):
                making.make(owner, export_id, "a worker")
            assert data(person.get(ACCOUNT)) == {"status": "pending"}
    with app.app_context():
        making.make(owner, export_id, "a worker")
    assert data(person.get(ACCOUNT))["status"] == "completed"


@pytest.mark.usefixtures("no_worker")
def test_an_account_that_is_erased_meanwhile_leaves_nothing(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, export_id = begun(person)
    whole = archiving.write

    def erased_meanwhile(target: Any, user: Any, keep: Any) -> None:
        whole(target, user, keep)
        assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200

    monkeypatch.setattr(archiving, "write", erased_meanwhile)
    with app.app_context():
        making.make(owner, export_id, "a worker")
        assert keys_of(owner) == []
    assert repository.get(owner, export_id) is None


@pytest.mark.usefixtures("no_worker")
def test_while_it_is_written_the_sweep_leaves_it_alone(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, export_id = begun(person)
    whole = archiving.write

    def swept_meanwhile(target: Any, user: Any, keep: Any) -> None:
        target.write(b"")
        whole(target, user, keep)
        with monkeypatch.context() as later:
            freeze(later, (clock.now() + 2 * HOUR).isoformat())
            for _ in range(200):
                sweeping.sweep()
                if not sweeping.redis.client.get(sweeping.CHECKPOINT):
                    break

    monkeypatch.setattr(archiving, "write", swept_meanwhile)
    stored(person, 20)
    with app.app_context():
        making.make(owner, export_id, "a worker")
    assert len(csv_rows(opened(person, data(person.get(ACCOUNT))).read("transactions.csv"))) == 20


def test_a_worker_makes_it(person: Person, worker: None) -> None:
    person.spend(3, description="Tea")
    assert person.get(ACCOUNT).status_code == 202
    wait_until(lambda: data(person.get(ACCOUNT))["status"] == "completed", seconds=30)
    archive = opened(person, data(person.get(ACCOUNT)))
    assert csv_rows(archive.read("transactions.csv"))[0]["description"] == "Tea"
