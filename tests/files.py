"""What tests of stored files share."""

import hashlib
import os
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from bson import ObjectId

from app.extensions import mongo
from app.files import service
from app.services import storage
from dev.servers import free_port
from dev.stack import port_is_free
from tests.factories import Person
from tests.processes import Background
from tests.receipts.records import known_receipt


@dataclass
class Picture:
    """A file as it is after its content was judged; what is in it doesn't matter here."""

    content: bytes
    thumbnail: bytes = b"a thumbnail"
    filename: str = "receipt.jpg"
    content_type: str = "image/jpeg"
    pages: int = 1

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)


@contextmanager
def s3_server(directory: Path) -> Iterator[dict[str, object]]:
    """An S3 server with one empty bucket, and the settings that lead to it."""
    port = free_port()
    server = Background("s3", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], {}, directory)
    settings: dict[str, object] = {
        "STORAGE_BACKEND": "s3",
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "S3_BUCKET": "receipts",
        "AWS_ACCESS_KEY_ID": "an-id",
        "AWS_SECRET_ACCESS_KEY": "a-key",
    }
    try:
        server.await_ready(lambda: not port_is_free(port))
        s3_client(settings).create_bucket(Bucket="receipts")
        yield settings
    finally:
        server.end()


def s3_client(settings: Mapping[str, object]) -> Any:
    """A client of one's own, to see what is in the bucket."""
    return boto3.Session().client(
        "s3",
        endpoint_url=settings["S3_ENDPOINT_URL"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )


def new_file_keys(*ids: str) -> str:
    """FILE_ENCRYPTION_KEYS with a random key for each id."""
    return ",".join(f"{key_id}:{b64encode(os.urandom(32)).decode()}" for key_id in ids)


def owner_of(person: Person) -> ObjectId:
    return ObjectId(person.profile["_id"])


def keys_of(owner: ObjectId) -> list[str]:
    """The keys of all that is stored of somebody, in the current app."""
    return [entry.key for entry in storage.current().entries(f"{owner}/", 1000) if entry.key.startswith(str(owner))]


@contextmanager
def nobody() -> Iterator[str]:
    """An address where nothing listens."""
    yield f"http://127.0.0.1:{free_port()}"


def filed(person: Person, content: bytes | None = None) -> dict[str, Any]:
    """A file with a row that refers to it; the subdocument in that row."""
    with person.client.application.app_context():
        file = service.store(owner_of(person), Picture(content or os.urandom(500)))
    row = ObjectId(known_receipt(person)["_id"])
    mongo.db.transactions.update_one({"_id": row}, {"$set": {"receipt.file": file}})
    return {**file, "row": row}


def link_to(person: Person, file: dict[str, Any], variant: service.Variant = "thumb") -> str:
    """The address of a picture of a person's file."""
    with person.client.application.test_request_context():
        return service.link(owner_of(person), file["_id"], variant)
