"""Whether an account exists: told neither by words nor by headers nor by time."""

import re
import statistics
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.cli import disable_user
from app.auth.tasks import reset_token_hash
from app.core import clock
from app.extensions import mongo, redis
from tests.accounts import login
from tests.factories import PASSWORD, Person, new_email, register
from tests.processes import Api
from tests.security.conftest import Serve
from tests.test_auth_limits import forgot

COSTLY_ROUNDS = 10  # so that the hash outweighs all else, as it does in production
ALIKE = 0.10
FEWEST, MOST = 15, 90
VARYING = re.compile("X-Request-ID|Date|Retry-After|(X-)?RateLimit-(Reset|Remaining)")


def look(answer: TestResponse) -> object:
    """An answer without what differs between any two."""
    body = {**answer.json, "data": {**answer.json["data"], "request_id": ""}}
    return answer.status_code, body, sorted(entry for entry in answer.headers if not VARYING.fullmatch(entry[0]))


def nobody(app: Flask) -> str:
    return new_email()


def somebody(app: Flask) -> str:
    return register(app).email


def erased(app: Flask) -> str:
    person = register(app)
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    return person.email


def disabled(app: Flask) -> str:
    person = register(app)
    assert app.test_cli_runner().invoke(disable_user, [person.email]).exit_code == 0
    return person.email


def no_address(app: Flask) -> str:
    return "no-address@"


KINDS = (nobody, somebody, erased, disabled)


def test_a_wrong_password_looks_the_same_whoever_it_is_for(app: Flask) -> None:
    looks = [look(login(app, kind(app), "Wrong-Horse-9")) for kind in (*KINDS, no_address)]
    assert looks[0][0] == 401  # type: ignore[index]
    assert all(entry == looks[0] for entry in looks)


def test_a_forgotten_password_looks_the_same_whoever_it_is_of(app: Flask) -> None:
    looks = [look(forgot(app, kind(app))) for kind in KINDS]
    assert looks[0][0] == 200  # type: ignore[index]
    assert all(entry == looks[0] for entry in looks)


def test_a_reset_token_looks_the_same_whether_unknown_spent_or_old(app: Flask, person: Person) -> None:
    def attempt(token: str) -> TestResponse:
        return app.test_client().post("/api/auth/reset-password", json={"token": token, "password": "Better-Horse-10"})

    old = {"token_hash": reset_token_hash("an old one"), "expires_at": clock.now()}
    mongo.db.users.update_one({"email": person.email}, {"$set": {"password_reset": old}})
    assert look(attempt("an old one")) == look(attempt("never given")) == look(attempt("x" * 200))


def test_what_registering_tells_is_limited(app: Flask, person: Person) -> None:
    """It has to say that an address is taken; nothing else about the account, and it asks for a good password first."""
    client = app.test_client()
    weak = [
        client.post("/api/auth/register", json={"email": email, "password": "x"})
        for email in (person.email, new_email())
    ]
    assert look(weak[0]) == look(weak[1])
    taken = client.post("/api/auth/register", json={"email": person.email, "password": PASSWORD})
    assert taken.status_code == 409
    assert set(taken.json["data"]) == {"message", "code", "request_id"}


def alike(one: list[float], other: list[float]) -> bool:
    """Whether the medians differ by at most ALIKE."""
    shorter, longer = sorted((statistics.median(one), statistics.median(other)))
    return longer - shorter <= ALIKE * longer


def differ(one: Callable[[], object], other: Callable[[], object], most: int = MOST) -> str:
    """What an attacker could see after asking both in turn, many times; empty if the medians are alike.

    Others use this machine, too: it asks on until the medians are alike. A difference that is there stays.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for asked in range(1, most + 1):
        for ask, taken in zip((one, other), times, strict=True):
            began = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - began)
        if asked >= FEWEST and alike(*times):
            return ""
    return " against ".join(f"{statistics.median(taken) * 1000:.1f} ms" for taken in times)


@pytest.fixture(scope="module")
def costly(serve: Serve, settings: dict[str, object]) -> Iterator[Api]:
    """A gunicorn that hashes at a real cost, and whose mails nobody sends."""
    broker = str(settings["REDIS_URL"]).removesuffix("/0") + "/4"
    yield serve(BCRYPT_LOG_ROUNDS=COSTLY_ROUNDS, BROKER_URL=broker)
    with redis.client.pipeline() as pipe:
        pipe.execute_command("SELECT", 4)
        pipe.execute_command("DEL", "mail")
        pipe.execute_command("SELECT", 0)
        pipe.execute()


@pytest.fixture(scope="module")
def known(costly: Api) -> dict[str, str]:
    body = {"email": new_email(), "username": new_email()[:20], "password": PASSWORD}
    assert requests.post(f"{costly.address}/api/auth/register", json=body, timeout=10).status_code == 201
    return body


def asker(session: requests.Session, api: Api, path: str, status: int, **body: str) -> Callable[[], None]:
    def ask() -> None:
        assert session.post(f"{api.address}{path}", json=body, timeout=30).status_code == status

    return ask


@pytest.mark.parametrize("field", ["email", "username"])
def test_signing_in_takes_as_long_for_nobody(costly: Api, known: dict[str, str], field: str) -> None:
    with requests.Session() as session:
        wrong = {"password": "Wrong-Horse-9"}
        of_somebody = asker(session, costly, "/api/auth/login", 401, **{field: known[field]}, **wrong)
        of_nobody = asker(session, costly, "/api/auth/login", 401, **{field: f"no{known[field]}"}, **wrong)
        assert not differ(of_somebody, of_nobody)


def test_a_forgotten_password_takes_as_long_for_nobody(costly: Api, known: dict[str, str]) -> None:
    with requests.Session() as session:
        of_somebody = asker(session, costly, "/api/auth/forgot-password", 200, email=known["email"])
        of_nobody = asker(session, costly, "/api/auth/forgot-password", 200, email=f"no{known['email']}")
        assert not differ(of_somebody, of_nobody)


def test_a_difference_would_be_seen(costly: Api, known: dict[str, str]) -> None:
    """A request that hashes against one that does not."""
    with requests.Session() as session:
        hashing = asker(session, costly, "/api/auth/login", 401, email=known["email"], password="Wrong-Horse-9")
        refused = asker(session, costly, "/api/auth/login", 422, email=known["email"], password="")
        assert differ(hashing, refused, most=FEWEST)
    assert not alike([1.0, 1.0, 1.0], [1.2, 1.2, 1.2])
