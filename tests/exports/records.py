"""What tests of exports share."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import orjson
import pymongo
from bson import ObjectId

from app.core import clock
from app.exports import making
from app.extensions import mongo
from app.transactions import entry
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
    whole = entry.new_document(user, ObjectId(), moment, plain)
    dates = (moment - timedelta(hours=number) for number in range(count))
    with pymongo.timeout(60):
        mongo.db.transactions.insert_many(
            {**whole, "_id": ObjectId(), "date": date, "local_date": date.date().isoformat()} for date in dates
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
