"""Rate limits of accounts: whom they count, and what they don't tell."""

from collections.abc import Callable
from itertools import count

import bcrypt
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import mongo, redis
from tests.accounts import another_app, login, refresh
from tests.factories import PASSWORD, Person, code, data, new_email

Limits = Callable[..., None]
WRONG = "Wrong-Horse-9"
addresses = (f"10.{number // 65536}.{number // 256 % 256}.{number % 256}" for number in count(1))


def from_address(address: str) -> dict[str, object]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def elsewhere() -> dict[str, object]:
    """Request options that make it come from an address no other test has used."""
    return from_address(next(addresses))


def forgot(app: Flask, email: str, **options: object) -> TestResponse:
    return app.test_client().post("/api/auth/forgot-password", json={"email": email}, **options)


def limited(answer: TestResponse) -> bool:
    if answer.status_code != 429:
        return False
    assert code(answer) == "rate_limited"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    for name in ("Limit", "Remaining", "Reset"):
        assert answer.headers[f"RateLimit-{name}"] == answer.headers[f"X-RateLimit-{name}"]
    assert answer.headers["RateLimit-Remaining"] == "0"
    return True


def test_five_sign_ins_a_minute_per_account(app: Flask, limits: Limits, people) -> None:
    name = new_email()[:20]
    person = people(username=name)
    limits(RATELIMIT_LOGIN_ACCOUNT="5/minute")
    spellings = (person.email, person.email.upper(), name, name.upper(), f" {person.email}")
    answers = [login(app, spelling, WRONG, **elsewhere()) for spelling in spellings]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].headers["RateLimit-Limit"] == "5"
    assert limited(login(app, person.email, **elsewhere()))
    assert limited(login(app, name, **elsewhere()))


def test_an_unknown_account_is_limited_alike(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="5/minute")
    email = new_email()
    answers = [login(app, spelling, WRONG, **elsewhere()) for spelling in (email, email.upper()) * 3]
    assert [limited(answer) for answer in answers] == [False] * 5 + [True]


@pytest.mark.parametrize("known", [True, False])
def test_a_like_name_has_a_bucket_of_its_own(app: Flask, limits: Limits, person: Person, known: bool) -> None:
    email = person.email if known else new_email()
    limits(RATELIMIT_LOGIN_ACCOUNT="2/minute")
    plus = email.replace("@", "+x@")
    assert [limited(login(app, plus, WRONG, **elsewhere())) for _ in range(3)] == [False, False, True]
    assert not limited(login(app, email, WRONG, **elsewhere()))


def test_twenty_sign_ins_a_minute_per_address(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_LOGIN_ADDRESS="20/minute")
    here = elsewhere()
    answers = [login(app, new_email(), WRONG, **here) for _ in range(21)]
    assert [limited(answer) for answer in answers] == [False] * 20 + [True]
    assert not limited(login(app, new_email(), WRONG, **elsewhere()))


def test_a_limited_sign_in_costs_no_hash(
    app: Flask, limits: Limits, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="1/minute")
    login(app, person.email, WRONG)
    monkeypatch.delattr(bcrypt, "hashpw")
    assert limited(login(app, person.email))


def test_preflights_do_not_count(app: Flask, limits: Limits, person: Person) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="1/minute", RATELIMIT_LOGIN_ADDRESS="1/minute")
    here = elsewhere()
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    for _ in range(5):
        answer = app.test_client().options("/api/auth/login", headers=asked, **here)
        assert answer.status_code in (200, 204)
    assert login(app, person.email, **here).status_code == 200
    refused = login(app, person.email, headers={"Origin": "http://localhost:3000"}, **here)
    assert limited(refused)
    assert refused.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


def test_ten_registrations_an_hour_per_address(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_REGISTER="10/hour")
    here = elsewhere()

    def register() -> TestResponse:
        body = {"email": new_email(), "password": PASSWORD}
        return app.test_client().post("/api/auth/register", json=body, **here)

    assert [limited(register()) for _ in range(11)] == [False] * 10 + [True]


@pytest.mark.parametrize("known", [True, False])
def test_three_reset_mails_an_hour_per_account(app: Flask, limits: Limits, person: Person, known: bool) -> None:
    limits(RATELIMIT_FORGOT_PASSWORD="3/hour")
    email = person.email if known else new_email()
    spellings = (email, email.upper(), f" {email}", email)
    assert [limited(forgot(app, spelling, **elsewhere())) for spelling in spellings] == [False, False, False, True]


def test_thirty_refreshes_a_minute_per_session(app: Flask, limits: Limits, person: Person) -> None:
    limits(RATELIMIT_REFRESH="30/minute")
    other = data(login(app, person.email))
    assert [limited(refresh(app, person.refresh_token)) for _ in range(31)] == [False] * 30 + [True]
    assert not limited(refresh(app, other["refresh_token"]))


@pytest.mark.parametrize(("proxies", "kept"), [(0, "10.200.0.1"), (1, "203.0.113.7"), (2, "198.51.100.3")])
def test_a_forged_forwarding_header_changes_nothing(
    app: Flask, settings: dict[str, object], person: Person, proxies: int, kept: str
) -> None:
    # The rightmost entries are the proxies' own; what a client writes stands to the left of them.
    rate = f"{40 + proxies}/minute"
    with another_app(app, settings, TRUSTED_PROXIES=proxies, RATELIMIT_LOGIN_ADDRESS=rate) as behind:
        for number in range(40 + proxies):
            forged = {"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.3, 203.0.113.7"}
            answer = login(behind, new_email(), WRONG, headers=forged, **from_address("10.200.0.1"))
            assert answer.status_code == 401
        answer = login(behind, person.email, headers={"X-Forwarded-For": "192.0.2.99, 198.51.100.3, 203.0.113.7"},
                       **from_address("10.200.0.1"))  # fmt: skip
        assert limited(answer)
        behind.config["RATELIMIT_LOGIN_ADDRESS"] = "100000/minute"
        login(behind, person.email, headers=forged, **from_address("10.200.0.1"))
    sessions = data(person.get("/api/auth/sessions"))["sessions"]
    assert next(session["ip"] for session in sessions if not session["current"]) == kept


def test_no_name_and_no_address_in_keys_or_logs(app: Flask, limits: Limits, person: Person, log_file) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="1/minute", RATELIMIT_LOGIN_ADDRESS="3/minute")
    unknown, address = new_email(), next(addresses)
    for email in (person.email, person.email, unknown, unknown):
        login(app, email, WRONG, **from_address(address))
    keys = list(redis.client.scan_iter("*limit*", count=1000))
    assert len(keys) >= 2
    written = "\n".join(keys) + log_file.read_text()
    for secret in (person.email, unknown, address, person.profile["_id"], PASSWORD, WRONG, person.access_token):
        assert secret not in written


def test_a_refused_registration_leaves_nothing_behind(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_REGISTER="1/hour")
    place = elsewhere()
    with app.app_context():
        before = mongo.db.idempotency_keys.count_documents({})

    def attempt(key: str) -> TestResponse:
        body = {"email": new_email(), "password": PASSWORD}
        return app.test_client().post("/api/auth/register", json=body, headers={"Idempotency-Key": key}, **place)

    assert attempt("first").status_code == 201
    assert all(limited(attempt(f"refused-{number}")) for number in range(5))
    with app.app_context():
        assert mongo.db.idempotency_keys.count_documents({}) == before + 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/change-password", {"current_password": WRONG, "password": "Another-Horse-9"}),
        ("DELETE", "/api/auth/profile", {"password": WRONG}),
    ],
)
def test_a_stolen_token_is_no_way_to_guess_the_password(
    limits: Limits, person: Person, method: str, path: str, body: dict[str, str]
) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="3/minute")
    answers = [person.request(method, path, json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


def test_they_can_be_switched_off(app: Flask, settings: dict[str, object], person: Person) -> None:
    with another_app(app, settings, RATELIMIT_ENABLED=False, RATELIMIT_LOGIN_ACCOUNT="1/minute") as unlimited:
        for _ in range(3):
            answer = login(unlimited, person.email)
            assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer.headers
