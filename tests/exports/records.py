"""What tests of exports share."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import orjson
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.exports import making
from app.extensions import mongo
from app.transactions import entry, portable_service
from tests.factories import Person, data
from tests.waiting import wait_until

EXPORT, ACCOUNT = "/api/transactions/export", "/api/auth/export"


def stored(person: Person, count: int, **fields: Any) -> None:
    """Put so many transactions into the database, one each hour back from now, in one write."""
    user: Any = {"_id": ObjectId(person.profile["_id"]), "timezone": "Asia/Kolkata"}
    plain = {
        "type": "expense",
        "status": "completed",
        "source": "manual",
        "currency": "INR",
        "amount": 4550,
        "category": "Groceries",
        "description": "Vegetables, bread and milk",
        "merchant": "Fresh & Co.",
        **fields,
    }
    moment = clock.now()
    mongo.db.transactions.insert_many(
        entry.new_document(user, ObjectId(), moment - timedelta(hours=number), plain) for number in range(count)
    )


def exported(person: Person, **query: Any) -> bytes:
    """The whole download."""
    answer = person.get(EXPORT, **query)
    assert answer.status_code == 200, answer.text
    return answer.data


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def json_rows(content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(content)
    return rows


def imported(app: Flask, person: Person, content: bytes, kind: str) -> None:
    """Store all rows of an export as an import does."""

    read = portable_service.read_csv if kind == "csv" else portable_service.read_json
    user: Any = {**person.profile, "_id": ObjectId(person.profile["_id"])}
    with app.app_context():
        rows = list(read(io.BytesIO(content), user))
        assert all(isinstance(row, portable_service.PortableRow) for row in rows), rows
        documents = [portable_service.document(user, ObjectId(), row) for row in rows]  # type: ignore[arg-type]
        mongo.db.transactions.insert_many(documents)


def made(person: Person) -> dict[str, Any]:
    """Ask for the ZIP of an account and make it here, if no worker does; the answer that has its link."""
    owner = ObjectId(person.profile["_id"])
    assert person.get(ACCOUNT).status_code == 202
    document = mongo.db.account_exports.find_one({"user_id": owner}) or {}
    with person.client.application.app_context():
        making.make(owner, document["_id"], "a worker")
    wait_until(lambda: data(person.get(ACCOUNT))["status"] == "completed")
    answer: dict[str, Any] = data(person.get(ACCOUNT))
    return answer


def path_of(answer: dict[str, Any]) -> str:
    return str(urlsplit(answer["url"]).path)


def opened(person: Person, answer: dict[str, Any]) -> ZipFile:
    """The ZIP, as somebody without a token gets it by the link."""
    download = person.client.application.test_client().get(path_of(answer))
    assert download.status_code == 200
    assert len(download.data) == answer["size"] == int(download.headers["Content-Length"])
    return ZipFile(io.BytesIO(download.data))
