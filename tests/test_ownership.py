"""Somebody else's object is not there: every route with an id, read from the routes themselves."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from werkzeug.routing import Rule

from app.ai import repository as summaries
from app.core.ownership import owned_collections
from app.extensions import mongo
from tests.exports.records import made, path_of
from tests.factories import PASSWORD, Person, code, data, register
from tests.files import filed, link_to
from tests.imports.files import CSV, imported
from tests.receipts.records import IMAGE, RECEIPTS, known_receipt
from tests.records import BUDGETS, TRANSACTIONS
from tests.test_idempotency import next_month

MALFORMED = ("zzz", "0" * 23, "0" * 25, "g" * 24, "507f1f77bcf86cd7994390%20%20", "%C3%A9" * 12, "-1", "null", "%00")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def objects_of(person: Person) -> dict[str, str]:
    """One object of each kind by the name its id has in routes."""
    (session,) = (entry for entry in data(person.get("/api/auth/sessions"))["sessions"] if entry["current"])
    return {
        "transaction_id": person.spend(5)["_id"],
        "receipt_id": known_receipt(person, image_base64=IMAGE)["_id"],
        "budget_id": data(person.post(BUDGETS, next_month()))["_id"],
        "task_id": data(person.post("/api/ai/summary"))["task_id"],
        "session_id": session["_id"],
        "import_id": imported(person, CSV)["import_id"],
        "link": path_of(made(person)).rpartition("/")[2],
        "token": link_to(person, filed(person)).rpartition("/")[2],
    }


def routes_with_an_id(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.arguments and rule.endpoint != "flasgger.static":
            yield from ((rule, method) for method in sorted((rule.methods or set()) & METHODS))


def body_of(app: Flask, rule: Rule) -> Any:
    """The documented example, which is valid by another test."""
    adapter = app.view_functions[rule.endpoint].contract.body  # type: ignore[attr-defined]
    return adapter.json_schema()["examples"][0] if adapter else None


def send(person: Person, app: Flask, rule: Rule, method: str, object_id: str) -> Any:
    path = re.sub(r"<[^>]+>", object_id, rule.rule)
    body = body_of(app, rule)
    return person.request(method, path, **({"json": body} if body is not None else {}))


def everything_of(person: Person) -> dict[str, Any]:
    """All a person owns, as it is stored."""
    owner = {"user_id": ObjectId(person.profile["_id"])}
    found = {name: list(mongo.db[name].find(owner).sort("_id")) for name in owned_collections()}
    sessions = [entry["_id"] for entry in data(person.get("/api/auth/sessions"))["sessions"]]
    return {**found, "sessions": sessions}


@pytest.fixture(scope="module")
def owner(app: Flask) -> Person:
    return register(app)


@pytest.fixture(scope="module")
def owned(owner: Person) -> dict[str, str]:
    objects = objects_of(owner)
    # Settled, as a worker of other tests would do it at some moment between two looks.
    outcome = {"status": "completed", "summary": "Nothing much."}
    summaries.settle(ObjectId(owner.profile["_id"]), ObjectId(objects["task_id"]), outcome)
    return objects


def test_every_id_in_a_route_has_an_object_here(app: Flask, owned: dict[str, str]) -> None:
    arguments = {argument for rule, _ in routes_with_an_id(app) for argument in rule.arguments}
    assert arguments == set(owned), "add the new kind to objects_of"
    assert len(list(routes_with_an_id(app))) >= 12


def test_not_yours_unknown_and_malformed_look_the_same(
    app: Flask, owner: Person, owned: dict[str, str], stranger: Person
) -> None:
    before = everything_of(owner)
    private = ((rule, method) for rule, method in routes_with_an_id(app) if not is_public(app, rule))
    for rule, method in private:
        (argument,) = rule.arguments
        looks = set()
        for object_id in (owned[argument], str(ObjectId()), "f" * 24, *MALFORMED):
            answer = send(stranger, app, rule, method, object_id)
            assert answer.status_code == 404, (method, rule.rule, object_id, answer.text)
            looks.add((answer.json["status"], answer.json["message"], code(answer), frozenset(answer.json["data"])))
        assert len(looks) == 1, (method, rule.rule, looks)
        assert everything_of(owner) == before, (method, rule.rule)


def test_the_owner_gets_through_every_one_of_them(app: Flask) -> None:
    """So that the 404 above means the stranger, not the request."""
    for rule, method in routes_with_an_id(app):
        person = register(app)
        (argument,) = rule.arguments
        answer = send(person, app, rule, method, objects_of(person)[argument])
        assert answer.status_code != 404, (method, rule.rule, answer.text)


def test_lists_and_sums_hold_nobody_elses(owner: Person, owned: dict[str, str], stranger: Person) -> None:
    assert data(stranger.get(TRANSACTIONS))["pagination"]["total"] == 0
    assert data(stranger.get(RECEIPTS))["pagination"]["total"] == 0
    assert data(stranger.get("/api/uploads/"))["pagination"]["total"] == 0
    assert data(stranger.get("/api/transactions/history")) == []
    assert data(stranger.get("/api/transactions/summary"))["transaction_count"] == 0
    assert data(stranger.get(BUDGETS, month=next_month()["month"], year=next_month()["year"])) == []


def test_an_owner_in_the_body_is_refused(person: Person, stranger: Person) -> None:
    for path, body in ((TRANSACTIONS, {"amount": 1, "category": "Other", "description": "x"}), (BUDGETS, next_month())):
        for field in ("user_id", "_id", "owner"):
            answer = person.post(path, {**body, field: stranger.profile["_id"]})
            assert answer.status_code == 422, (path, field)


def test_every_private_route_needs_a_token(app: Flask) -> None:
    client = app.test_client()
    public = {rule.endpoint for rule in app.url_map.iter_rules() if is_public(app, rule)}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in public:
            continue
        path = re.sub(r"<[^>]+>", str(ObjectId()), rule.rule)
        for method in sorted((rule.methods or set()) & METHODS):
            for headers in ({}, {"Authorization": "Bearer broken"}, {"Authorization": f"Basic {PASSWORD}"}):
                answer = client.open(path, method=method, headers=headers)
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), (method, rule.rule)


def is_public(app: Flask, rule: Rule) -> bool:
    contract = getattr(app.view_functions[rule.endpoint], "contract", None)
    return contract is None or contract.auth == "none"


def test_these_and_no_others_are_public(app: Flask) -> None:
    public = {rule.rule for rule in app.url_map.iter_rules() if is_public(app, rule)}
    assert public == {
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/docs",
        "/api/docs/assets/<path:filename>",
        "/api/apispec.json",
        "/api/auth/register",
        "/api/auth/login",
        "/api/auth/forgot-password",
        "/api/auth/reset-password",
        "/api/transactions/categories",
        "/api/files/<token>",
        "/api/exports/<link>",
    }
