"""Tokens nobody was given: forged, altered, swapped, outlived. Each answers 401, whatever the route."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.auth.cli import disable_user
from app.auth.tasks import reset_token_hash
from app.core import clock
from app.extensions import mongo, redis
from tests.accounts import bearer, login, profile, refresh
from tests.factories import PASSWORD, Person, code, data, register
from tests.security.surface import routes

Claims = dict[str, Any]
Forgery = Callable[[Claims, str], str]
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed(claims: Claims, key: str, header: Claims | None = None, digest: str = "sha256") -> str:
    """By hand, as libraries refuse to make what attackers make."""
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT', **(header or {})})}.{encoded(claims)}"
    return f"{text}.{encoded(hmac.digest(key.encode(), text.encode(), digest))}"


def unsigned(algorithm: object) -> Forgery:
    return lambda claims, _: f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}."


def with_header(**header: object) -> Forgery:
    """Another header on a token that was signed by a key the header points to."""
    return lambda claims, _: signed(claims, "attacker's own key, long enough for sha256", header)


def keeping_signature(change: Callable[[Claims], Claims]) -> Forgery:
    def forge(_: Claims, token: str) -> str:
        header, payload, signature = token.split(".")
        return f"{header}.{encoded(change(decoded(payload)))}.{signature}"

    return forge


def altered(change: Callable[[str], str]) -> Forgery:
    return lambda _, token: change(token)


def swapped_byte(token: str) -> str:
    head, signature = token.rsplit(".", 1)
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


FORGERIES: dict[str, Forgery] = {
    **{f"alg {name!r}": unsigned(name) for name in ("none", "None", "NONE", "nOnE", "none ", "", None, 0, [], "HS256")},
    **{f"signed, alg {name}": with_header(alg=name) for name in ("none", "hs256", "HS384", "HS512", "RS256", "ES256")},
    "no alg": lambda claims, _: f"{encoded({'typ': 'JWT'})}.{encoded(claims)}.{encoded(b'x' * 32)}",
    "another key": lambda claims, _: signed(claims, "y" * 44),
    "an empty key": lambda claims, _: signed(claims, ""),
    "the development key": lambda claims, _: signed(claims, "development-only-secret-not-for-production"),
    "a public key as secret": lambda claims, _: signed(claims, PUBLIC_KEY),
    "sha512 under HS256": lambda claims, _: signed(claims, "y" * 44, digest="sha512"),
    "kid of a file": with_header(kid="../../../../dev/null"),
    "kid of sql": with_header(kid="x' UNION SELECT 'key"),
    "kid of a command": with_header(kid="key|/usr/bin/true"),
    "jku": with_header(jku="http://127.0.0.1:1/keys.json"),
    "x5u": with_header(x5u="http://127.0.0.1:1/cert.pem"),
    "jwk": with_header(jwk={"kty": "oct", "k": encoded(b"attacker's own key, long enough for sha256")}),
    "crit": with_header(crit=["exp"], exp=0),
    "b64": with_header(b64=False, crit=["b64"]),
    "another subject": keeping_signature(lambda claims: {**claims, "sub": "0" * 24}),
    "another session": keeping_signature(lambda claims: {**claims, "sid": "0" * 24}),
    "another type": keeping_signature(lambda claims: {**claims, "type": "refresh"}),
    "longer life": keeping_signature(lambda claims: {**claims, "exp": claims["exp"] + 3600}),
    "a role": keeping_signature(lambda claims: {**claims, "role": "admin"}),
    "no signature": altered(lambda token: token.rsplit(".", 1)[0] + "."),
    "two parts": altered(lambda token: token.rsplit(".", 1)[0]),
    "four parts": altered(lambda token: f"{token}.x"),
    "a shorter signature": altered(lambda token: token[:-4]),
    "a longer signature": altered(lambda token: f"{token}AAAA"),
    "another first byte": altered(swapped_byte),
    "a blank inside": altered(lambda token: token.replace(".", ". ", 1)),
    "a line break inside": altered(lambda token: token.replace(".", ".%0a", 1)),
    "quoted": altered(lambda token: f'"{token}"'),
    "a payload that is a list": lambda claims, _: (
        f"{encoded({'alg': 'HS256'})}.{encoded([claims])}.{encoded(b'x' * 32)}"
    ),
    "a header that is a list": lambda claims, _: f"{encoded(['HS256'])}.{encoded(claims)}.{encoded(b'x' * 32)}",
    "five parts, encrypted": lambda claims, _: ".".join([encoded({"alg": "dir", "enc": "A256GCM"}), *["AAAA"] * 4]),
}


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_no_forgery_is_accepted(app: Flask, person: Person, kind: str) -> None:
    genuine = {"access": person.access_token, "refresh": person.refresh_token}[kind]
    ask = {"access": profile, "refresh": refresh}[kind]
    claims = decoded(genuine.split(".")[1])
    for name, forge in FORGERIES.items():
        answer = ask(app, forge(claims, genuine))
        assert (answer.status_code, code(answer)) == (401, "token_invalid"), (name, answer.text)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ask(app, genuine).status_code == 200, "so it was the forging"


def test_every_private_route_refuses_a_forgery_and_the_other_type(app: Flask, person: Person) -> None:
    claims = decoded(person.access_token.split(".")[1])
    forged = [unsigned("none")(claims, ""), with_header(kid="x")(claims, ""), signed(claims, "")]
    swapped = {"access": [person.refresh_token], "refresh": [person.access_token], "any": []}
    private = [route for route in routes(app) if route.contract.auth != "none"]
    assert len(private) >= 30
    for route in private:
        for token in (*forged, *swapped[route.contract.auth]):
            answer = app.test_client().open(route.at("0" * 24), method=route.method, headers=bearer(token))
            assert (answer.status_code, code(answer)) == (401, "token_invalid"), (route.method, route.path)
    assert profile(app, person.access_token).status_code == 200


def test_a_token_elsewhere_than_in_the_header_is_none(app: Flask, person: Person) -> None:
    client = app.test_client()
    for name in ("access_token_cookie", "access_token", "jwt"):
        client.set_cookie(name, person.access_token)
    path = "/api/auth/profile"
    query = "&".join(f"{name}={person.access_token}" for name in ("jwt", "token", "access_token", "Authorization"))
    for answer in (
        client.get(path),
        client.get(f"{path}?{query}"),
        client.patch(path, json={"jwt": person.access_token}),
        client.get(path, headers={"X-Authorization": f"Bearer {person.access_token}", "Token": person.access_token}),
    ):
        assert (answer.status_code, code(answer)) == (401, "token_missing")


OWN_BUT_WRONG: dict[str, Claims] = {
    **{f"without {name}": {name: ...} for name in ("sub", "sid", "iat", "exp", "jti")},
    **{f"{name} is {value!r}": {name: value} for name in ("sub", "sid", "iat", "exp", "type", "jti")
       for value in (None, [], {}, {"$ne": None}, True, "")},
    "iat is not a number": {"iat": float("nan")},
    "iat is infinite": {"iat": float("inf")},
    "exp is infinite": {"exp": float("inf")},
    "not yet valid": {"nbf": 4_102_444_800},
    "issued later": {"iat": 4_102_444_800},
    "expired": {"exp": 1_700_000_000},
    "of a dead session": {"sid": "../blocklist"},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["access", "refresh"])
@pytest.mark.parametrize("name", OWN_BUT_WRONG)
def test_what_the_key_signed_must_still_be_one_of_ours(app: Flask, person: Person, kind: str, name: str) -> None:
    """Nobody else has the key; but another program that was given it must not make tokens by accident."""
    genuine = {"access": person.access_token, "refresh": person.refresh_token}[kind]
    claims = {**decoded(genuine.split(".")[1]), **OWN_BUT_WRONG[name]}
    token = signed({key: value for key, value in claims.items() if value is not ...}, app.config["JWT_SECRET_KEY"])
    answer = {"access": profile, "refresh": refresh}[kind](app, token)
    assert answer.status_code == 401, answer.text


def test_nothing_else_we_sign_is_a_token(app: Flask, person: Person) -> None:
    """The key also makes digests of names and of requests; none of them begins like a token."""
    claims = decoded(person.refresh_token.split(".")[1])
    expected = hmac.new(app.config["JWT_SECRET_KEY"].encode(), f"csrf:{claims['jti']}".encode(), hashlib.sha256)
    assert claims["csrf"] == expected.hexdigest()
    text = f"csrf:{claims['jti']}"
    assert profile(app, f"{text}..{encoded(expected.digest())}").status_code == 401
    assert profile(app, f"{encoded(text.encode())}.{encoded(b'')}.{encoded(expected.digest())}").status_code == 401


def test_outlived_tokens(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    spent = person.refresh_token
    successor = data(refresh(app, spent))["refresh_token"]
    data(refresh(app, successor))
    reused = refresh(app, spent)
    assert (reused.status_code, code(reused)) == (401, "refresh_reused")
    for token in (successor, spent):
        assert code(refresh(app, token)) == "token_revoked"
    assert code(profile(app, person.access_token)) == "token_revoked"


def sign_out(app: Flask, person: Person) -> None:
    person.post("/api/auth/logout")


def erase(app: Flask, person: Person) -> None:
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200


def disable(app: Flask, person: Person) -> None:
    assert app.test_cli_runner().invoke(disable_user, [person.email]).exit_code == 0


def disable_while_redis_forgets(app: Flask, person: Person) -> None:
    mongo.db.users.update_one({"email": person.email}, {"$set": {"is_active": False}})


def delete_by_hand(app: Flask, person: Person) -> None:
    mongo.db.users.delete_one({"_id": ObjectId(person.profile["_id"])})


def void_by_time(app: Flask, person: Person) -> None:
    later = clock.now() + timedelta(milliseconds=1)
    mongo.db.users.update_one({"email": person.email}, {"$set": {"tokens_valid_after": later}})


def end_from_elsewhere(app: Flask, person: Person) -> None:
    elsewhere = data(login(app, person.email))["access_token"]
    assert app.test_client().delete("/api/auth/sessions", headers=bearer(elsewhere)).status_code == 200


ENDINGS = [sign_out, erase, disable, disable_while_redis_forgets, delete_by_hand, void_by_time, end_from_elsewhere]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_after_the_end_of_an_account_or_a_session_no_route_takes_its_tokens(
    app: Flask, person: Person, end: Callable[[Flask, Person], None]
) -> None:
    end(app, person)
    for route in routes(app):
        token = {"access": person.access_token, "refresh": person.refresh_token}.get(route.contract.auth)
        if token:
            answer = app.test_client().open(route.at("0" * 24), method=route.method, headers=bearer(token))
            assert (answer.status_code, code(answer)) == (401, "token_revoked"), (route.method, route.path)


def test_a_new_account_of_the_same_address_inherits_nothing(app: Flask) -> None:
    first = register(app, username="first" + ObjectId().__str__()[-12:])
    spent = first.spend(5)
    mailed = {"token_hash": reset_token_hash("mailed before"), "expires_at": clock.now() + timedelta(hours=1)}
    mongo.db.users.update_one({"email": first.email}, {"$set": {"password_reset": mailed}})
    erase(app, first)
    second = register(app, email=first.email, username=first.profile["username"])
    assert second.profile["_id"] != first.profile["_id"]
    for token in (first.access_token, second.access_token.rsplit(".", 1)[0] + "." + first.access_token.rsplit(".")[-1]):
        assert profile(app, token).status_code == 401
    assert refresh(app, first.refresh_token).status_code == 401
    assert second.get(f"/api/transactions/{spent['_id']}").status_code == 404
    assert data(second.get("/api/transactions/"))["transactions"] == []
    assert len(data(second.get("/api/auth/sessions"))["sessions"]) == 1
    body = {"token": "mailed before", "password": "Another-Horse-9"}
    answer = app.test_client().post("/api/auth/reset-password", json=body)
    assert (answer.status_code, code(answer)) == (400, "invalid_reset_token")
    assert redis.client.zcard(f"sessions:{first.profile['_id']}") == 0
    assert profile(app, second.access_token).status_code == 200
