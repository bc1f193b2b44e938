"""Sessions in Redis: which are alive, and the state of their refresh tokens.

`session:{sid}` is a hash that lives as long as the session's latest refresh token;
`sessions:{user id}` orders a user's sessions by when they expire (Unix seconds);
`blocklist:{sid}` outlives every token of an ended session. No token is in Redis, only ids
from which the same token can be signed again.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from bson import ObjectId
from flask import current_app

from app.core import clock, freshness
from app.core.types import UNCLEAN
from app.extensions import redis

LONGEST_USER_AGENT = 300
MOST_SESSIONS = 50
# One script per rotation, so that any number of processes agree on the successor. A token is
# spent once its successor was presented; until then it gives that same successor again.
ROTATE = """
local session, mine, blocklist = KEYS[1], KEYS[2], KEYS[3]
local presented, jti, issued, expires, moment, sid, lifetime = unpack(ARGV)
local current = redis.call('HGET', session, 'jti')
if not current then return {'gone'} end
if presented == current then
  redis.call('HSET', session, 'previous', current, 'jti', jti, 'issued', issued, 'expires', expires)
  redis.call('EXPIREAT', session, expires)
  redis.call('ZADD', mine, expires, sid)
  redis.call('EXPIREAT', mine, expires)
elseif presented ~= redis.call('HGET', session, 'previous') then
  redis.call('SET', blocklist, '1', 'EX', lifetime)
  redis.call('DEL', session)
  redis.call('ZREM', mine, sid)
  return {'reused'}
end
redis.call('HSET', session, 'last_used_at', moment)
return {'rotated', unpack(redis.call('HMGET', session, 'jti', 'issued', 'expires'))}
"""


class Gone(Exception):
    """The session has ended."""


class Reused(Exception):
    """A spent refresh token was presented; its session has been ended."""


class RefreshTokenState(NamedTuple):
    """What makes a refresh token: from the same state the same token is signed."""

    sid: str
    jti: str
    issued: int  # Unix milliseconds
    expires: int  # Unix seconds


def open_session(user_id: ObjectId, user_agent: str, ip: str) -> RefreshTokenState:
    """Begin a session and the state of its first refresh token; the oldest beyond MOST_SESSIONS end."""
    moment = clock.now()
    state = _next_state(secrets.token_hex(12), moment)
    fields = {
        "created_at": moment.isoformat(),
        "last_used_at": moment.isoformat(),
        "user_agent": UNCLEAN.sub("", user_agent)[:LONGEST_USER_AGENT],
        "ip": ip,
        "jti": state.jti,
        "issued": state.issued,
        "expires": state.expires,
    }
    with redis.client.pipeline() as pipe:
        pipe.hset(_session(state.sid), mapping=fields)
        pipe.expireat(_session(state.sid), state.expires)
        pipe.zremrangebyscore(_mine(user_id), "-inf", moment.timestamp())
        pipe.zadd(_mine(user_id), {state.sid: state.issued / 1000 + _lifetime()})
        pipe.expireat(_mine(user_id), state.expires)
        pipe.zrange(_mine(user_id), 0, -MOST_SESSIONS - 1)
        surplus = pipe.execute()[-1]
    if surplus:
        end(user_id, surplus)
    return state


def rotate(user_id: ObjectId, sid: str, presented: str) -> RefreshTokenState:
    """The state of the refresh token that follows the one with the jti `presented`.

    Raises:
        Gone: the session has ended.
        Reused: the token was spent; the session ends.
    """
    moment = clock.now()
    fresh = _next_state(sid, moment)
    script = redis.client.register_script(ROTATE)
    outcome, *state = script(
        keys=[_session(sid), _mine(user_id), _blocklist(sid)],
        args=[presented, fresh.jti, fresh.issued, fresh.expires, moment.isoformat(), sid, _longest_lifetime()],
    )
    if outcome == "gone":
        raise Gone
    if outcome == "reused":
        raise Reused
    jti, issued, expires = state
    return RefreshTokenState(sid, jti, int(issued), int(expires))


def look(user_id: str, sid: str) -> freshness.Look:
    """Whether the session has been ended before its tokens expired, and how fresh answers are; one round trip."""
    return freshness.look(user_id, _blocklist(sid))


def of_user(user_id: ObjectId) -> list[dict[str, Any]]:
    """The live sessions: _id, created_at, last_used_at (UTC), user_agent, ip; the latest used first."""
    sids = _live(user_id)
    with redis.client.pipeline(transaction=False) as pipe:
        for sid in sids:
            pipe.hgetall(_session(sid))
        found = zip(sids, pipe.execute(), strict=True)
    sessions = [_described(sid, fields) for sid, fields in found if fields]
    return sorted(sessions, key=lambda session: session["last_used_at"], reverse=True)


def end(user_id: ObjectId, sids: Iterable[str]) -> None:
    """End sessions of a user: all their tokens are refused from now on."""
    with redis.client.pipeline() as pipe:
        for sid in sids:
            pipe.set(_blocklist(sid), "1", ex=_longest_lifetime())
            pipe.delete(_session(sid))
            pipe.zrem(_mine(user_id), sid)
        pipe.execute()


def end_one(user_id: ObjectId, sid: str) -> bool:
    """End one live session of the user; False if it is not one."""
    if sid not in _live(user_id):
        return False
    end(user_id, [sid])
    return True


def end_all(user_id: ObjectId, but: str | None = None) -> None:
    """End all sessions of a user, or all but one."""
    end(user_id, [sid for sid in _live(user_id) if sid != but])


def _next_state(sid: str, moment: datetime) -> RefreshTokenState:
    issued = round(moment.timestamp() * 1000)
    return RefreshTokenState(sid, secrets.token_hex(16), issued, issued // 1000 + _lifetime())


def _described(sid: str, fields: dict[str, str]) -> dict[str, Any]:
    return {
        "_id": sid,
        "created_at": datetime.fromisoformat(fields["created_at"]),
        "last_used_at": datetime.fromisoformat(fields["last_used_at"]),
        "user_agent": fields["user_agent"],
        "ip": fields["ip"],
    }


def _live(user_id: ObjectId) -> list[str]:
    sids: list[str] = redis.client.zrangebyscore(_mine(user_id), clock.now().timestamp(), "+inf")  # type: ignore[assignment]
    return sids


def _lifetime() -> int:
    return int(current_app.config["JWT_REFRESH_TOKEN_EXPIRES"].total_seconds())


def _longest_lifetime() -> int:
    """Of any token: the two lifetimes are set independently."""
    return max(_lifetime(), int(current_app.config["JWT_ACCESS_TOKEN_EXPIRES"].total_seconds()))


def _session(sid: str) -> str:
    return f"session:{sid}"


def _mine(user_id: ObjectId) -> str:
    return f"sessions:{user_id}"


def _blocklist(sid: str) -> str:
    return f"blocklist:{sid}"
