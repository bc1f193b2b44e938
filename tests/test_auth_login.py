"""Signing in, and what it doesn't tell."""

import bcrypt
import pytest
from flask import Flask

from app.auth import passwords, service
from app.extensions import mongo, redis
from tests.accounts import login, profile
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email


def test_tokens(app: Flask, person: Person) -> None:
    answer = login(app, person.email)
    assert answer.status_code == 200
    tokens = data(answer)
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert profile(app, tokens["access_token"]).status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_it_is_noted_when(app: Flask, person: Person) -> None:
    before = data(person.get("/api/auth/profile"))["last_login"]
    login(app, person.email)
    assert data(person.get("/api/auth/profile"))["last_login"] > before


def test_by_address_or_username_in_any_case(app: Flask, people) -> None:
    name = f"U.{new_email()[:20]}"
    person = people(username=name)
    for body in ({"email": person.email.upper()}, {"username": name.upper()}, {"username": person.email},
                 {"email": name}, {"email": f" {person.email} "}):  # fmt: skip
        answer = app.test_client().post("/api/auth/login", json={**body, "password": PASSWORD})
        assert answer.status_code == 200, body


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [({"password": PASSWORD}, ["email"]), ({"email": "a@example.com", "username": "abc", "password": "x"}, ["email"]),
     ({"email": "a@example.com"}, ["password"]), ({"email": "a@example.com", "password": ""}, ["password"]),
     ({"email": None, "password": "x"}, ["email"]), ({"email": {"$gt": ""}, "password": {"$gt": ""}},
      ["email", "password"]), ({"email": "a@example.com", "password": "x", "otp": 1}, ["otp"])],
)  # fmt: skip
def test_fields_at_fault(app: Flask, body: dict[str, object], at_fault: list[str]) -> None:
    answer = app.test_client().post("/api/auth/login", json=body)
    assert fields_at_fault(answer) == [["body", field] for field in at_fault]


@pytest.mark.parametrize(
    "password", ["Wrong-Horse-9", PASSWORD.lower(), f" {PASSWORD}", PASSWORD + "x" * 100, "€" * 40]
)
def test_known_and_unknown_are_answered_alike(app: Flask, person: Person, password: str) -> None:
    same = {"X-Request-ID": "same"}
    known, unknown = (login(app, email, password, headers=same) for email in (person.email, new_email()))
    assert known.status_code == unknown.status_code == 401
    assert code(known) == "invalid_credentials"
    assert known.json == unknown.json
    assert set(known.headers.keys()) == set(unknown.headers.keys())


@pytest.mark.parametrize("identifier", ["known", "unknown", "malformed"])
def test_the_work_is_the_same(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch, identifier: str) -> None:
    costs: list[bytes] = []
    original = bcrypt.hashpw

    def counted(password: bytes, salt: bytes) -> bytes:
        costs.append(salt[:7])
        return original(password, salt)

    monkeypatch.setattr(bcrypt, "hashpw", counted)
    email = {"known": person.email, "unknown": new_email(), "malformed": "@@@"}[identifier]
    assert login(app, email, "Wrong-Horse-9").status_code == 401
    assert costs == [b"$2b$04$"]


def test_a_disabled_account(app: Flask, person: Person) -> None:
    run = app.test_cli_runner().invoke
    outcome = run(args=["disable-user", person.email.upper()])
    assert outcome.exit_code == 0, outcome.output
    assert code(person.get("/api/auth/profile")) == "token_revoked"
    assert login(app, person.email, "Wrong-Horse-9").status_code == 401
    answer = login(app, person.email)
    assert (answer.status_code, code(answer)) == (403, "account_disabled")
    assert run(args=["enable-user", person.email]).exit_code == 0
    assert person.get("/api/auth/profile").status_code == 401
    assert login(app, person.email).status_code == 200


def test_disabling_nobody_fails(app: Flask) -> None:
    outcome = app.test_cli_runner().invoke(args=["disable-user", "nobody@example.com"])
    assert outcome.exit_code == 1
    assert "no account" in outcome.output


def test_a_sign_in_that_a_new_password_overtakes_fails(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = passwords.matches

    def overtaken(password: str, password_hash: str | None) -> bool:
        monkeypatch.setattr(service.passwords, "matches", verify)
        body = {"current_password": PASSWORD, "password": "Better-Horse-10"}
        assert person.post("/api/auth/change-password", body).status_code == 200
        return verify(password, password_hash)

    monkeypatch.setattr(service.passwords, "matches", overtaken)
    assert code(login(app, person.email)) == "invalid_credentials"
    assert redis.client.zcard(f"sessions:{person.profile['_id']}") == 1


def test_lookups_use_an_index(app: Flask, person: Person) -> None:
    mongo.db.command("profile", 2)
    try:
        assert login(app, person.email).status_code == 200
        assert login(app, "some-name").status_code == 401
    finally:
        mongo.db.command("profile", 0)
    plans = [entry["planSummary"] for entry in mongo.db["system.profile"].find({"ns": {"$regex": r"\.users$"}})]
    mongo.db["system.profile"].drop()
    assert len(plans) >= 3
    assert not [plan for plan in plans if "COLLSCAN" in plan]
