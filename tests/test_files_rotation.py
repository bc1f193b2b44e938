"""`flask rotate-file-keys`: files get another key, as an operator does it."""

import os

import pytest
from bson import ObjectId
from flask import Flask

from app.files import blobs, service
from app.files.blobs import UnreadableFile
from app.services import storage
from app.services.storage import StorageUnavailable, sealing
from tests.accounts import another_app
from tests.files import Picture, keys_of, new_file_keys, s3_client

OLD, NEW = new_file_keys("old"), new_file_keys("new")


@pytest.fixture(params=["gridfs", "s3"])
def own(settings: dict[str, object], request: pytest.FixtureRequest) -> dict[str, object]:
    """Settings of an installation with no other files in it."""
    name = f"rotation{ObjectId()}"
    chosen = request.getfixturevalue("s3_settings") if request.param == "s3" else {}
    if chosen:
        s3_client(chosen).create_bucket(Bucket=name)
        return {**settings, **chosen, "S3_BUCKET": name}
    return {**settings, "MONGO_URI": str(settings["MONGO_URI"]).replace("/finsight", f"/{name}")}


def rotate(app: Flask) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["rotate-file-keys"])
    return done.exit_code, done.output


def key_ids(owner: ObjectId) -> set[str]:
    return {sealing.key_of(storage.current().get(key)) for key in keys_of(owner)}


def test_every_file_gets_the_new_key_and_opens_without_the_old_one(app: Flask, own: dict[str, object]) -> None:
    owner = ObjectId()
    contents = [os.urandom(size) for size in (1, 300_000, 2_000_000)]
    with another_app(app, own, FILE_ENCRYPTION_KEYS=OLD) as before, before.app_context():
        files = [service.store(owner, Picture(content)) for content in contents]
    with another_app(app, own, FILE_ENCRYPTION_KEYS=f"{NEW},{OLD}") as both, both.app_context():
        assert [service.read(owner, file, "original") for file in files] == contents
        late = service.store(owner, Picture(b"under the new key"))
        assert key_ids(owner) == {"old", "new"}
        assert rotate(both) == (0, "sealed anew: 6, up to date: 2\n")
        assert key_ids(owner) == {"new"}
        assert rotate(both) == (0, "sealed anew: 0, up to date: 8\n")
    with another_app(app, own, FILE_ENCRYPTION_KEYS=NEW) as after, after.app_context():
        read = [service.read(owner, file, "original") for file in (*files, late)]
        assert read == [*contents, b"under the new key"]


def test_interrupted_it_goes_on_where_it_was(
    app: Flask, own: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = ObjectId()
    with another_app(app, own, FILE_ENCRYPTION_KEYS=OLD) as before, before.app_context():
        for number in range(3):
            service.store(owner, Picture(b"%d" % number))
    with another_app(app, own, FILE_ENCRYPTION_KEYS=f"{NEW},{OLD}") as both, both.app_context():
        kept = storage.current()
        put, left = kept.put, [4]

        def fail_later(key: str, content: bytes) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise StorageUnavailable()
            put(key, content)

        with monkeypatch.context() as failing:
            failing.setattr(kept, "put", fail_later)
            status, said = rotate(both)
            assert (status, "run this again" in said) == (1, True)
        assert key_ids(owner) == {"old", "new"}
        assert rotate(both) == (0, "sealed anew: 2, up to date: 4\n")


def test_a_file_whose_key_is_lost_is_counted_and_keeps_no_other_back(app: Flask, own: dict[str, object]) -> None:
    owner = ObjectId()
    with another_app(app, own, FILE_ENCRYPTION_KEYS=new_file_keys("lost")) as before, before.app_context():
        lost = service.store(owner, Picture(b"lost"))
    with another_app(app, own, FILE_ENCRYPTION_KEYS=f"{NEW},{OLD}") as both, both.app_context():
        service.store(owner, Picture(b"found"))
        status, said = rotate(both)
        assert (status, "2 can't be opened" in said) == (1, True)
        with pytest.raises(UnreadableFile):
            service.read(owner, lost, "original")


def test_what_is_none_of_ours_ends_no_rotation(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object]
) -> None:
    """Consoles of buckets leave empty objects for folders."""
    bucket, owner = f"rotation{ObjectId()}", ObjectId()
    s3_client(s3_settings).create_bucket(Bucket=bucket)
    own = {**settings, **s3_settings, "S3_BUCKET": bucket}
    with another_app(app, own, FILE_ENCRYPTION_KEYS=OLD) as before, before.app_context():
        file = service.store(owner, Picture(b"ours"))
        storage.current().put("000-folder/", b"")
        storage.current().put("zzz", b"a text")
    with another_app(app, own, FILE_ENCRYPTION_KEYS=f"{NEW},{OLD}") as both, both.app_context():
        assert rotate(both) == (0, "sealed anew: 2, up to date: 0\n")
        assert storage.current().get("zzz") == b"a text"
        storage.current().put(f"{owner}/{file['_id']}/thumb", b"")
        status, said = rotate(both)
        assert (status, "1 can't be opened" in said) == (1, True), "one that is damaged is counted"


def test_a_file_that_is_removed_meanwhile_is_no_fault(app: Flask) -> None:
    with app.app_context():
        assert blobs.reseal(f"{ObjectId()}/{ObjectId()}/original") is False
