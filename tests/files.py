"""What tests of stored files share."""

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.extensions import mongo
from app.files import service
from tests.factories import Person


@dataclass
class Picture:
    """A file as it is after its content was judged; what is in it doesn't matter here."""

    content: bytes
    thumbnail: bytes = b"a thumbnail"
    filename: str = "receipt.jpg"
    content_type: str = "image/jpeg"
    pages: int = 1
    width: int = 600
    height: int = 800

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)


def new_file_keys(*ids: str) -> str:
    """FILE_ENCRYPTION_KEYS with a random key for each id."""
    return ",".join(f"{key_id}:{b64encode(os.urandom(32)).decode()}" for key_id in ids)


def owner_of(person: Person) -> ObjectId:
    return ObjectId(person.profile["_id"])


def filed(person: Person, content: bytes | None = None) -> dict[str, Any]:
    """A file with a row that refers to it; the subdocument in that row."""
    with person.client.application.app_context():
        file = service.store(owner_of(person), Picture(content or os.urandom(500)))
    transaction = ObjectId(person.spend(5)["_id"])
    mongo.db.transactions.update_one({"_id": transaction}, {"$set": {"receipt": {"file": file}}})
    return {**file, "row": transaction}


def link_to(person: Person, file: dict[str, Any], variant: service.Variant = "thumb") -> str:
    """The path of a picture of a person's file."""
    with person.client.application.app_context():
        return service.link(owner_of(person), file["_id"], variant)
