"""Whether anything of a user has changed since an answer was made.

Every user has a mark in Redis: a random text that is replaced before each of the user's writes. What was made
under a mark is good for as long as the mark stands. `fresh:{user id}` holds it; `writing:{user id}` orders the
writes that have begun by when they must have ended (Unix seconds of Redis' own clock), because while one is under
way nobody can tell which side of it a reader saw. A writer that dies half-way therefore costs its user the
cache for LONGEST_WRITE_SECONDS, and never shows anybody an old answer.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bson import ObjectId
from redis.exceptions import RedisError

from app.extensions import redis

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
LONGEST_WRITE_SECONDS = 15  # far beyond MongoDB's time-outs, after which nothing lands any more
KEPT_SECONDS = 24 * 3600
BEGIN = """
local writing, fresh = KEYS[1], KEYS[2]
local write, mark, longest, kept = unpack(ARGV)
redis.call('ZADD', writing, redis.call('TIME')[1] + longest, write)
redis.call('EXPIRE', writing, longest)
redis.call('SET', fresh, mark, 'EX', kept)
"""
LOOK = """
local ended, writing, fresh = KEYS[1], KEYS[2], KEYS[3]
local mark, kept = unpack(ARGV)
if redis.call('EXISTS', ended) == 1 then return {1, false} end
if redis.call('ZCOUNT', writing, redis.call('TIME')[1], '+inf') > 0 then return {0, false} end
local standing = redis.call('GET', fresh)
if not standing then
  redis.call('SET', fresh, mark, 'EX', kept)
  standing = mark
end
return {0, standing}
"""


def look(owner: str, ended: str) -> tuple[bool, str | None]:
    """Whether the key `ended` exists, and the owner's mark, in one round trip; no mark while a write is under way."""
    script = redis.client.register_script(LOOK)
    keys = [ended, _writing(owner), _fresh(owner)]
    found, mark = script(keys=keys, args=[secrets.token_hex(8), KEPT_SECONDS])
    return bool(found), mark


@contextmanager
def changing(owner: ObjectId) -> Iterator[None]:
    """Around a write to something of the owner.

    Raises:
        RedisError: the mark could not be replaced, and so nothing may be written.
    """
    write = secrets.token_hex(8)
    script = redis.client.register_script(BEGIN)
    keys = [_writing(str(owner)), _fresh(str(owner))]
    script(keys=keys, args=[write, secrets.token_hex(8), LONGEST_WRITE_SECONDS, KEPT_SECONDS])
    try:
        yield
    finally:
        try:
            redis.client.zrem(_writing(str(owner)), write)
        except RedisError:  # it ends by itself
            log.warning("the end of a write was not noted: Redis is down")


def changes(write: Callable[Concatenate[ObjectId, P], R]) -> Callable[Concatenate[ObjectId, P], R]:
    """A repository function that writes to something of the owner, its first argument."""

    @wraps(write)
    def noted(owner: ObjectId, /, *arguments: P.args, **named: P.kwargs) -> R:
        with changing(owner):
            return write(owner, *arguments, **named)

    noted.changes = True  # type: ignore[attr-defined]
    return noted


def forget(owner: ObjectId) -> None:
    """Remove what Redis holds about somebody who is gone."""
    redis.client.delete(_writing(str(owner)), _fresh(str(owner)))


def _writing(owner: str) -> str:
    return f"writing:{owner}"


def _fresh(owner: str) -> str:
    return f"fresh:{owner}"
