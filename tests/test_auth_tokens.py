"""Which tokens are refused, and how."""

import base64
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from bson import ObjectId
from flask import Flask
from redis import Redis

from app.core import clock
from app.core.outage import breaker
from app.extensions import limiter, mongo, redis, redis_options
from tests.accounts import another_app, at_once, bearer, login, profile, refresh
from tests.factories import PASSWORD, Person, code, data, new_email
from tests.waiting import wait_until

PUBLIC = [
    ("/api/auth/login", {"email": "a@example.com", "password": "x"}, 401),
    ("/api/auth/register", {"email": "a"}, 422),
    ("/api/auth/forgot-password", {"email": "nobody@example.com"}, 200),
    ("/api/auth/reset-password", {"token": "x", "password": PASSWORD}, 400),
]
PRIVATE = [
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/logout"),
    ("DELETE", "/api/auth/logout"),
    ("GET", "/api/auth/sessions"),
    ("DELETE", "/api/auth/sessions"),
    ("DELETE", f"/api/auth/sessions/{'0' * 24}"),
    ("POST", "/api/auth/change-password"),
    ("GET", "/api/auth/profile"),
    ("POST", "/api/auth/profile"),
    ("PUT", "/api/auth/profile"),
    ("PATCH", "/api/auth/profile"),
    ("DELETE", "/api/auth/profile"),
]


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(app: Flask, claims: dict[str, Any], key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or app.config["JWT_SECRET_KEY"], algorithm)


def refused(app: Flask, token: str) -> str:
    answer = profile(app, token)
    assert answer.status_code == 401, answer.json
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    return code(answer)


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("slash", ["", "/"])
def test_private_routes_need_a_token(app: Flask, method: str, path: str, slash: str) -> None:
    answer = app.test_client().open(path + slash, method=method)
    assert (answer.status_code, code(answer)) == (401, "token_missing")


@pytest.mark.parametrize(("path", "body", "status"), PUBLIC)
@pytest.mark.parametrize("header", ["Bearer broken", "Bearer", "Basic YTpi", "Bearer a.b.c"])
def test_public_routes_ignore_whatever_comes_along(
    app: Flask, path: str, body: dict[str, str], status: int, header: str
) -> None:
    answer = app.test_client().post(path, json=body, headers={"Authorization": header})
    assert answer.status_code == status, answer.json


@pytest.mark.parametrize(
    "token",
    ["broken", "a.b.c", "..", "a..b", "é.é.é", "e30.e30.e30", "bnVsbA.bnVsbA.", "W10.W10.W10",
     f"{encoded({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 50_000).decode().rstrip('=')}.x"],
)  # fmt: skip
def test_what_is_no_token(app: Flask, token: str) -> None:
    assert refused(app, token) == "token_invalid"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "bearer abc", "Basic YTpi", "Token abc"])
def test_headers_that_are_none(app: Flask, header: str) -> None:
    assert app.test_client().get("/api/auth/profile", headers={"Authorization": header}).status_code == 401


def test_no_algorithm(app: Flask, person: Person) -> None:
    _, payload, signature = person.access_token.split(".")
    for none in ("none", "None", "NONE"):
        forged = encoded({"alg": none, "typ": "JWT"})
        assert refused(app, f"{forged}.{payload}.") == "token_invalid"
        assert refused(app, f"{forged}.{payload}.{signature}") == "token_invalid"


def test_other_key_or_algorithm(app: Flask, person: Person) -> None:
    claims = claims_of(person.access_token)
    assert refused(app, signed(app, claims, key="x" * 40)) == "token_invalid"
    assert refused(app, signed(app, claims, key="y" * 64, algorithm="HS512")) == "token_invalid"
    long_enough = app.config["JWT_SECRET_KEY"] * 2
    assert refused(app, signed(app, claims, key=long_enough, algorithm="HS384")) == "token_invalid"


def test_tampered_payload(app: Flask, person: Person, stranger: Person) -> None:
    header, _, signature = person.access_token.split(".")
    claims = {**claims_of(person.access_token), "sub": stranger.profile["_id"]}
    assert refused(app, f"{header}.{encoded(claims)}.{signature}") == "token_invalid"


def test_swapped_types(app: Flask, person: Person) -> None:
    assert refused(app, person.refresh_token) == "token_invalid"
    answer = refresh(app, person.access_token)
    assert (answer.status_code, code(answer)) == (401, "token_invalid")


def test_expired(app: Flask, person: Person) -> None:
    past = int((clock.now() - timedelta(seconds=1)).timestamp())
    assert refused(app, signed(app, {**claims_of(person.access_token), "exp": past})) == "token_expired"
    expired = refresh(app, signed(app, {**claims_of(person.refresh_token), "exp": past}))
    assert (expired.status_code, code(expired)) == (401, "token_expired")


@pytest.mark.parametrize("missing", ["sid", "iat", "sub"])
def test_our_key_but_not_our_token(app: Flask, person: Person, missing: str) -> None:
    claims = claims_of(person.access_token)
    del claims[missing]
    assert refused(app, signed(app, claims)) == "token_invalid"


@pytest.mark.parametrize("subject", ["nobody", "0" * 24])
def test_nobody(app: Flask, person: Person, subject: str) -> None:
    assert refused(app, signed(app, {**claims_of(person.access_token), "sub": subject})) == "token_revoked"


def test_a_user_that_is_gone(app: Flask, person: Person) -> None:
    mongo.db.users.delete_one({"_id": ObjectId(person.profile["_id"])})
    assert refused(app, person.access_token) == "token_revoked"
    assert refresh(app, person.refresh_token).status_code == 401


def test_both_tokens_carry_the_session_and_nothing_personal(app: Flask, person: Person) -> None:
    access, refreshing = claims_of(person.access_token), claims_of(person.refresh_token)
    assert access["sid"] == refreshing["sid"]
    assert len(access["sid"]) == 24
    assert (access["type"], refreshing["type"]) == ("access", "refresh")
    assert access["exp"] - int(access["iat"]) in (900, 901)
    assert refreshing["exp"] - int(refreshing["iat"]) == 7 * 24 * 3600
    assert person.email not in json.dumps([access, refreshing])


@pytest.fixture
def no_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request finds out about an outage for itself, and the next test inherits none."""
    monkeypatch.setattr(breaker, "run", lambda action: action())


@pytest.mark.usefixtures("no_breaker")
def test_with_redis_down_no_token_is_accepted_or_given(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", **redis_options()).connection_pool
    for client in (redis.client, limiter.storage.storage):
        monkeypatch.setattr(client, "connection_pool", nowhere)
    newcomer = {"email": new_email(), "password": PASSWORD}
    for answer in (
        profile(app, person.access_token),
        refresh(app, person.refresh_token),
        login(app, person.email),
        app.test_client().post("/api/auth/register", json=newcomer),
    ):
        assert (answer.status_code, code(answer)) == (503, "service_unavailable")
        assert answer.headers["Retry-After"]


@pytest.mark.usefixtures("no_breaker")
def test_with_mongodb_down_from_the_start_nobody_waits(app: Flask, settings: dict[str, object]) -> None:
    with another_app(app, settings, MONGO_URI="mongodb://127.0.0.1:1/finsight") as other:
        began = time.monotonic()
        answers = at_once(4, lambda _: login(other, new_email()))
        elapsed = time.monotonic() - began
    assert [(answer.status_code, code(answer)) for answer in answers] == [(503, "service_unavailable")] * 4
    assert elapsed < 3


def test_redis_holds_no_token_and_forgets_all_in_time(app: Flask, person: Person) -> None:
    sid = claims_of(person.access_token)["sid"]
    data(refresh(app, person.refresh_token))
    kept = redis.client.hgetall(f"session:{sid}")
    assert not {part for part in kept.values() if "." in part and part.count(".") == 2 and part.startswith("eyJ")}
    app.test_client().post("/api/auth/logout", headers=bearer(person.access_token))
    week = 7 * 24 * 3600
    assert redis.client.exists(f"session:{sid}") == 0
    assert week - 5 <= redis.client.ttl(f"blocklist:{sid}") <= week
    data(login(app, person.email))
    assert week - 5 <= redis.client.ttl(f"sessions:{person.profile['_id']}") <= week


def test_one_round_trip_and_one_query_per_request(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    original = redis.client.execute_command
    monkeypatch.setattr(redis.client, "execute_command", lambda *a, **k: sent.append(a[0]) or original(*a, **k))
    mongo.db.command("profile", 2)
    person.get("/api/auth/profile")
    mongo.db.command("profile", 0)
    queries = mongo.db["system.profile"].count_documents({"ns": {"$regex": r"\.users$"}})
    mongo.db["system.profile"].drop()
    assert sent == ["EVALSHA"]
    assert queries == 1


def test_a_token_that_is_known_is_still_asked_whether_it_has_expired(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signature is checked once; all else each time."""
    monkeypatch.setitem(app.config, "JWT_ACCESS_TOKEN_EXPIRES", timedelta(seconds=1))
    token = data(login(app, person.email))["access_token"]
    assert profile(app, token).status_code == profile(app, token).status_code == 200
    answer = wait_until(lambda: (found := profile(app, token)).status_code == 401 and found, seconds=5)
    assert code(answer) == "token_expired"


def test_a_known_token_is_unknown_under_another_key(app: Flask, settings: dict[str, object], person: Person) -> None:
    assert profile(app, person.access_token).status_code == 200
    with another_app(app, settings, JWT_SECRET_KEY="another-secret-for-the-tests-only-0123456789") as other:
        assert profile(other, person.access_token).status_code == 401
