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
ZONE = "Asia/Kolkata"
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
    first, _ = clock.month_bounds(*clock.previous_month(today.year, today.month))
    _, last = clock.month_bounds(today.year, today.month)
    days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    key: Document = {"month": {"$substrBytes": ["$local_date", 0, 7]}}
    key.update({name: f"${name}" for name in ("type", "currency", "category")})
    pipeline: list[Document] = [
        {"$match": {"user_id": ObjectId(owner), "status": "completed", "local_date": days}},
        {"$group": {"_id": key, "total": {"$sum": "$amount"}, "count": {"$sum": 1}}},
    ]
    return answered(list(rows.aggregate(pipeline, hint="spending")))


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
