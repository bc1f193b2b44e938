"""Answers that are kept while nothing of their user changes, with an ETag (RFC 9110, section 8.8.3).

They are kept in the memory of the process that made them, which may always forget them: whether one is still
good is decided by the user's mark in Redis (`freshness`), by what of the account an answer depends on, and by the
user's day.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, NamedTuple

import bson
from bson import ObjectId
from flask import Response, g, request

from app.core import clock, freshness
from app.core.identity import current_user
from app.core.memory import Memory

BYTES = 4 * 1024 * 1024
SECONDS = 60  # for changes made past the application, by hand
LARGEST = BYTES // 4
ENTRY_BYTES = 1024  # of the key and the cache's own books, or many small answers would take far more than BYTES
MOST_TOTALS = 10_000
PATIENCE_SECONDS = 10.0  # for an answer that another thread is making
DESCRIBING = ("Content-Type", "Content-Disposition", "Content-Security-Policy")
Key = tuple[str | bytes, ...]


class Kept(NamedTuple):
    """A body, its entity tag, and what it is."""

    body: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]


kept = Memory[Key, Kept](BYTES, SECONDS, weigh=lambda answer: len(answer.body) + ENTRY_BYTES)
totals = Memory[Key, int](MOST_TOTALS, SECONDS)
making: dict[Key, Future[Kept]] = {}
lock = Lock()


def remembered(make: Callable[[], Response], asked: bytes) -> Response:
    """The answer to this GET: the kept one while it is good, else a new one; 304 if the client has it already.

    Args:
        make: makes a new one.
        asked: the query as the view understands it. What it doesn't know decides nothing, or anybody could have an
            answer made anew by adding to the address.
    """
    key = _key(asked)
    answer = (kept.get(key) or _made_once(key, make)) if key else _made(make)
    # If-None-Match alone is compared (RFC 9110, section 13.1.2): there is no other condition that a client needs here.
    known = request.if_none_match.contains_weak(answer.tag)
    response = Response(status=304) if known else Response(answer.body, headers=answer.headers)
    response.set_etag(answer.tag)
    return response


def _made_once(key: Key, make: Callable[[], Response]) -> Kept:
    """A new answer: of those who ask for the same at once one makes it, and the others get it, or the same failure."""
    mine: Future[Kept] = Future()
    with lock:
        theirs = making.setdefault(key, mine)
    if theirs is not mine:
        try:
            return theirs.result(PATIENCE_SECONDS)
        except TimeoutError:
            return _made(make)
    try:
        answer = kept.get(key) or _made(make)  # it may have come since it was looked for
        if len(answer.body) <= LARGEST:
            kept.put(key, answer)
        mine.set_result(answer)
    except BaseException as error:
        mine.set_exception(error)
        raise
    finally:
        with lock:
            del making[key]
    return answer


def _made(make: Callable[[], Response]) -> Kept:
    made = make()
    body = made.get_data()
    described = tuple((name, made.headers[name]) for name in DESCRIBING if name in made.headers)
    return Kept(body, hashlib.blake2b(body, digest_size=16).hexdigest(), described)


def total(owner: ObjectId, condition: dict[str, Any], count: Callable[[], int]) -> int:
    """How many of the owner's transactions match: counted when it isn't known any more."""
    mark, known = g.look.mark, g.look.total
    if mark is None:
        return count()
    if condition == {"user_id": owner}:
        if known is None:
            known = count()
            freshness.remember_total(str(owner), mark, known)
        return known
    key = (mark, bson.encode(condition))
    found = totals.get(key)
    if found is None:
        found = count()
        totals.put(key, found)
    return found


def _key(asked: bytes) -> Key | None:
    """None while nothing can be kept, because something of the user is just being written."""
    mark = g.look.mark
    if mark is None:
        return None
    user = current_user()
    today = clock.today(user["timezone"]).isoformat()
    path = request.path.rstrip("/")
    # As a digest: what clients write there is of any length, and is not counted.
    digest = hashlib.blake2b(asked, digest_size=16).digest()
    return (user["_id"].binary, mark, user["currency"], user["timezone"], today, path, digest)
