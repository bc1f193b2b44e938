"""Answers that are kept while nothing of their user changes, with an ETag (RFC 9110, section 8.8.3).

They are kept in the memory of the process that made them, which may always forget them: whether one is still
good is decided by the user's mark in Redis (`freshness`), by what of the account an answer depends on, and by the
user's day.
"""

import hashlib
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from cachetools import TTLCache
from flask import Response, g, request

from app.core import clock
from app.core.identity import current_user
from app.utils import JSON

BYTES = 8 * 1024 * 1024
SECONDS = 60  # for changes made past the application, by hand
LARGEST = BYTES // 8
ENTRY_BYTES = 1024  # of the key and the cache's own books, or many small answers would take far more than BYTES
Key = tuple[str | bytes, ...]


class Kept(NamedTuple):
    """A body and its entity tag."""

    body: bytes
    tag: str


kept: TTLCache[Key, Kept] = TTLCache(BYTES, SECONDS, getsizeof=lambda answer: len(answer.body) + ENTRY_BYTES)
lock = Lock()


def remembered(make: Callable[[], Response]) -> Response:
    """The answer to this GET: the kept one while it is good, else a new one; 304 if the client has it already."""
    key = _key()
    with lock:
        answer = kept.get(key) if key else None
    if answer is None:
        body = make().get_data()
        answer = Kept(body, hashlib.blake2b(body, digest_size=16).hexdigest())
        if key and len(body) <= LARGEST:
            with lock:
                kept[key] = answer
    response = Response(answer.body, mimetype=JSON)
    response.set_etag(answer.tag)
    response.make_conditional(request)
    return response


def _key() -> Key | None:
    """None while nothing can be kept, because something of the user is just being written."""
    mark = g.get("mark")
    if mark is None:
        return None
    user = current_user()
    today = clock.today(user["timezone"]).isoformat()
    path = request.path.rstrip("/")
    # As a digest: what clients write there is of any length, and is not counted.
    asked = hashlib.blake2b(request.query_string, digest_size=16).digest()
    return (user["_id"].binary, mark, user["currency"], user["timezone"], today, path, asked)
