"""What nothing refers to is removed, and nothing else is."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bson import ObjectId
from flask import Flask

from app.auth.erasure import LAST_STRAGGLER
from app.auth.tasks import sweep_erasures
from app.core import clock
from app.extensions import mongo, redis
from app.files import blobs, service, sweeping
from app.services import storage
from app.services.storage.gridfs import BUCKET
from tests.accounts import another_app, at_once
from tests.factories import PASSWORD, Person, register
from tests.files import Picture, filed, keys_of, nobody, owner_of
from tests.records import freeze


@pytest.fixture(params=["gridfs", "s3"])
def either(app: Flask, settings: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app with one of the storages behind it, about to be swept from the beginning."""
    chosen = request.getfixturevalue("s3_settings") if request.param == "s3" else {}
    with another_app(app, settings, **chosen) as other, other.app_context():
        redis.client.delete(sweeping.CHECKPOINT)
        yield other


def two_hours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, (clock.now() + timedelta(hours=2)).isoformat())


@pytest.fixture
def in_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    two_hours_pass(monkeypatch)


def sweep_all() -> int:
    """Sweep until it is about to begin anew; how many batches that were."""
    for batches in range(1, 200):
        sweeping.sweep()
        if not redis.client.get(sweeping.CHECKPOINT):
            return batches
    raise AssertionError("the sweep goes on and on")


def test_what_nothing_refers_to_is_removed_after_an_hour(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = register(either)
    owner, stays = owner_of(person), filed(person)
    blobs.put(owner, stays["_id"], "view", b"made later")
    orphan = service.store(owner, Picture(os.urandom(300_000)))
    now = clock.now()
    for minutes, left in ((58, 5), (62, 3)):
        with monkeypatch.context() as later:
            freeze(later, (now + timedelta(minutes=minutes)).isoformat())
            sweep_all()
        assert len(keys_of(owner)) == left
    assert not [key for key in keys_of(owner) if str(orphan["_id"]) in key]
    assert service.read(owner, stays, "view") == b"made later"


@pytest.mark.usefixtures("in_two_hours")
def test_it_goes_through_all_in_batches_and_then_begins_anew(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_all()
    monkeypatch.setattr(sweeping, "BATCH", 3)
    for _ in range(2):
        owners = [owner_of(register(either)) for _ in range(4)]
        for owner in owners:
            service.store(owner, Picture(b"in no row"))
        assert sweep_all() >= 3
        assert [keys_of(owner) for owner in owners] == [[]] * 4


def test_several_at_once_do_no_harm(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = register(either)
    stays, owners = filed(person), [owner_of(register(either)) for _ in range(5)]
    for owner in owners:
        service.store(owner, Picture(b"in no row"))

    def sweep(_: int) -> None:
        with either.app_context():
            sweep_all()

    two_hours_pass(monkeypatch)
    at_once(4, sweep)
    assert [keys_of(owner) for owner in owners] == [[]] * 5
    assert service.read(owner_of(person), stays, "thumb") == b"a thumbnail"


@pytest.mark.usefixtures("in_two_hours")
def test_what_is_none_of_ours_is_left_alone(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object]
) -> None:
    with another_app(app, settings, **s3_settings) as other, other.app_context():
        storage.current().put("somebody/elses/backup", b"x")
        sweep_all()
        assert storage.current().get("somebody/elses/backup") == b"x"
        storage.current().delete("somebody/")


@pytest.mark.usefixtures("in_two_hours")
def test_an_upload_that_died_half_way_is_removed(app: Flask, person: Person) -> None:
    owner = owner_of(person)
    revision = f"{owner}/{ObjectId()}/original#{ObjectId()}"
    mongo.db[f"{BUCKET}.chunks"].insert_one({"files_id": revision, "n": 0, "data": b"x"})
    with app.app_context():
        redis.client.delete(sweeping.CHECKPOINT)
        sweep_all()
        assert keys_of(owner) == []


def test_a_database_that_was_lost_costs_no_files(
    app: Flask,
    settings: dict[str, object],
    s3_settings: dict[str, object],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does another installation that was given the same bucket, whoever has an account there."""
    with another_app(app, settings, **s3_settings) as before:
        people = [register(before) for _ in range(3)]
        files = [filed(person) for person in people]
    empty = str(settings["MONGO_URI"]).replace("/finsight", f"/empty{ObjectId()}")
    with another_app(app, settings, **s3_settings, MONGO_URI=empty) as lost, lost.app_context():
        orphan = service.store(owner_of(register(lost)), Picture(b"in no row"))
        redis.client.delete(sweeping.CHECKPOINT, sweeping.STRANGERS, sweeping.TOLD)
        two_hours_pass(monkeypatch)
        for _ in range(2):
            sweep_all()
        assert not [entry for entry in storage.current().entries("", 10_000) if str(orphan["_id"]) in entry.key]
        told = [record.args for record in caplog.records if "not in this database" in record.message]
        assert len(told) == 1, "once a day"
        assert told[0] >= (len(files),)  # type: ignore[operator]
    with another_app(app, settings, **s3_settings) as back, back.app_context():
        for person, file in zip(people, files, strict=True):
            assert service.read(owner_of(person), file, "thumb") == b"a thumbnail"


@pytest.mark.usefixtures("in_two_hours")
def test_while_the_storage_is_away_it_waits_where_it_is(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object]
) -> None:
    register(app)
    with (
        nobody() as url,
        another_app(app, settings, **{**s3_settings, "S3_ENDPOINT_URL": url}) as other,
        other.app_context(),
    ):
        redis.client.set(sweeping.CHECKPOINT, "here")
        sweeping.sweep()
        assert redis.client.get(sweeping.CHECKPOINT) == "here"
        redis.client.delete(sweeping.CHECKPOINT)


def test_while_the_storage_is_away_an_account_is_erased_and_its_files_later(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object]
) -> None:
    with another_app(app, settings, **s3_settings) as other:
        person = register(other)
        filed(person)
    with nobody() as url, another_app(app, settings, **{**s3_settings, "S3_ENDPOINT_URL": url}) as away:
        answer = away.test_client().delete(
            "/api/auth/profile", json={"password": PASSWORD}, headers={"Authorization": f"Bearer {person.access_token}"}
        )
        assert answer.status_code == 200
        long_ago = clock.now() - 2 * LAST_STRAGGLER
        mongo.db.users.update_one({"_id": owner_of(person)}, {"$set": {"erased_at": long_ago}})
        with away.app_context():
            sweep_erasures()
    with another_app(app, settings, **s3_settings) as other, other.app_context():
        assert len(keys_of(owner_of(person))) == 2
        sweep_erasures()
        assert keys_of(owner_of(person)) == []
        assert mongo.db.users.find_one({"_id": owner_of(person)}) is None


def test_what_a_straggler_stores_goes_with_the_account(either: Flask) -> None:
    person = register(either)
    with service.stored(owner_of(person), Picture(b"late")) as file:
        assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
        service.store(owner_of(person), Picture(b"later still"))
        mongo.db.transactions.insert_one({"user_id": owner_of(person), "receipt": {"file": file}})
    assert keys_of(owner_of(person))
    sweep_erasures()
    assert keys_of(owner_of(person)) == []
    assert mongo.db.transactions.find_one({"user_id": owner_of(person)}) is None


def test_a_removal_that_was_never_published_is_made_up_for(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = register(either)
    file = filed(person)
    mongo.db.transactions.delete_one({"_id": file["row"]})
    with monkeypatch.context() as broker:
        broker.setattr(service, "enqueue", lambda *_: False)
        service.discard(owner_of(person), file["_id"])
    assert len(keys_of(owner_of(person))) == 2
    two_hours_pass(monkeypatch)
    sweep_all()
    assert keys_of(owner_of(person)) == []
