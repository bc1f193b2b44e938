"""Both back ends of the file storage by the same tests, on a real MongoDB and a real S3 server."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from bson import ObjectId
from flask import Flask
from pymongo.errors import PyMongoError

from app.core import clock
from app.core.outage import breaker
from app.extensions import mongo
from app.services import storage
from app.services.storage import Missing, Storage, StorageUnavailable, gridfs, s3, sealing
from app.services.storage.gridfs import BUCKET
from tests.accounts import another_app
from tests.files import nobody, s3_client
from tests.lines import Line

BACK_ENDS = ("gridfs", "s3")
KEYS = {"new": os.urandom(32), "old": os.urandom(32)}


@pytest.fixture(params=BACK_ENDS)
def kept(app: Flask, settings: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Storage]:
    """One of the back ends, in the context of an app that uses it."""
    chosen = request.getfixturevalue("s3_settings") if request.param == "s3" else {}
    with another_app(app, settings, **chosen) as other, other.app_context():
        yield storage.current()


@pytest.fixture
def owner() -> str:
    """Whose keys no other test has."""
    return str(ObjectId())


def keys_of(kept: Storage, owner: str) -> list[str]:
    return [entry.key for entry in kept.entries(f"{owner}/", 100) if entry.key.startswith(owner)]


@pytest.mark.parametrize("size", [0, 1, 255 * 1024, 3_000_000])
def test_what_was_put_comes_back_whole_or_in_part(kept: Storage, owner: str, size: int) -> None:
    content = os.urandom(size)
    kept.put(f"{owner}/a/original", content)
    assert kept.get(f"{owner}/a/original") == content
    assert kept.get(f"{owner}/a/original", 10) == content[:10]


def test_the_later_one_takes_the_place_of_the_earlier(kept: Storage, owner: str) -> None:
    for content in (b"first" * 100_000, b"second"):
        kept.put(f"{owner}/a/view", content)
    assert kept.get(f"{owner}/a/view") == b"second"
    assert keys_of(kept, owner) == [f"{owner}/a/view"]
    assert mongo.db[f"{BUCKET}.chunks"].count_documents({"files_id": {"$regex": owner}}) <= 1


def test_what_is_not_there_is_missing(kept: Storage, owner: str) -> None:
    kept.put(f"{owner}/a/view", b"there")
    for key in (f"{owner}/a/original", f"{owner}/a/vie", f"{owner}/a/views", f"{owner}/b/view"):
        with pytest.raises(Missing):
            kept.get(key)
        with pytest.raises(Missing):
            kept.get(key, 10)


def test_deleting_takes_all_below_and_nothing_beside(
    kept: Storage, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "KEYS_AT_ONCE", 2)
    names = ("a/original", "a/thumb", "a/view", "b/original", "b/thumb")
    for name in names:
        kept.put(f"{owner}/{name}", b"x")
    for _ in range(2):
        kept.delete(f"{owner}/a/")
        assert keys_of(kept, owner) == [f"{owner}/b/original", f"{owner}/b/thumb"]
    kept.delete(f"{owner}/")
    assert keys_of(kept, owner) == []
    with pytest.raises(Missing):
        kept.get(f"{owner}/b/thumb")


def test_keys_are_listed_in_their_order_page_by_page(kept: Storage, owner: str) -> None:
    before = clock.now() - timedelta(seconds=2)  # back ends count in seconds
    names = sorted(f"{owner}/{ObjectId()}/{variant}" for _ in range(3) for variant in ("original", "thumb", "view"))
    for key in reversed(names):
        kept.put(key, b"x")
    seen, after = [], f"{owner}/"
    while page := [entry for entry in kept.entries(after, 4) if entry.key.startswith(owner)]:
        assert len(page) <= 4
        assert all(before <= entry.stored_at <= clock.now() + timedelta(seconds=1) for entry in page)
        seen += [entry.key for entry in page]
        after = page[-1].key
    assert seen == names
    assert kept.entries("\x7f", 4) == []


def test_whoever_reads_while_it_is_replaced_reads_one_of_them(kept: Storage, owner: str) -> None:
    key, size = f"{owner}/a/view", 600_000
    kept.put(key, b"0" * size)
    replaced = threading.Event()

    def replace() -> None:
        for number in range(1, 6):
            kept.put(key, str(number).encode() * size)
        replaced.set()

    writer = threading.Thread(target=replace)
    writer.start()
    reads = [kept.get(key)]
    while not replaced.is_set():
        reads.append(kept.get(key))
    writer.join()
    assert all(len(content) == size and len(set(content)) == 1 for content in reads)
    assert kept.get(key) == b"5" * size


def test_an_upload_that_died_is_listed_and_removed(app: Flask, owner: str) -> None:
    """GridFS writes the chunks of a file before the file."""
    revision = f"{owner}/a/original#{ObjectId()}"
    mongo.db[f"{BUCKET}.chunks"].insert_many({"files_id": revision, "n": number, "data": b"x"} for number in range(3))
    with app.app_context():
        kept = storage.current()
        with pytest.raises(Missing):
            kept.get(f"{owner}/a/original")
        assert keys_of(kept, owner) == [f"{owner}/a/original"]
        kept.delete(f"{owner}/a/")
    assert mongo.db[f"{BUCKET}.chunks"].count_documents({"files_id": revision}) == 0


def test_gridfs_has_its_indexes(app: Flask, owner: str) -> None:
    with app.app_context():
        storage.current().put(f"{owner}/a/original", b"x")
    indexes = mongo.db[f"{BUCKET}.chunks"].index_information().values()
    assert [("files_id", 1), ("n", 1)] in [index["key"] for index in indexes if index.get("unique")]
    for asked in ({"files_id": {"$gt": owner}, "n": 0}, {"files_id": {"$gte": owner, "$lt": f"{owner}~"}}):
        plan = mongo.db[f"{BUCKET}.chunks"].find(asked, {"_id": 0, "files_id": 1}).sort("files_id", 1).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
        assert "SORT" not in str(plan["queryPlanner"]["winningPlan"]).replace("sortPattern", "")


def test_a_host_whose_clock_is_behind_replaces_a_file_all_the_same(
    app: Flask, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, files = f"{owner}/a/view", mongo.db[f"{BUCKET}.files"]
    with app.app_context():
        kept = storage.current()
        with monkeypatch.context() as ahead:
            ahead.setattr(gridfs, "ObjectId", lambda *_: ObjectId.from_datetime(clock.now() + timedelta(hours=1)))
            kept.put(key, b"from an hour ahead")
        for content in (b"second", b"third"):
            kept.put(key, content)
            assert kept.get(key) == content
            assert files.count_documents({"_id": {"$regex": f"^{owner}"}}) == 1


def test_a_file_has_the_time_that_a_slow_line_takes(
    app: Flask, settings: dict[str, object], owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gridfs, "SECONDS", 0.4)
    key, content = f"{owner}/a/original", os.urandom(3_000_000)
    with (
        Line(str(settings["MONGO_URI"]), bytes_per_second=3_000_000) as line,
        another_app(app, settings, MONGO_URI=line.uri) as other,
        other.app_context(),
    ):
        storage.current().put(key, content)
        assert storage.current().get(key) == content


def test_a_mongodb_that_hangs_is_noticed_however_large_the_file(
    app: Flask, settings: dict[str, object], owner: str
) -> None:
    key, content = f"{owner}/a/original", os.urandom(8_000_000)
    with (
        Line(str(settings["MONGO_URI"])) as line,
        another_app(app, settings, MONGO_URI=line.uri) as other,
        other.app_context(),
    ):
        kept = storage.current()
        kept.put(key, content)
        line.hang()
        for ask in (lambda: kept.put(key, content), lambda: kept.get(key), lambda: kept.delete(key)):
            began = time.monotonic()
            with pytest.raises(PyMongoError):
                ask()
            assert time.monotonic() - began < 3


# --- S3 alone ----------------------------------------------------------------------------------------------------


def test_nothing_in_the_bucket_is_public_or_says_what_it_is(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object], owner: str
) -> None:
    key = f"{owner}/a/original"
    with another_app(app, settings, **s3_settings) as other, other.app_context():
        storage.current().put(key, b"x")
    client = s3_client(s3_settings)
    grants = client.get_object_acl(Bucket="receipts", Key=key)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"], "nobody but the bucket's owner"
    assert client.head_object(Bucket="receipts", Key=key)["ContentType"] == "application/octet-stream"


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("endpoint", [nobody, silent_server])
def test_a_storage_that_is_away_is_503_and_nobody_elses_outage(
    app: Flask,
    settings: dict[str, object],
    s3_settings: dict[str, object],
    owner: str,
    endpoint: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(s3, "READ_SECONDS", 0.5)
    with (
        endpoint() as url,  # type: ignore[operator]
        another_app(app, settings, **{**s3_settings, "S3_ENDPOINT_URL": url}) as other,
        other.app_context(),
    ):
        kept = storage.current()
        asking = (lambda: kept.put("k", b"x"), lambda: kept.get("k"), lambda: kept.delete("k"))
        for ask in (*asking, lambda: kept.entries("", 1)):
            with pytest.raises(StorageUnavailable) as failed:
                ask()
            assert (failed.value.status, failed.value.headers["Retry-After"]) == (503, "2")
        assert not breaker.is_open
        assert other.test_client().get("/health").status_code == 200


def test_while_it_is_known_to_be_down_nobody_waits_for_it(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "READ_SECONDS", 0.5)
    monkeypatch.setattr(s3, "PAUSE_SECONDS", 3600)
    connections: list[socket.socket] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        another_app(
            app, settings, **{**s3_settings, "S3_ENDPOINT_URL": f"http://127.0.0.1:{listening.getsockname()[1]}"}
        ) as other,
        other.app_context(),
    ):
        listening.setblocking(False)

        def taken() -> int:
            try:
                while True:
                    connections.append(listening.accept()[0])
            except BlockingIOError:
                return len(connections)

        with pytest.raises(StorageUnavailable):
            storage.current().get("k")
        tries = taken()
        assert tries == s3.ATTEMPTS
        for _ in range(20):
            with pytest.raises(StorageUnavailable):
                storage.current().get("k")
        assert taken() == tries, "nobody has asked it again"
    for connection in connections:
        connection.close()


def test_a_bucket_that_refuses_us_is_503_and_tells_nothing(
    app: Flask, settings: dict[str, object], s3_settings: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    with another_app(app, settings, **{**s3_settings, "S3_BUCKET": "elsewhere"}) as other, other.app_context():
        for ask in (lambda: storage.current().get("k"), lambda: storage.current().put("k", b"x")):
            with pytest.raises(StorageUnavailable):
                ask()
    assert "the storage refused: NoSuchBucket" in caplog.text
    assert str(s3_settings["AWS_SECRET_ACCESS_KEY"]) not in caplog.text


# --- Sealing -----------------------------------------------------------------------------------------------------


def test_what_is_sealed_opens_under_its_name_alone() -> None:
    sealed = sealing.seal(KEYS, "owner/file/original", b"45.50 at the bakery")
    assert b"bakery" not in sealed
    assert sealing.key_of(sealed) == "new"
    assert sealing.key_of(sealed[: sealing.LONGEST_PREFIX]) == "new"
    assert sealing.unseal(KEYS, "owner/file/original", sealed) == b"45.50 at the bakery"
    for name in ("owner/file/thumb", "owner/other/original", "other/file/original", ""):
        with pytest.raises(sealing.Unopenable, match="not what was stored here"):
            sealing.unseal(KEYS, name, sealed)


def test_the_same_is_never_sealed_alike() -> None:
    sealed = {sealing.seal(KEYS, "name", b"the same") for _ in range(50)}
    assert len({bytes(entry[-len(b"the same") - 16 :]) for entry in sealed}) == 50


def test_every_key_opens_and_a_lost_one_is_named() -> None:
    sealed = sealing.seal({"old": KEYS["old"]}, "name", b"content")
    assert sealing.unseal(KEYS, "name", sealed) == b"content"
    with pytest.raises(sealing.Unopenable, match="no key old"):
        sealing.unseal({"new": KEYS["new"]}, "name", sealed)
    with pytest.raises(sealing.Unopenable, match="damaged"):
        sealing.unseal({"old": KEYS["new"]}, "name", sealed)


def test_no_damage_goes_unnoticed() -> None:
    sealed = sealing.seal(KEYS, "name", b"content")
    damaged = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    damaged += [sealed[:length] for length in range(len(sealed))] + [sealed + b"x", b"%PDF-1.7", b"\xff" * 100]
    for content in damaged:
        with pytest.raises(sealing.Unopenable):
            sealing.unseal(KEYS, "name", content)
