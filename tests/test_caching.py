"""Kept answers: always what is stored now, to nobody else, and not sent twice."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from pymongo.errors import NetworkTimeout

from app.core import caching, clock, freshness
from app.extensions import mongo, redis
from app.transactions import spending_service
from tests.accounts import at_once
from tests.factories import Person, code, data
from tests.records import BUDGETS, MILK, TRANSACTIONS, profiled
from tests.waiting import wait_until

SUMMARY, HISTORY = f"{TRANSACTIONS}summary", f"{TRANSACTIONS}history"
ANALYTICS = tuple(
    f"/api/analytics/{route}"
    for route in ("spending-trends", "category-insights", "monthly-reports", "year-over-year", "budget-vs-actual")
)
OF_BUDGETS = (BUDGETS, "/api/analytics/monthly-reports", "/api/analytics/budget-vs-actual")
CACHED = (TRANSACTIONS, SUMMARY, HISTORY, BUDGETS, *ANALYTICS)
Change = Callable[[Person], Any]


def this_month() -> dict[str, int]:
    today = clock.today("Asia/Kolkata")
    return {"month": today.month, "year": today.year}


@pytest.fixture
def spender(person: Person) -> Person:
    """Somebody with a transaction and a budget for it."""
    person.spend(45.5)
    assert person.post(BUDGETS, {"category": "Groceries", "limit": 100, **this_month()}).status_code == 201
    return person


def first_id(person: Person) -> str:
    return data(person.get(TRANSACTIONS))["transactions"][0]["_id"]


@pytest.mark.parametrize("path", CACHED)
def test_what_the_client_has_is_not_sent_again(spender: Person, path: str) -> None:
    first = spender.get(path)
    tag = first.headers["ETag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = spender.request("GET", path, headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Cache-Control"] == "no-store"
    assert spender.request("GET", path, headers={"If-None-Match": '"other"'}).data == first.data
    spender.spend(1)
    changed = spender.request("GET", path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize("path", CACHED)
def test_the_same_answer_is_made_once(spender: Person, path: str) -> None:
    first = spender.get(path)
    with profiled("transactions", "budgets", of=spender) as operations:
        assert spender.get(path).data == first.data
        assert spender.get(path, unknown="x").data == first.data
    assert operations == []


def test_those_who_ask_at_once_share_one_answer(app: Flask, spender: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    together, named, summed = threading.Barrier(6), caching._key, spending_service.sums
    made = []

    def key(asked: bytes) -> Any:
        together.wait(10)
        return named(asked)

    def counted(*period: Any) -> Any:
        made.append(period)
        return summed(*period)

    def ask(_: int) -> bytes:
        mine = Person(app, spender.email, {"access_token": spender.access_token, "refresh_token": ""}, spender.profile)
        return mine.get(SUMMARY).data

    monkeypatch.setattr(caching, "_key", key)
    monkeypatch.setattr(spending_service, "sums", counted)
    assert len(set(at_once(6, ask))) == 1
    assert len(made) == 1
    assert not caching.making


def test_only_what_has_to_be_made_is_limited(spender: Person, stranger: Person, limits: Callable[..., None]) -> None:
    limits(RATELIMIT_EXPENSIVE="1/minute")
    for path in ("/api/insights/budget-recommendations", *ANALYTICS[:2]):
        assert [spender.get(path).status_code for _ in range(3)] == [200, 200, 200]
        spender.spend(1)
        refused = spender.get(path)
        assert (refused.status_code, code(refused)) == (429, "rate_limited")
    for path in ("/api/transactions/export", "/api/auth/export", "/api/forecasting/advanced-predictions"):
        assert [asking.get(path).status_code == 429 for asking in (spender, spender, stranger)] == [False, True, False]


CHANGES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a transaction": (lambda person: person.spend(5), CACHED),
    "many transactions": (lambda person: person.post(f"{TRANSACTIONS}bulk", {"transactions": [MILK]}), CACHED),
    "an update": (lambda person: person.patch(f"{TRANSACTIONS}{first_id(person)}", {"amount": 7}), CACHED),
    "a deletion": (lambda person: person.delete(f"{TRANSACTIONS}{first_id(person)}"), CACHED),
    "a sentence": (lambda person: person.post(TRANSACTIONS, {"mode": "ai", "text": "chai 20"}), (TRANSACTIONS,)),
    "a budget": (lambda person: person.post(BUDGETS, {"category": "Travel", "limit": 5, **this_month()}), OF_BUDGETS),
    "a limit": (lambda person: person.patch(f"{BUDGETS}{budget_id(person)}", {"limit": 7}), OF_BUDGETS),
    "no budget": (lambda person: person.delete(f"{BUDGETS}{budget_id(person)}"), OF_BUDGETS),
    "another currency": (
        lambda person: person.patch("/api/auth/profile", {"currency": "JPY"}),
        (SUMMARY, HISTORY, *ANALYTICS),
    ),
}


def budget_id(person: Person) -> str:
    return data(person.get(BUDGETS))[0]["_id"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once(spender: Person, change: str) -> None:
    act, changed = CHANGES[change]
    before = {path: spender.get(path).data for path in CACHED}
    act(spender)
    for path in changed:
        assert spender.get(path).data != before[path], path


def test_nobody_gets_another_persons_answer(spender: Person, stranger: Person) -> None:
    spender.get(TRANSACTIONS)
    assert data(stranger.get(TRANSACTIONS))["transactions"] == []
    assert data(stranger.get(SUMMARY))["current_month_spend"] == 0


def test_a_new_month_begins_by_itself(spender: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data(spender.get(SUMMARY))["current_month_spend"] == 45.5
    # The token is checked by PyJWT's own clock, so only days and months move.
    later = clock.now() + timedelta(days=32)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert data(spender.get(SUMMARY))["current_month_spend"] == 0


def test_a_write_that_died_half_way_leaves_no_old_answer(spender: Person) -> None:
    spender.get(SUMMARY)
    owner = ObjectId(spender.profile["_id"])
    half = freshness.changing(owner)
    half.__enter__()
    for amount in (1, 2):  # what it wrote lands whenever it likes
        mongo.db.transactions.update_one({"user_id": owner}, {"$set": {"amount": amount}})
        assert data(spender.get(SUMMARY))["current_month_spend"] == amount / 100


def total(person: Person) -> int:
    """How many the list says there are; asked for one by one, so that it can't see the end."""
    return data(person.get(TRANSACTIONS, limit=1))["pagination"]["total"]


def test_the_number_of_transactions_is_counted_once(spender: Person) -> None:
    spender.spend(1)
    assert total(spender) == 2
    with profiled("transactions", of=spender) as operations:
        first = spender.spend(2)
        assert total(spender) == 3
        spender.post(f"{TRANSACTIONS}bulk", {"transactions": [MILK, MILK]})
        assert total(spender) == 5
        spender.patch(f"{TRANSACTIONS}{first['_id']}", {"amount": 5})
        spender.delete(f"{TRANSACTIONS}{first['_id']}")
        spender.delete(f"{TRANSACTIONS}{first['_id']}")
        assert total(spender) == 4
    assert not [operation for operation in operations if "aggregate" in operation["command"]]


def test_what_a_write_added_is_counted_again_when_it_is_not_known(spender: Person) -> None:
    spender.spend(1)
    assert total(spender) == 2
    twin = {**MILK, "external_id": "twin"}
    for _ in range(2):
        spender.post(f"{TRANSACTIONS}bulk", {"transactions": [twin, MILK]})
    assert total(spender) == 5
    headers = {"Idempotency-Key": "once"}
    assert spender.post(TRANSACTIONS, twin, headers=headers).status_code == 409
    for _ in range(2):
        spender.post(TRANSACTIONS, MILK, headers={"Idempotency-Key": "again"})
    assert total(spender) == 6


def test_the_number_is_right_after_many_writers_at_once(app: Flask, person: Person) -> None:
    def write(number: int) -> None:
        mine = Person(app, person.email, {"access_token": person.access_token, "refresh_token": ""}, person.profile)
        kept = mine.spend(number + 1)
        total(mine)
        if number % 3 == 0:
            mine.delete(f"{TRANSACTIONS}{kept['_id']}")

    at_once(24, write)
    assert total(person) == 16


def test_a_write_that_may_still_land_leaves_no_old_answer(spender: Person) -> None:
    owner = ObjectId(spender.profile["_id"])
    with pytest.raises(NetworkTimeout), freshness.changing(owner):
        raise NetworkTimeout("nobody knows")
    assert data(spender.get(SUMMARY))["current_month_spend"] == 45.5
    mongo.db.transactions.update_one({"user_id": owner}, {"$set": {"amount": 100}})
    assert data(spender.get(SUMMARY))["current_month_spend"] == 1


def test_a_redis_that_went_back_to_an_old_mark_brings_back_nothing(app: Flask, spender: Person) -> None:
    """As one does that fails over to a replica, or starts again, without its last moments."""
    owner = spender.profile["_id"]
    keys = (f"fresh:{owner}", f"fresh:{owner}:account")
    for path in (*CACHED, "/api/auth/profile"):
        spender.get(path)
    before = redis.client.mget(keys)
    spender.spend(1)
    assert app.test_cli_runner().invoke(args=["disable-user", spender.email]).exit_code == 0
    redis.client.delete(*redis.client.scan_iter("blocklist:*", count=1000))
    redis.client.mset(dict(zip(keys, before, strict=True)))
    redis.client.connection_pool.disconnect()
    assert spender.get("/api/auth/profile").status_code == 401
    assert spender.get(SUMMARY).status_code == 401


def test_no_other_condition_than_a_known_tag_is_judged(spender: Person) -> None:
    answer = spender.request("GET", SUMMARY, headers={"If-Match": '"other"', "If-None-Match": '"another"'})
    assert answer.status_code == 200


def test_large_answers_are_not_kept(spender: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "LARGEST", 10)
    before = len(caching.kept.cache)
    assert spender.get(TRANSACTIONS, unknown="large").status_code == 200
    assert len(caching.kept.cache) == before


def test_readers_and_writers_at_once(app: Flask, person: Person) -> None:
    acknowledged, failures = [0], list[str]()
    done = threading.Event()

    def write(reader: Person) -> None:
        for _ in range(40):
            reader.spend(1)
            acknowledged[0] += 1
        done.set()

    def read() -> None:
        mine = Person(app, person.email, {"access_token": person.access_token, "refresh_token": ""}, person.profile)
        while not done.is_set():
            promised = acknowledged[0]
            shown = data(mine.get(SUMMARY))["transaction_count"]
            if shown < promised:
                failures.append(f"{shown} of {promised}")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    write(person)
    for reader in readers:
        reader.join()
    assert failures == []
    assert data(person.get(SUMMARY))["transaction_count"] == 40


@pytest.mark.slow
def test_what_a_worker_writes_is_seen(worker: None, spender: Person) -> None:
    def newest() -> dict[str, Any]:
        return data(spender.get(TRANSACTIONS))["transactions"][0]

    spender.post(TRANSACTIONS, {"mode": "ai", "text": "chai 20"})
    assert newest()["status"] == "processing"
    wait_until(lambda: newest()["status"] == "completed", 30)
    assert newest()["amount"] == 20
