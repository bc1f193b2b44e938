"""Stored files: their bytes at rest, links to them, and what removes them."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from PIL import ExifTags, Image
from pymongo.errors import AutoReconnect, DuplicateKeyError

from app.auth import service as accounts
from app.core import clock
from app.extensions import mongo
from app.files import blobs, links, service
from app.files.blobs import UnreadableFile
from app.services import intake, storage
from app.services.storage import StorageUnavailable
from tests.accounts import another_app, bearer
from tests.factories import PASSWORD, Person, code, register
from tests.files import Picture, filed, keys_of, link_to, nobody, owner_of
from tests.records import freeze
from tests.waiting import wait_until

CONTENT = b"a receipt of the bakery" * 20_000


@pytest.fixture(params=["gridfs", "s3"])
def either(app: Flask, settings: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app with one of the storages behind it."""
    chosen = request.getfixturevalue("s3_settings") if request.param == "s3" else {}
    with another_app(app, settings, **chosen) as other, other.app_context():
        yield other


# --- At rest ---------------------------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_was_and_lies_there_sealed(either: Flask) -> None:
    owner, picture = ObjectId(), Picture(CONTENT)
    file = service.store(owner, picture)
    assert service.read(owner, file, "original") == CONTENT
    assert service.read(owner, file, "thumb") == picture.thumbnail
    assert (file["size"], file["sha256"], file["filename"]) == (len(CONTENT), picture.sha256, "receipt.jpg")
    assert keys_of(owner) == [f"{owner}/{file['_id']}/original", f"{owner}/{file['_id']}/thumb"]
    for key in keys_of(owner):
        lying = storage.current().get(key)
        assert b"bakery" not in lying
        assert b"thumbnail" not in lying


@pytest.mark.parametrize("other", ["variant", "file", "owner"])
def test_what_was_swapped_is_refused(either: Flask, other: str, caplog: pytest.LogCaptureFixture) -> None:
    owner = ObjectId()
    mine, another = service.store(owner, Picture(b"mine")), service.store(owner, Picture(b"another"))
    foreign = ObjectId()
    theirs = service.store(foreign, Picture(b"theirs"))
    taken = {
        "variant": f"{owner}/{mine['_id']}/thumb",
        "file": f"{owner}/{another['_id']}/original",
        "owner": f"{foreign}/{theirs['_id']}/original",
    }[other]
    key = f"{owner}/{mine['_id']}/original"
    storage.current().put(key, storage.current().get(taken))
    with pytest.raises(UnreadableFile) as refused:
        service.read(owner, mine, "original")
    assert (refused.value.status, refused.value.code) == (500, "unreadable_file")
    assert f"file {key} can't be opened: damaged, or not what was stored here" in caplog.text


def test_a_damaged_file_is_said_to_be_so_and_nothing_of_it_is_shown(app: Flask, person: Person) -> None:
    file = filed(person)
    key = f"{owner_of(person)}/{file['_id']}/thumb"
    with app.app_context():
        storage.current().put(key, storage.current().get(key)[:-1] + b"?")
    answer = app.test_client().get(link_to(person, file))
    assert (answer.status_code, code(answer)) == (500, "unreadable_file")
    assert set(answer.json["data"]) == {"message", "code", "request_id"}


def test_a_file_that_is_lost_is_unreadable(app: Flask, person: Person) -> None:
    file = filed(person)
    with app.app_context():
        blobs.remove(owner_of(person), file["_id"])
    answer = app.test_client().get(link_to(person, file))
    assert (answer.status_code, code(answer)) == (500, "unreadable_file")


def test_what_cannot_be_drawn_large_is_shown_small_and_not_tried_again(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filed(person)
    link = link_to(person, file, "view")
    shown = app.test_client().get(link)
    assert (shown.status_code, shown.data) == (200, Picture.thumbnail)
    monkeypatch.setattr(intake, "view", None)
    assert app.test_client().get(link).data == shown.data


def photo() -> bytes:
    """A JPEG that lies on its side and says so, with a maker's name in it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "a camera of mine"
    written = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_a_view_is_made_when_first_asked_for_and_kept(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, content = ObjectId(), photo()
    assert b"camera" in content
    file = service.store(owner, intake.accept(content, "photo.jpg"))
    assert len(keys_of(owner)) == 2
    view = service.read(owner, file, "view")
    assert Image.open(io.BytesIO(view)).size == (200, 300)
    assert b"camera" not in view
    assert len(keys_of(owner)) == 3
    monkeypatch.delattr(intake, "view")
    assert service.read(owner, file, "view") == view


# --- Before the row --------------------------------------------------------------------------------------------------


def write(owner: ObjectId, error: Exception) -> None:
    """The write of a row that fails, once its file is there."""
    assert len(keys_of(owner)) == 2
    raise error


@pytest.mark.parametrize("error", [ValueError("ours"), DuplicateKeyError("theirs")])
def test_nothing_stays_of_a_file_whose_row_could_not_be_written(either: Flask, error: Exception) -> None:
    owner = ObjectId()
    with pytest.raises(type(error)), service.stored(owner, Picture(CONTENT)):
        write(owner, error)
    assert keys_of(owner) == []


def test_a_file_stays_whose_row_may_be_there(app: Flask) -> None:
    """MongoDB's answer to the write was lost."""
    owner = ObjectId()
    with app.app_context():
        with pytest.raises(AutoReconnect), service.stored(owner, Picture(CONTENT)):
            write(owner, AutoReconnect("gone"))
        assert len(keys_of(owner)) == 2


def test_nothing_stays_of_a_file_that_was_stored_by_half(either: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, put = ObjectId(), blobs.put

    def fail_later(whose: ObjectId, file_id: ObjectId, variant: blobs.Variant, content: bytes) -> None:
        if variant == "thumb":
            raise StorageUnavailable()
        put(whose, file_id, variant, content)

    monkeypatch.setattr(blobs, "put", fail_later)
    with pytest.raises(StorageUnavailable):
        service.store(owner, Picture(CONTENT))
    assert keys_of(owner) == []


# --- Links -----------------------------------------------------------------------------------------------------------


def test_a_link_shows_the_picture(app: Flask, person: Person) -> None:
    answer = app.test_client().get(link_to(person, filed(person)))
    assert (answer.status_code, answer.data) == (200, b"a thumbnail")
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'inline; filename="file.jpg"'
    assert {"sandbox", "default-src 'none'"} <= set(headers["Content-Security-Policy"].split("; "))


def test_what_the_client_has_is_not_sent_again(app: Flask, person: Person) -> None:
    link = link_to(person, filed(person))
    first = app.test_client().get(link)
    again = app.test_client().get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_a_link_ends_after_five_minutes(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    link, signed_at = link_to(person, filed(person)), clock.now()
    for age, status in ((-58, 200), (-1, 200), (298, 200), (302, 404), (3600, 404)):  # hosts' clocks differ
        with monkeypatch.context() as later:
            freeze(later, (signed_at + timedelta(seconds=age)).isoformat())
            assert app.test_client().get(link).status_code == status


def test_no_link_can_be_made_up(app: Flask, settings: dict[str, object], person: Person, stranger: Person) -> None:
    file = filed(person)
    link = link_to(person, file, "view")
    token = link.rpartition("/")[2]
    changed = {place: "A" if letter != "A" else "B" for place, letter in enumerate(token[:-1])}
    tampered = [f"{token[:place]}{letter}{token[place + 1 :]}" for place, letter in changed.items()]
    secret = "another-secret-for-the-tests-0123456789abcdef"
    with another_app(app, settings, JWT_SECRET_KEY=secret) as other, other.app_context():
        foreign = links.sign(owner_of(person), file["_id"], "thumb")
    mixed = link_to(stranger, file).rpartition("/")[2]
    for wrong in (*tampered, foreign, mixed, person.access_token, token.split(".")[0], "x", "%00", f"{token}/x"):
        answer = app.test_client().get(f"/api/files/{wrong}")
        assert (answer.status_code, code(answer)) == (404, "not_found"), wrong
    assert app.test_client().get(link).status_code == 200
    assert app.test_client().get("/api/auth/profile", headers=bearer(token)).status_code == 401


def test_a_link_ends_with_the_row_it_came_from(app: Flask, person: Person) -> None:
    file = filed(person)
    link = link_to(person, file, "view")
    mongo.db.transactions.delete_one({"_id": file["row"]})
    assert app.test_client().get(link).status_code == 404


def test_a_link_ends_with_the_account(app: Flask, person: Person) -> None:
    link = link_to(person, filed(person))
    with app.app_context():
        for active, status in ((False, 404), (True, 200)):
            accounts.set_active(mongo.db.users.find_one({"_id": owner_of(person)}), active)  # type: ignore[arg-type]
            assert app.test_client().get(link).status_code == status
    again = register(app)
    link = link_to(again, filed(again))
    assert again.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    assert app.test_client().get(link).status_code == 404


def test_no_link_gets_into_a_log_or_a_metric(app: Flask, person: Person, log_file: Any) -> None:
    token = link_to(person, filed(person)).rpartition("/")[2]
    for wanted in (token, token + "x"):
        app.test_client().get(f"/api/files/{wanted}", headers={"X-Request-ID": "of-the-link"})
    wait_until(lambda: log_file.read_text().count("of-the-link") >= 2)
    told = log_file.read_text() + app.test_client().get("/metrics").text
    assert "/api/files/<token>" in told
    assert token not in told


def test_a_storage_that_is_away_is_503_for_its_files_alone(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object], person: Person
) -> None:
    link = link_to(person, filed(person))
    with (
        nobody() as url,
        another_app(app, settings, **{**s3_settings, "S3_ENDPOINT_URL": url}) as other,
    ):
        answer = other.test_client().get(link)
        assert (answer.status_code, code(answer)) == (503, "storage_unavailable")
        assert answer.headers["Retry-After"] == "2"
        assert other.test_client().get("/api/transactions/", headers=bearer(person.access_token)).status_code == 200


# --- After the row ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("worker")
def test_a_discarded_file_is_removed(app: Flask, person: Person) -> None:
    file, other = filed(person), filed(person)
    owner = owner_of(person)
    mongo.db.transactions.delete_one({"_id": file["row"]})
    with app.app_context():
        for gone in (file, other):  # of which one has a row after all
            service.discard(owner, gone["_id"])
        wait_until(lambda: len(keys_of(owner)) == 2)
        assert service.read(owner, other, "thumb") == b"a thumbnail"


def test_erasing_an_account_removes_its_files(either: Flask) -> None:
    person, other = register(either), register(either)
    filed(person), filed(person), filed(other)
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    assert keys_of(owner_of(person)) == []
    assert len(keys_of(owner_of(other))) == 2
