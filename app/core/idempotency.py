"""Idempotency-Key: a creating POST that is sent again gives its first answer and creates nothing.

Follows the IETF draft "The Idempotency-Key HTTP Header Field": the unique index on
(user, key) lets exactly one request run. A record also reserves the id of what is created, so
that a request which died after its write finds that write again instead of repeating it.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import Response, current_app, g, request
from flask_jwt_extended import current_user
from pymongo import WriteConcern
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from app.core import clock
from app.core.body import CONTROL_MESSAGE
from app.core.errors import AppError, Conflict, Invalid, is_outage
from app.core.outage import breaker, is_down
from app.core.types import is_clean
from app.core.uploads import content_pieces
from app.extensions import mongo
from app.utils import JSON

log = logging.getLogger(__name__)
HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT = timedelta(hours=24)
LONGEST_RUN = timedelta(seconds=60)  # beyond this the process that held the key is dead


def new_id(index: int = 0) -> ObjectId:
    """The id of what this request creates (the index-th of it): reserved by its Idempotency-Key, else fresh."""
    reserved: ObjectId | None = g.get("reserved_id")
    if reserved is None:
        return ObjectId()
    return reserved if index == 0 else ObjectId(hashlib.sha256(reserved.binary + index.to_bytes(4)).digest()[:12])


def insert_once(collection: Collection[dict[str, Any]], document: dict[str, Any]) -> dict[str, Any]:
    """Insert a document under its own `_id`; if an earlier try of this request stored it, return that one.

    Raises:
        DuplicateKeyError: another unique index refuses it.
    """
    try:
        collection.insert_one(document)
    except DuplicateKeyError as error:
        existing = collection.find_one({"_id": document["_id"], "user_id": document["user_id"]})
        if existing is None:
            raise error
        return existing
    return document


def forget(created: ObjectId) -> None:
    """Delete the kept answer about something that was created, such as an account that is erased."""
    mongo.db.idempotency_keys.delete_many({"reserved_id": created})


def once(run: Callable[[], Response]) -> Response:
    """Run the view, or replay the answer it gave to the same key.

    Raises:
        Conflict: the key belongs to another body or route, or its first request is still running.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not 1 <= len(key) <= LONGEST_KEY or not is_clean(key):
        raise Invalid.field(("header", HEADER), f"must have 1 to {LONGEST_KEY} characters; {CONTROL_MESSAGE}")
    record = _begin(key)
    if record["state"] == "done":
        return _replay(record)
    g.reserved_id = record["reserved_id"]
    return _run(run, record)


def _run(run: Callable[[], Response], record: dict[str, Any]) -> Response:
    try:
        with _freed_after_an_outage(record):
            response = run()
    except AppError as error:
        _release(record, forget=error.status < 500)
        raise
    except Exception as error:
        if not is_outage(error):
            _release(record, forget=False)
        raise
    answer = {"state": "done", "status": response.status_code, "body": response.get_data()}
    try:
        mongo.db.idempotency_keys.update_one({"_id": record["_id"]}, {"$set": answer})
    except PyMongoError:  # what was created stays found by its reserved id, so a repetition gives it again
        log.exception("the answer of an idempotent request was not kept")
        breaker.afterwards(lambda: _interrupt(record))
    return response


def _begin(key: str) -> dict[str, Any]:
    record = _new_record(key)
    scope = {"user_id": record["user_id"], "key": record["key"]}
    for _ in range(3):
        try:
            with _freed_after_an_outage(record):
                mongo.db.idempotency_keys.insert_one(dict(record))
            return record
        except DuplicateKeyError:
            existing = mongo.db.idempotency_keys.find_one(scope)
        if existing is not None:
            return _judge(existing, record["fingerprint"])
    raise Conflict("The first request with this key is still running.", code="idempotency_in_progress")


def _new_record(key: str) -> dict[str, Any]:
    fingerprint = _fingerprint()
    user = current_user._get_current_object() if current_user else None
    moment = clock.now()
    return {
        "_id": ObjectId(),
        "user_id": user["_id"] if user else None,
        "key": key if user else f"{fingerprint}:{key}",
        "fingerprint": fingerprint,
        "state": "running",
        "started_at": moment,
        "expires_at": moment + KEPT,
        "reserved_id": ObjectId(),
    }


def _fingerprint() -> str:
    # Keyed, because a body may hold a password.
    secret = current_app.config["JWT_SECRET_KEY"].encode()
    digest = hmac.new(secret, f"{request.method} {request.path.rstrip('/')}{_query()}\n".encode(), hashlib.sha256)
    for piece in content_pieces():
        digest.update(piece)
    return digest.hexdigest()


def _query() -> str:
    present = sorted((name, value.strip()) for name, value in request.args.items() if value.strip())
    return f"?{urlencode(present)}" if present else ""


def _judge(existing: dict[str, Any], fingerprint: str) -> dict[str, Any]:
    if existing["fingerprint"] != fingerprint:
        raise Conflict("This key was used for another request.", code="idempotency_key_reused")
    if existing["state"] == "done":
        return existing
    stale = {"_id": existing["_id"], "state": existing["state"], "started_at": existing["started_at"]}
    if existing["state"] == "interrupted" or abs(clock.now() - existing["started_at"]) > LONGEST_RUN:
        renewed = {"state": "running", "started_at": clock.now()}
        record = {**existing, **renewed}
        with _freed_after_an_outage(record):
            if mongo.db.idempotency_keys.update_one(stale, {"$set": renewed}).modified_count == 1:
                return record
    raise Conflict("The first request with this key is still running.", code="idempotency_in_progress")


@contextmanager
def _freed_after_an_outage(record: dict[str, Any]) -> Iterator[None]:
    """Let a key that can't be released now not refuse its owner's next tries for LONGEST_RUN."""
    try:
        yield
    except Exception as error:
        if is_down(error):
            breaker.afterwards(lambda: _interrupt(record))
        elif is_outage(error):  # MongoDB answers, but did not get this done in time
            _interrupt_soon(record)
        raise


def _interrupt_soon(record: dict[str, Any]) -> None:
    try:
        _interrupt(record)
    except PyMongoError:
        breaker.afterwards(lambda: _interrupt(record))


def _interrupt(record: dict[str, Any]) -> None:
    """Let the next try run, with the same reserved id, whatever became of the writes that were under way.

    One that a frozen MongoDB does only now finds the id taken or another start, and changes nothing. It does not wait
    for a majority of members, which may be what took too long; if it is lost, the key is free LONGEST_RUN later.
    """
    keys = mongo.db.idempotency_keys.with_options(write_concern=WriteConcern(w=1))
    changes = {name: value for name, value in record.items() if name not in ("_id", "user_id")}
    changes.update(state="interrupted", started_at=clock.now())
    with suppress(DuplicateKeyError):  # it is done, or the key has become another request's
        keys.update_one(
            {"_id": record["_id"], "user_id": record["user_id"], "state": {"$ne": "done"}},
            {"$set": changes},
            upsert=True,
        )


def _release(record: dict[str, Any], *, forget: bool) -> None:
    own = {"_id": record["_id"], "state": "running", "started_at": record["started_at"]}
    if forget:
        mongo.db.idempotency_keys.delete_one(own)
    else:  # what it wrote is not known: the next try gets the same reserved id
        mongo.db.idempotency_keys.update_one(own, {"$set": {"state": "interrupted"}})


def _replay(record: dict[str, Any]) -> Response:
    response = Response(bytes(record["body"]), status=record["status"], mimetype=JSON)
    response.headers["Idempotent-Replayed"] = "true"
    return response
