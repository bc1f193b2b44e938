"""Long files in parts: written and read at the memory of one part, and cared for like any other file."""

import io
import os
import random
import shutil
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest
from bson import ObjectId
from flask import Flask

from app.files import blobs, rotation
from app.files.blobs import UnreadableFile
from app.files.large_service import PART_BYTES, reading, writing
from app.services import storage
from tests.accounts import another_app
from tests.files import keys_of, new_file_keys

MEBIBYTE = 1024 * 1024


@pytest.fixture(params=["gridfs", "s3"])
def either(app: Flask, settings: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app with one of the storages behind it."""
    chosen = request.getfixturevalue("s3_settings") if request.param == "s3" else {}
    with another_app(app, settings, **chosen) as other, other.app_context():
        yield other


def written(owner: ObjectId, content: bytes, at_once: int = 700_000) -> dict[str, object]:
    with writing(owner, "long.csv") as writer:
        shutil.copyfileobj(io.BytesIO(content), writer, at_once)
        return writer.finish()


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_what_was_written_is_read(app: Flask, size: int) -> None:
    owner, content = ObjectId(), os.urandom(size)
    with app.app_context():
        for at_once in (1000_003, 10 * MEBIBYTE):
            file = written(owner, content, at_once)
            assert (file["size"], file["parts"]) == (size, -(-size // PART_BYTES))
            assert reading(owner, file).read() == content


def test_any_place_is_read_at_once(either: Flask) -> None:
    owner, content = ObjectId(), os.urandom(2_600_000)
    file = written(owner, content)
    with reading(owner, file) as stream:
        for place in (0, PART_BYTES, PART_BYTES - 3, *random.sample(range(len(content)), 20)):
            stream.seek(place)
            assert stream.read(10) == content[place : place + 10]
        assert stream.seek(-5, io.SEEK_END) == len(content) - 5
        assert stream.read() == content[-5:]
        stream.seek(len(content) + 7)
        assert stream.read() == b""


def test_what_is_stored_says_nothing_about_what_it_is(either: Flask) -> None:
    owner, content = ObjectId(), b"2026-02-01,Salary,85000\n" * 60_000
    written(owner, content)
    assert len(keys_of(owner)) == 2
    assert not any(b"Salary" in storage.current().get(key) for key in keys_of(owner))


def test_neither_reading_nor_writing_holds_more_than_a_few_parts(app: Flask) -> None:
    owner, block = ObjectId(), os.urandom(100_000)
    with app.app_context():
        written(owner, block)  # whatever is loaded for the first file
        tracemalloc.start()
        with writing(owner, "long.csv") as writer:
            for _ in range(300):
                writer.write(block)
            file = writer.finish()
        with reading(owner, file) as stream:
            assert sum(len(piece) for piece in iter(lambda: stream.read(100_000), b"")) == 30_000_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * MEBIBYTE


def test_what_fails_half_way_leaves_nothing(either: Flask) -> None:
    owner = ObjectId()
    with suppress(ConnectionError), writing(owner, "long.csv") as writer:
        writer.write(os.urandom(2 * PART_BYTES))
        assert len(keys_of(owner)) == 2
        raise ConnectionError("the client went away")
    assert keys_of(owner) == []


def test_a_part_that_is_damaged_gone_or_elsewhere_is_noticed(either: Flask) -> None:
    owner, content = ObjectId(), os.urandom(3 * PART_BYTES)
    file = written(owner, content)
    first, second, third = sorted(keys_of(owner))
    kept = {key: storage.current().get(key) for key in (first, second, third)}
    storage.current().put(first, kept[second])
    with pytest.raises(UnreadableFile):
        reading(owner, file).read()
    storage.current().put(first, kept[first])
    storage.current().delete(third)
    stream = reading(owner, file)
    assert stream.read(2 * PART_BYTES) == content[: 2 * PART_BYTES]
    with pytest.raises(UnreadableFile):
        stream.read(1)


def test_every_part_gets_the_new_key(app: Flask, settings: dict[str, object]) -> None:
    old, new = new_file_keys("old"), new_file_keys("new")
    own = {**settings, "MONGO_URI": str(settings["MONGO_URI"]).replace("/finsight", f"/parts{ObjectId()}")}
    owner, content = ObjectId(), os.urandom(2_100_000)
    with another_app(app, own, FILE_ENCRYPTION_KEYS=old) as before, before.app_context():
        file = written(owner, content)
    with another_app(app, own, FILE_ENCRYPTION_KEYS=f"{new},{old}") as both, both.app_context():
        assert rotation.rotate().resealed == 3
    with another_app(app, own, FILE_ENCRYPTION_KEYS=new) as after, after.app_context():
        assert reading(owner, file).read() == content
        blobs.remove(owner, file["_id"])
        assert keys_of(owner) == []
