"""The floor: the least a Flask and PyMongo app can do for the same answers.

No token, no validation, no logs, no headers; but the same gunicorn settings, the same MongoDB, and the same client
settings and write concern as the application (majority, journalled). It reads a copy of the three large users' rows
under indexes of its own, so that it stays where it is when the application's change.
"""

import os
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from bson import ObjectId, json_util
from flask import Flask, Response, request
from gridfs import GridFSBucket
from pymongo import MongoClient

from app.core import clock
from app.core.types import CATEGORIES
from app.extensions import MONGO_OPTIONS
from app.transactions.answers import TransactionOut
from bench.entries import FLOOR_COLLECTION, Document

PAGE = 50
TOP = 10
ZONE = "Asia/Kolkata"
MONTH: dict[str, Any] = {"month": {"$substrBytes": ["$local_date", 0, 7]}}
app = Flask(__name__, static_folder=None)
client: MongoClient[Document] = MongoClient(os.environ["MONGO_URI"], **MONGO_OPTIONS)
database = client.get_default_database()
rows = database[FLOOR_COLLECTION]
template: Document = json_util.loads(os.environ["FLOOR_TEMPLATE"])
COMPUTED = ("id", "user_id", "amount", "items_difference")
SHOWN = [name for name in TransactionOut.model_fields if name not in COMPUTED]


def shown(document: Document) -> Document:
    """The fields of a transaction as the application answers them."""
    answer = {name: document[name] for name in SHOWN}
    answer["_id"], answer["user_id"] = str(document["_id"]), str(document["user_id"])
    answer["amount"] = document["amount"] / 100
    answer["items_difference"] = None
    return answer


def answered(data: Any, status: int = 200) -> Response:
    """JSON in the envelope."""
    body = orjson.dumps({"status": "success", "data": data}, default=str)
    return Response(body, status=status, mimetype="application/json")


@app.get("/categories")
def categories() -> Response:
    """A constant."""
    return answered(CATEGORIES)


@app.get("/transactions/<owner>")
def transactions(owner: str) -> Response:
    """The newest, or the newest up to a moment."""
    condition: Document = {"user_id": ObjectId(owner)}
    if until := request.args.get("end_date"):
        condition["date"] = {"$lte": datetime.fromisoformat(until).astimezone(UTC)}
    found = rows.find(condition).sort([("date", -1), ("_id", -1)]).limit(PAGE)
    return answered({"transactions": [shown(document) for document in found]})


@app.get("/search/<owner>")
def search(owner: str) -> Response:
    """The newest with a text in them; the text stands in the index, so that only what matches is read."""
    condition = {"user_id": ObjectId(owner), "search_text": {"$regex": re.escape(request.args["search"])}}
    found = rows.find(condition).sort([("date", -1), ("_id", -1)]).limit(PAGE).hint("search")
    return answered({"transactions": [shown(document) for document in found]})


@app.get("/summary/<owner>")
def summary(owner: str) -> Response:
    """The sums of this month and the one before, straight from the index."""
    today = clock.today(ZONE)
    first = clock.months_after(today, -1)
    _, last = clock.month_bounds(today.year, today.month)
    return answered(added_up(owner, first.isoformat(), last.isoformat(), MONTH))


def added_up(owner: str, first: str, last: str, key: Document, index: str = "spending") -> list[Document]:
    """The sums from one day to another by type, currency, category and a further key."""
    condition = {"user_id": ObjectId(owner), "status": "completed", "local_date": {"$gte": first, "$lte": last}}
    whole = {**key, **{name: f"${name}" for name in ("type", "currency", "category")}}
    group = {"_id": whole, "total": {"$sum": "$amount"}, "count": {"$sum": 1}}
    return list(rows.aggregate([{"$match": condition}, {"$group": group}], hint=index))


@app.get("/sums/<owner>/<first>/<last>")
def sums(owner: str, first: str, last: str) -> Response:
    """The sums of several months, straight from the index."""
    return answered(added_up(owner, first, last, MONTH))


@app.get("/merchants/<owner>/<first>/<since>/<last>")
def merchants(owner: str, first: str, since: str, last: str) -> Response:
    """The sums of a period, and those of a later one by merchant, straight from the index."""
    is_later = {"$gte": ["$local_date", since]}
    key = {"later": is_later, "merchant": {"$cond": [is_later, "$merchant", None]}}
    return answered(added_up(owner, first, last, key, "merchants"))


@app.get("/report/<owner>/<first>/<since>/<last>")
def report(owner: str, first: str, since: str, last: str) -> Response:
    """The sums of a month, those of the next one by day, its ten largest expenses, and its budgets."""
    days = {**MONTH, "day": {"$cond": [{"$gte": ["$local_date", since]}, "$local_date", None]}}
    own = {"user_id": ObjectId(owner), "status": "completed", "type": "expense", "currency": "INR"}
    largest = rows.find({**own, "local_date": {"$gte": since, "$lte": last}}).sort("amount", -1).limit(TOP)
    found = {"sums": added_up(owner, first, last, days), "largest": list(map(shown, largest))}
    return answered({**found, "budgets": budgets_of(owner, since)})


@app.get("/budgets/<owner>/<first>/<last>")
def budgets(owner: str, first: str, last: str) -> Response:
    """The sums of a month, and its budgets."""
    return answered({"sums": added_up(owner, first, last, MONTH), "budgets": budgets_of(owner, first)})


def budgets_of(owner: str, first: str) -> list[Document]:
    """The budgets of a month, from the application's own collection."""
    year, month, _ = map(int, first.split("-"))
    return list(database.budgets.find({"user_id": ObjectId(owner), "year": year, "month": month}))


@app.get("/receipts/<owner>")
def receipts(owner: str) -> Response:
    """The newest, up to a day or with a word, from the application's own collection and indexes."""
    condition: Document = {"user_id": ObjectId(owner), "source": "receipt"}
    if until := request.args.get("end_date"):
        condition["local_date"] = {"$lte": until}
    if word := request.args.get("search"):
        condition["receipt.words"] = {"$regex": f"^{re.escape(word)}"}
    found = database.transactions.find(condition).sort([("date", -1), ("_id", -1)]).limit(PAGE)
    return answered({"receipts": [shown(document) for document in found]})


@app.post("/files")
def store() -> Response:
    """Keep a file in GridFS, as it is."""
    return answered(str(GridFSBucket(database, "floor_files").upload_from_stream("photo", request.get_data())), 201)


@app.post("/transactions")
def insert() -> Response:
    """Store one more of what the harness made, in the application's own collection with its own indexes."""
    document = {**template, "_id": ObjectId()}
    database.transactions.insert_one(document)
    return answered(shown(document), 201)
