"""Whether anything of a user has changed since an answer was made.

Every user has a mark in Redis: a random text that is replaced before each of the user's writes. What was made
under a mark is good for as long as the mark stands. `fresh:{user id}` holds it; `writing:{user id}` orders the
writes that have begun by when they must have ended (Unix seconds of Redis' own clock), because while one is under
way nobody can tell which side of it a reader saw. A writer that dies half-way therefore costs its user the
cache for LONGEST_WRITE_SECONDS, and never shows anybody an old answer.

A Redis whose memory is full keeps no mark, and so nothing is kept; work goes on.

The account itself, which other things change, has a mark of its own under `{user id}:account`.

`total:{user id}` holds a mark and how many transactions there were under it. A write that was alone and knows how
many it added takes the number over to its own mark, so that nobody has to count them all again.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError
from redis.exceptions import RedisError

from app.extensions import redis

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
REFUSED = (DuplicateKeyError, BulkWriteError)  # by the database, which has thereby answered
LONGEST_WRITE_SECONDS = 15  # far beyond MongoDB's time-outs, after which nothing lands any more
KEPT_SECONDS = 24 * 3600
TOTAL_SECONDS = 600  # however often it was taken over: a change made past the application, by hand, is counted then
BEGIN = """
local writing, fresh = KEYS[1], KEYS[2]
local mark, longest, kept = unpack(ARGV)
local now = redis.call('TIME')[1]
local before = redis.call('ZCOUNT', writing, now, '+inf') == 0 and redis.call('GET', fresh)
redis.pcall('ZADD', writing, now + longest, mark)
redis.call('EXPIRE', writing, longest)
if redis.pcall('SET', fresh, mark, 'EX', kept)['err'] then redis.call('DEL', fresh) end
return before
"""
END = """
local writing, fresh, total = KEYS[1], KEYS[2], KEYS[3]
local mark, before, added = unpack(ARGV)
if redis.call('ZREM', writing, mark) == 0 then redis.call('DEL', fresh) end
if added == '' or redis.call('GET', fresh) ~= mark then return end
local known = redis.call('HMGET', total, 'mark', 'count')
if known[1] == before then redis.pcall('HSET', total, 'mark', mark, 'count', known[2] + added) end
"""
LOOK = """
local ended, writing, fresh, total, writing_account, fresh_account = unpack(KEYS)
local mark, kept = unpack(ARGV)
local function standing(writing, fresh)
  if redis.call('ZCOUNT', writing, redis.call('TIME')[1], '+inf') > 0 then return false end
  local found = redis.call('GET', fresh)
  if found then return found end
  return not redis.pcall('SET', fresh, mark, 'EX', kept)['err'] and mark
end
if redis.call('EXISTS', ended) == 1 then return {1, false, false, false} end
local own = standing(writing, fresh)
local known = redis.call('HMGET', total, 'mark', 'count')
return {0, own, own and known[1] == own and known[2], standing(writing_account, fresh_account)}
"""
COUNTED = """
local fresh, total = KEYS[1], KEYS[2]
local mark, count, kept = unpack(ARGV)
if redis.call('GET', fresh) ~= mark then return end
redis.pcall('HSET', total, 'mark', mark, 'count', count)
redis.call('EXPIRE', total, kept)
"""


class Look(NamedTuple):
    """What one round trip tells of a user."""

    ended: bool
    mark: str | None  # None while a write is under way
    total: int | None  # transactions under this mark; None if nobody has counted them
    account: str | None  # the mark of the account itself; None while it is being changed


class Write:
    """A write under way."""

    def __init__(self, mark: str, before: str | None) -> None:
        self.mark = mark
        self.before = before  # the mark it follows; None if another write was under way
        self.added: int | None = None  # by how many there are more transactions; None if that isn't known


def look(owner: str, ended: str) -> Look:
    """Whether the key `ended` exists, the marks of the owner's records and account, and the number of transactions."""
    account = _account(owner)
    keys = [ended, _writing(owner), _fresh(owner), _total(owner), _writing(account), _fresh(account)]
    found, mark, total, own = redis.client.register_script(LOOK)(keys=keys, args=[_new_mark(), KEPT_SECONDS])
    return Look(bool(found), mark, None if total is None else int(total), own)


def remember_total(owner: str, mark: str, count: int) -> None:
    """Keep the number of the owner's transactions, if it was counted under the mark that still stands."""
    script = redis.client.register_script(COUNTED)
    script(keys=[_fresh(owner), _total(owner)], args=[mark, count, TOTAL_SECONDS])


@contextmanager
def changing(owner: ObjectId | str) -> Iterator[Write]:
    """Around a write to something of the owner.

    Raises:
        RedisError: the mark could not be replaced, and so nothing may be written.
    """
    keys = [_writing(str(owner)), _fresh(str(owner)), _total(str(owner))]
    mark = _new_mark()
    before = redis.client.register_script(BEGIN)(keys=keys, args=[mark, LONGEST_WRITE_SECONDS, KEPT_SECONDS])
    write = Write(mark, before)
    try:
        yield write
    except REFUSED:
        _end(keys, write)
        raise
    # After any other error it may still land: only time ends it.
    _end(keys, write)


def _end(keys: list[str], write: Write) -> None:
    added = "" if write.added is None or write.before is None else write.added
    try:
        redis.client.register_script(END)(keys=keys, args=[write.mark, write.before or "", added])
    except RedisError:  # it ends by itself
        log.warning("the end of a write was not noted: Redis is down")


def changes(function: Callable[Concatenate[ObjectId, P], R]) -> Callable[Concatenate[ObjectId, P], R]:
    """A repository function that alters something of the owner, its first argument, and leaves as many transactions."""

    @wraps(function)
    def noted(owner: ObjectId, /, *arguments: P.args, **named: P.kwargs) -> R:
        with changing(owner) as write:
            result = function(owner, *arguments, **named)
            write.added = 0
        return result

    return noted


def changes_account(function: Callable[Concatenate[ObjectId, P], R]) -> Callable[Concatenate[ObjectId, P], R]:
    """A repository function that alters the account of its first argument."""

    @wraps(function)
    def noted(owner: ObjectId, /, *arguments: P.args, **named: P.kwargs) -> R:
        with changing(_account(str(owner))):
            return function(owner, *arguments, **named)

    return noted


def forget(owner: ObjectId) -> None:
    """Remove what Redis holds about somebody who is gone."""
    account = _account(str(owner))
    redis.client.delete(*[key(str(owner)) for key in (_writing, _fresh, _total)], _writing(account), _fresh(account))


def forget_everybody() -> None:
    """The database was replaced: nothing that was made under any mark is good any more."""
    for kind in ("fresh", "total"):
        for key in redis.client.scan_iter(match=f"{kind}:*", count=1000):
            redis.client.delete(key)


def _new_mark() -> str:
    return secrets.token_hex(8)


def _account(owner: str) -> str:
    return f"{owner}:account"


def _writing(owner: str) -> str:
    return f"writing:{owner}"


def _fresh(owner: str) -> str:
    return f"fresh:{owner}"


def _total(owner: str) -> str:
    return f"total:{owner}"
