"""Answers that are sent while they are made: a few at a time, and never one that looks whole and is not."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from weakref import finalize

from bson import ObjectId
from flask import Response, request

from app.core.errors import Unavailable
from app.core.turns import Turns

log = logging.getLogger(__name__)
MOST_AT_ONCE = 4  # of a process's threads: the others stay with those who wait for short answers
PATIENCE_SECONDS = 30
PIECE_BYTES = 64 * 1024  # to be taken within that time


class TooMany(Unavailable):
    """503: too many long answers are under way."""

    code, message = "too_many_exports", "Too many exports are under way. Please try again in a moment."
    headers = {"Retry-After": "15"}


under_way = Turns(MOST_AT_ONCE, TooMany)


def begin(owner: ObjectId) -> ExitStack:
    """Take one of the places for long answers; closing the stack gives it back.

    Raises:
        TooMany: all are taken, or the owner has one.
    """
    place = ExitStack()
    place.enter_context(under_way.taken(owner))
    return place


def sent(place: ExitStack, pieces: Iterator[bytes], name: str, content_type: str) -> Response:
    """The answer that downloads these pieces under a name.

    The place is given back when it ends, when the client goes, and when it takes nothing for a while.
    """
    response = Response(_to_the_end(place, pieces), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(place.close)  # also where nobody asks for the first piece
    finalize(response, place.close)  # and where nobody closes it either
    if connection := request.environ.get("gunicorn.socket"):
        # Whoever reads nothing would keep the place for ever. gunicorn sets it back for the next request.
        connection.settimeout(PATIENCE_SECONDS)
    return response


def _to_the_end(place: ExitStack, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces. What goes wrong goes on: the server breaks the connection off, and the client sees that."""
    with place:
        try:
            for piece in pieces:
                for start in range(0, len(piece), PIECE_BYTES):
                    yield piece[start : start + PIECE_BYTES]
        except Exception as error:
            log.error("an export was broken off: %s", type(error).__name__)
            raise
