"""What tests of exports share."""

import csv
import io
from datetime import timedelta
from typing import Any

import orjson
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.extensions import mongo
from app.transactions import entry, portable_service
from tests.factories import Person

EXPORT = "/api/transactions/export"


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
