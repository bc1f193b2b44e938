"""Idempotency-Key: sent again, a creating POST gives its first answer and creates nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from pymongo.errors import AutoReconnect
from werkzeug.test import TestResponse

from app.budgets import repository as budgets
from app.core import clock, idempotency
from app.core.outage import breaker
from app.extensions import mongo
from app.transactions import repository as transactions
from tests.accounts import at_once
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email
from tests.receipts.records import BREAD, IMAGE, RECEIPTS, known_receipt
from tests.records import BUDGETS, MILK, TRANSACTIONS, count_of
from tests.waiting import wait_until

BULK = f"{TRANSACTIONS}bulk"
SUMMARY = "/api/ai/summary"
KEY = "Idempotency-Key"


def next_month() -> dict[str, Any]:
    year, month = divmod(clock.now().year * 12 + clock.now().month, 12)
    return {"category": "Groceries", "limit": 1000, "month": month + 1, "year": year}


CREATING: dict[str, tuple[str, Any, str]] = {
    "manual": (TRANSACTIONS, MILK, "transactions"),
    "ai": (TRANSACTIONS, {"mode": "ai", "text": "tea 20"}, "transactions"),
    "bulk": (BULK, {"transactions": [MILK, {**MILK, "external_id": "e"}, MILK]}, "transactions"),
    "budget": (BUDGETS, next_month(), "budgets"),
    "summary": (SUMMARY, None, "summaries"),
    "receipt": (
        RECEIPTS,
        {"merchant_name": "Bakery", "total_amount": 5, "transaction_date": "2026-02-01"},
        "transactions",
    ),
}
every_creating_route = pytest.mark.parametrize("name", CREATING)


def send(person: Person, name: str, key: str = "k") -> TestResponse:
    path, body, _ = CREATING[name]
    return person.post(path, body, headers={KEY: key})


def records(person: Person) -> list[dict[str, Any]]:
    return list(mongo.db.idempotency_keys.find({"user_id": ObjectId(person.profile["_id"])}))


def test_every_creating_post_is_known_here(app: Flask) -> None:
    """Reads the routes, so that a new one is added to the tests of this module."""
    accepting = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(getattr(app.view_functions[rule.endpoint], "contract", None), "idempotent", False)
    }
    forms = {"/api/transactions/import"}  # tests/imports sends these
    assert accepting == {path for path, *_ in CREATING.values()} | {"/api/auth/register"} | forms
    creating = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and {201, 202} & set(app.view_functions[rule.endpoint].contract.returns)  # type: ignore[attr-defined]
    }
    assert creating - accepting == {
        "/api/transactions/<transaction_id>/retry",
        "/api/receipts/<receipt_id>/reprocess",
    }, "which create nothing"


@every_creating_route
def test_a_replay_is_the_first_answer_byte_for_byte(person: Person, name: str) -> None:
    first = send(person, name)
    assert first.status_code in (201, 202)
    assert "Idempotent-Replayed" not in first.headers
    made = count_of(person, CREATING[name][2])
    for _ in range(2):
        again = send(person, name)
        assert (again.status_code, again.data) == (first.status_code, first.data)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.headers["Content-Type"] == first.headers["Content-Type"]
        assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert count_of(person, CREATING[name][2]) == made


@every_creating_route
def test_of_thirty_at_once_one_runs(person: Person, name: str) -> None:
    answers = at_once(30, lambda _: send(person, name))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 202, 409}
    assert {code(answer) for answer in answers if answer.status_code == 409} <= {"idempotency_in_progress"}
    assert len({answer.data for answer in answers if answer.status_code != 409}) == 1
    assert count_of(person, CREATING[name][2]) == len(
        CREATING[name][1].get("transactions", "1") if CREATING[name][1] else "1"
    )


def test_registering_twice_with_one_key_is_one_account(app: Flask) -> None:
    body = {"email": new_email(), "password": PASSWORD}

    def register(_: int) -> TestResponse:
        return app.test_client().post("/api/auth/register", json=body, headers={KEY: "k"})

    first = register(0)
    again = register(1)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    other = app.test_client().post(
        "/api/auth/register", json={**body, "password": "Other-Horse-10"}, headers={KEY: "k"}
    )
    assert (other.status_code, code(other)) == (409, "email_taken"), (
        "another body is another request, and never a replay"
    )
    kept = mongo.db.idempotency_keys.find_one({"reserved_id": ObjectId(data(first)["user"]["_id"])})
    assert kept is not None
    assert PASSWORD not in str(kept)


def test_another_body_or_route_is_refused(person: Person) -> None:
    assert send(person, "manual").status_code == 201
    others = (
        (TRANSACTIONS, {**MILK, "amount": 46}),
        (BULK, {"transactions": [MILK]}),
        (BUDGETS, next_month()),
        (SUMMARY, None),
    )
    for path, body in others:
        answer = person.post(path, body, headers={KEY: "k"})
        assert (answer.status_code, code(answer)) == (409, "idempotency_key_reused")
    assert (count_of(person), count_of(person, "budgets"), count_of(person, "summaries")) == (1, 0, 0)


def test_both_slash_forms_are_one_route(person: Person) -> None:
    first = send(person, "manual")
    again = person.post(TRANSACTIONS.rstrip("/"), MILK, headers={KEY: "k"})
    assert again.data == first.data


def test_another_query_is_another_request(person: Person) -> None:
    first = known_receipt(person, image_base64=IMAGE)
    body = {**BREAD, "image_base64": IMAGE}

    def send_with(query: str) -> TestResponse:
        return person.post(f"{RECEIPTS}?{query}", body, headers={KEY: "k"})

    copy = send_with("force=true")
    assert copy.status_code == 201
    assert data(copy)["receipt"]["_id"] != first["_id"]
    for same in ("force=true&page=", "force=%20true"):
        assert send_with(same).headers["Idempotent-Replayed"] == "true", same
    for other in ("", "force=false"):
        answer = send_with(other)
        assert (answer.status_code, code(answer)) == (409, "idempotency_key_reused"), other
    assert count_of(person) == 2


def test_keys_are_each_users_own(person: Person, stranger: Person) -> None:
    mine, theirs = send(person, "manual"), send(stranger, "manual")
    assert theirs.status_code == 201
    assert data(mine)["_id"] != data(theirs)["_id"]


def test_without_a_key_everything_runs(person: Person) -> None:
    for _ in range(2):
        assert person.post(TRANSACTIONS, MILK).status_code == 201
    assert count_of(person) == 2
    assert records(person) == []


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x7fb", "a\tb\x85"])
def test_a_key_that_is_none_is_named(person: Person, key: str) -> None:
    assert fields_at_fault(send(person, "manual", key)) == [["header", KEY]]
    assert count_of(person) == 0


@pytest.mark.parametrize("key", ["x" * 200, "clé", "$ne", "a.b", "0"])
def test_any_other_key_will_do(person: Person, key: str) -> None:
    first = send(person, "manual", key)
    assert first.status_code == 201
    assert send(person, "manual", key).data == first.data


def test_a_refused_first_answer_is_not_kept(person: Person) -> None:
    person.spend(1, external_id="taken")
    refused = person.post(TRANSACTIONS, {**MILK, "external_id": "taken"}, headers={KEY: "k"})
    assert refused.status_code == 409
    too_precise = person.post(TRANSACTIONS, {**MILK, "amount": 1.005}, headers={KEY: "k"})
    unknown = person.post(TRANSACTIONS, {**MILK, "colour": "red"}, headers={KEY: "k"})
    assert (too_precise.status_code, unknown.status_code) == (422, 422)
    assert records(person) == []
    assert send(person, "manual").status_code == 201, "the key is still free, for another body too"


def test_while_the_first_is_running_the_second_waits(person: Person) -> None:
    send(person, "manual")
    mongo.db.idempotency_keys.update_one(
        {"user_id": ObjectId(person.profile["_id"])},
        {"$set": {"state": "running", "started_at": clock.now()}, "$unset": {"body": "", "status": ""}},
    )
    answer = send(person, "manual")
    assert (answer.status_code, code(answer)) == (409, "idempotency_in_progress")
    other = person.post(TRANSACTIONS, {**MILK, "amount": 46}, headers={KEY: "k"})
    assert code(other) == "idempotency_key_reused"


def interrupt(person: Person, state: str) -> None:
    """As after a crash between the write and the answer."""
    mongo.db.idempotency_keys.update_one(
        {"user_id": ObjectId(person.profile["_id"])},
        {
            "$set": {"state": state, "started_at": clock.now() - idempotency.LONGEST_RUN - timedelta(seconds=1)},
            "$unset": {"body": "", "status": ""},
        },
    )


@pytest.mark.parametrize("state", ["running", "interrupted"])
@every_creating_route
def test_what_an_interrupted_request_wrote_is_found_again(person: Person, name: str, state: str) -> None:
    first = send(person, name)
    made = count_of(person, CREATING[name][2])
    interrupt(person, state)
    again = send(person, name)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert "Idempotent-Replayed" not in again.headers
    assert count_of(person, CREATING[name][2]) == made
    assert send(person, name).data == again.data


def test_what_a_bulk_wrote_in_part_is_completed(person: Person) -> None:
    first = data(send(person, "bulk"))
    interrupt(person, "running")
    mongo.db.transactions.delete_one({"_id": ObjectId(first["created"][0]["_id"])})
    again = data(send(person, "bulk"))
    assert [entry["_id"] for entry in again["created"]] == [entry["_id"] for entry in first["created"]]
    assert again["created"][1:] == first["created"][1:]
    assert (again["errors"], count_of(person)) == ([], 3)


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_of_many_that_take_over_one_runs(person: Person, state: str) -> None:
    first = send(person, "manual")
    interrupt(person, state)
    answers = at_once(20, lambda _: send(person, "manual"))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {data(answer)["_id"] for answer in answers if answer.status_code == 201} == {data(first)["_id"]}
    assert count_of(person) == 1


@pytest.mark.parametrize(("name", "repository"), [("manual", transactions), ("ai", transactions), ("budget", budgets)])
@pytest.mark.parametrize("is_written", [True, False])
def test_a_connection_lost_during_the_write(
    person: Person, monkeypatch: pytest.MonkeyPatch, name: str, repository: Any, is_written: bool
) -> None:
    insert: Callable[..., Any] = repository.insert

    def lose(*arguments: Any) -> None:
        if is_written:
            insert(*arguments)
        raise AutoReconnect("connection closed")

    monkeypatch.setattr(repository, "insert", lose)
    answer = send(person, name)
    assert (answer.status_code, code(answer)) == (503, "service_unavailable")
    assert answer.headers["Retry-After"]
    monkeypatch.undo()
    wait_until(lambda: not breaker.is_open)
    again = send(person, name)
    assert again.status_code in (201, 202)
    assert count_of(person, CREATING[name][2]) == 1


def test_an_answer_is_kept_for_a_day(person: Person) -> None:
    send(person, "manual")
    (record,) = records(person)
    assert record["expires_at"] - record["started_at"] == timedelta(hours=24)
    (expiry,) = (index for index in mongo.db.idempotency_keys.list_indexes() if index["name"] == "expiry")
    assert (dict(expiry["key"]), expiry["expireAfterSeconds"]) == ({"expires_at": 1}, 0)


def test_other_methods_ignore_the_header(person: Person) -> None:
    transaction = person.spend(1)
    path = f"{TRANSACTIONS}{transaction['_id']}"
    for amount in (2, 3):
        answer = person.request("PATCH", path, json={"amount": amount}, headers={KEY: "k"})
        assert data(answer)["amount"] == amount
    assert records(person) == []
