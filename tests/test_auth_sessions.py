"""Rotation of refresh tokens, and sessions."""

import random
from typing import Any

import jwt
import pytest
from flask import Flask
from redis.exceptions import ConnectionError

from app.auth import sessions
from app.core.outage import breaker
from app.extensions import redis
from tests.accounts import at_once, bearer, login, profile, refresh
from tests.factories import PASSWORD, Person, code, data
from tests.waiting import wait_until


def refreshed(app: Flask, token: str) -> dict[str, Any]:
    answer = refresh(app, token)
    assert answer.status_code == 200, answer.json
    return data(answer)


def reused(app: Flask, token: str) -> bool:
    answer = refresh(app, token)
    return (answer.status_code, code(answer)) == (401, "refresh_reused")


def sid(token: str) -> str:
    return jwt.decode(token, options={"verify_signature": False})["sid"]


def test_both_tokens_are_new(app: Flask, person: Person) -> None:
    tokens = refreshed(app, person.refresh_token)
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert tokens["refresh_token"] != person.refresh_token
    assert tokens["access_token"] != person.access_token
    assert profile(app, tokens["access_token"]).status_code == 200
    assert profile(app, person.access_token).status_code == 200


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"data": "{}"}, {"data": "", "content_type": "text/plain"}])
def test_the_body_does_not_matter(app: Flask, person: Person, options: dict[str, Any]) -> None:
    answer = app.test_client().post("/api/auth/refresh", headers=bearer(person.refresh_token), **options)
    assert answer.status_code == 200


def test_a_lost_answer_comes_again_byte_for_byte(app: Flask, person: Person) -> None:
    first = refreshed(app, person.refresh_token)
    again = refreshed(app, person.refresh_token)
    assert again["refresh_token"] == first["refresh_token"]
    assert again["access_token"] != first["access_token"]


def test_a_client_that_keeps_its_first_token(app: Flask, person: Person) -> None:
    answers = [refreshed(app, person.refresh_token) for _ in range(10)]
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert profile(app, answers[-1]["access_token"]).status_code == 200


def test_using_the_access_token_of_a_successor_spends_nothing(app: Flask, person: Person) -> None:
    first = refreshed(app, person.refresh_token)
    assert profile(app, first["access_token"]).status_code == 200
    assert refreshed(app, person.refresh_token)["refresh_token"] == first["refresh_token"]


def test_three_at_once_with_the_first_token_for_good(app: Flask, person: Person) -> None:
    for _ in range(5):
        answers = at_once(3, lambda _: refreshed(app, person.refresh_token))
        assert len({answer["refresh_token"] for answer in answers}) == 1
        assert {profile(app, answer["access_token"]).status_code for answer in answers} == {200}


def test_of_twenty_at_once_there_is_one_successor(app: Flask, person: Person) -> None:
    token = person.refresh_token
    for _ in range(3):
        answers = at_once(20, lambda _, token=token: refreshed(app, token))
        (token,) = {answer["refresh_token"] for answer in answers}


def test_a_spent_token_ends_the_whole_session(app: Flask, person: Person) -> None:
    first = refreshed(app, person.refresh_token)
    second = refreshed(app, first["refresh_token"])
    assert reused(app, person.refresh_token)
    for token in (person.access_token, first["access_token"], second["access_token"]):
        assert code(profile(app, token)) == "token_revoked"
    for token in (person.refresh_token, first["refresh_token"], second["refresh_token"]):
        assert code(refresh(app, token)) == "token_revoked"


def test_reuse_leaves_other_sessions_alone(app: Flask, person: Person) -> None:
    other = data(login(app, person.email))
    refreshed(app, refreshed(app, person.refresh_token)["refresh_token"])
    assert reused(app, person.refresh_token)
    assert profile(app, other["access_token"]).status_code == 200


def test_a_spent_token_is_spent_although_its_successor_is_asked_again(app: Flask, person: Person) -> None:
    first = refreshed(app, person.refresh_token)
    second = refreshed(app, first["refresh_token"])
    assert refreshed(app, first["refresh_token"])["refresh_token"] == second["refresh_token"]
    assert reused(app, person.refresh_token)


def test_any_order_of_tokens_follows_the_rule(app: Flask, people) -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(10):
        chain = [people().refresh_token]
        for _ in range(12):
            back = chance.randrange(min(3, len(chain))) + 1
            presented = chain[-back]
            if back > 2:
                assert reused(app, presented)
                break
            successor = refreshed(app, presented)["refresh_token"]
            if back == 1:
                assert successor not in chain
                chain.append(successor)
            else:
                assert successor == chain[-1]


def test_a_session_that_redis_has_lost_is_over(app: Flask, person: Person) -> None:
    redis.client.delete(f"session:{sid(person.refresh_token)}")
    answer = refresh(app, person.refresh_token)
    assert (answer.status_code, code(answer)) == (401, "token_revoked")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_logout_ends_both_tokens_at_once(app: Flask, person: Person, method: str, kind: str) -> None:
    later = refreshed(app, person.refresh_token)
    other = data(login(app, person.email))
    token = getattr(person, kind)
    answer = app.test_client().open("/api/auth/logout", method=method, headers=bearer(token))
    assert answer.status_code == 200
    assert data(answer)["message"]
    for tokens in (later, {"access_token": person.access_token, "refresh_token": person.refresh_token}):
        assert code(profile(app, tokens["access_token"])) == "token_revoked"
        assert code(refresh(app, tokens["refresh_token"])) == "token_revoked"
    assert profile(app, other["access_token"]).status_code == 200
    again = app.test_client().open("/api/auth/logout", method=method, headers=bearer(token))
    assert (again.status_code, code(again)) == (401, "token_revoked")


def test_the_list(app: Flask, person: Person) -> None:
    options = {"headers": {"User-Agent": "Browser/" + "x" * 500}, "environ_overrides": {"REMOTE_ADDR": "10.9.8.7"}}
    other = data(login(app, person.email, **options))
    sessions = data(person.get("/api/auth/sessions"))["sessions"]
    assert {session["_id"] for session in sessions} == {sid(person.access_token), sid(other["access_token"])}
    by_id = {session["_id"]: session for session in sessions}
    mine, theirs = by_id[sid(person.access_token)], by_id[sid(other["access_token"])]
    assert (mine["current"], theirs["current"]) == (True, False)
    assert theirs["ip"] == "10.9.8.7"
    assert theirs["user_agent"].startswith("Browser/x")
    assert len(theirs["user_agent"]) == 300
    assert set(mine) == {"_id", "created_at", "last_used_at", "user_agent", "ip", "current"}
    refreshed(app, person.refresh_token)
    latest = data(person.get("/api/auth/sessions"))["sessions"][0]
    assert latest["_id"] == mine["_id"]
    assert latest["last_used_at"] > latest["created_at"]


def test_an_expired_session_is_not_listed(app: Flask, person: Person) -> None:
    other = sid(data(login(app, person.email))["access_token"])
    redis.client.zadd(f"sessions:{person.profile['_id']}", {other: 1})
    assert [session["current"] for session in data(person.get("/api/auth/sessions"))["sessions"]] == [True]
    assert person.delete(f"/api/auth/sessions/{other}").status_code == 404


def test_ending_one(app: Flask, person: Person) -> None:
    other = data(login(app, person.email))
    path = f"/api/auth/sessions/{sid(other['access_token'])}"
    assert person.delete(path).status_code == 200
    assert code(profile(app, other["access_token"])) == "token_revoked"
    assert code(refresh(app, other["refresh_token"])) == "token_revoked"
    assert person.delete(path).status_code == 404
    assert person.get("/api/auth/profile").status_code == 200


def test_somebody_elses_unknown_and_malformed_look_the_same(app: Flask, person: Person, stranger: Person) -> None:
    answers = [person.delete(f"/api/auth/sessions/{i}") for i in (sid(stranger.access_token), "0" * 24, "x", "a%00b")]
    assert {(answer.status_code, code(answer), answer.json["message"]) for answer in answers} == {
        (404, "not_found", "Not found.")
    }
    assert stranger.get("/api/auth/profile").status_code == 200


def test_ending_all_others(app: Flask, person: Person, stranger: Person) -> None:
    others = [data(login(app, person.email)) for _ in range(3)]
    assert person.delete("/api/auth/sessions").status_code == 200
    assert {code(profile(app, other["access_token"])) for other in others} == {"token_revoked"}
    assert len(data(person.get("/api/auth/sessions"))["sessions"]) == 1
    assert stranger.get("/api/auth/profile").status_code == 200


def test_a_changed_password_ends_other_sessions(app: Flask, person: Person) -> None:
    other = data(login(app, person.email))
    body = {"current_password": PASSWORD, "password": "Better-Horse-10"}
    assert person.post("/api/auth/change-password", body).status_code == 200
    assert code(profile(app, other["access_token"])) == "token_revoked"
    assert person.get("/api/auth/profile").status_code == 200
    assert refresh(app, person.refresh_token).status_code == 200
    assert login(app, person.email).status_code == 401
    assert login(app, person.email, "Better-Horse-10").status_code == 200


@pytest.mark.parametrize("wrong", ["Wrong-Horse-9", PASSWORD + "x" * 80])
def test_a_wrong_current_password_changes_nothing(app: Flask, person: Person, wrong: str) -> None:
    other = data(login(app, person.email))
    answer = person.post("/api/auth/change-password", {"current_password": wrong, "password": "Better-Horse-10"})
    assert (answer.status_code, code(answer)) == (403, "wrong_password")
    assert profile(app, other["access_token"]).status_code == 200
    assert login(app, person.email).status_code == 200


def test_a_new_password_has_to_meet_the_rules(person: Person) -> None:
    answer = person.post("/api/auth/change-password", {"current_password": PASSWORD, "password": "weak"})
    assert answer.status_code == 422
    assert {tuple(entry["loc"]) for entry in answer.json["data"]["details"]} == {("body", "password")}


def test_the_oldest_session_ends_when_there_are_too_many(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 3)
    later = [data(login(app, person.email))["access_token"] for _ in range(3)]
    assert profile(app, person.access_token).status_code == 401
    assert [profile(app, token).status_code for token in later] == [200, 200, 200]
    assert len(data(app.test_client().get("/api/auth/sessions", headers=bearer(later[-1])))["sessions"]) == 3


def test_without_redis_a_password_change_changes_nothing(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("down")

    with monkeypatch.context() as broken:
        broken.setattr(sessions, "_live", fail)
        body = {"current_password": PASSWORD, "password": "Another-Horse-9"}
        assert person.post("/api/auth/change-password", body).status_code == 503
    wait_until(lambda: not breaker.is_open)
    assert login(app, person.email).status_code == 200
