"""What nothing refers to is removed, and nothing else is."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bson import ObjectId
from flask import Flask

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


@pytest.fixture
def in_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, (clock.now() + timedelta(hours=2)).isoformat())


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
    strangers = service.store(ObjectId(), Picture(b"of nobody"))
    now = clock.now()
    for minutes, left in ((58, 5), (62, 3)):
        with monkeypatch.context() as later:
            freeze(later, (now + timedelta(minutes=minutes)).isoformat())
            sweep_all()
        assert len(keys_of(owner)) == left
    assert not [key for key in keys_of(owner) if str(orphan["_id"]) in key]
    assert not [entry for entry in storage.current().entries("", 10_000) if str(strangers["_id"]) in entry.key]
    assert service.read(owner, stays, "view") == b"made later"


@pytest.mark.usefixtures("in_two_hours")
def test_it_goes_through_all_in_batches_and_then_begins_anew(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_all()
    monkeypatch.setattr(sweeping, "BATCH", 3)
    for _ in range(2):
        owners = [ObjectId() for _ in range(4)]
        for owner in owners:
            service.store(owner, Picture(b"of nobody"))
        assert sweep_all() >= 3
        assert [keys_of(owner) for owner in owners] == [[]] * 4


def test_several_at_once_do_no_harm(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = register(either)
    stays, owners = filed(person), [ObjectId() for _ in range(5)]
    for owner in owners:
        service.store(owner, Picture(b"of nobody"))

    def sweep(_: int) -> None:
        with either.app_context():
            sweep_all()

    freeze(monkeypatch, (clock.now() + timedelta(hours=2)).isoformat())
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
def test_an_upload_that_died_half_way_is_removed(app: Flask) -> None:
    owner = ObjectId()
    revision = f"{owner}/{ObjectId()}/original#{ObjectId()}"
    mongo.db[f"{BUCKET}.chunks"].insert_one({"files_id": revision, "n": 0, "data": b"x"})
    with app.app_context():
        redis.client.delete(sweeping.CHECKPOINT)
        sweep_all()
        assert keys_of(owner) == []


@pytest.mark.usefixtures("in_two_hours")
def test_a_database_that_was_lost_costs_no_files(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """As long as nobody is back in it: a restore puts accounts back last."""
    empty = str(settings["MONGO_URI"]).replace("/finsight", f"/empty{ObjectId()}")
    with another_app(app, settings, **s3_settings, MONGO_URI=empty) as lost, lost.app_context():
        owner = ObjectId()
        service.store(owner, Picture(b"of somebody"))
        redis.client.delete(sweeping.CHECKPOINT)
        sweep_all()
        assert len(keys_of(owner)) == 2
        assert "no file is swept" in caplog.text


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
    with another_app(app, settings, **s3_settings) as other, other.app_context():
        assert len(keys_of(owner_of(person))) == 2
        sweep_erasures()
        assert keys_of(owner_of(person)) == []


def test_what_a_straggler_stores_goes_with_the_account(app: Flask, person: Person) -> None:
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    with app.app_context():
        service.store(owner_of(person), Picture(b"late"))
        sweep_erasures()
        assert keys_of(owner_of(person)) == []
