"""Operators of the database in bodies, query strings, paths and headers: refused, or nothing but text."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import product
from typing import Any
from urllib.parse import quote

import bson
import pytest
from bson import Code, MinKey, ObjectId, Regex
from flask import Flask
from werkzeug.test import TestResponse

from tests.accounts import login
from tests.factories import Person, data, fields_at_fault, register
from tests.records import MILK, TRANSACTIONS, count_of
from tests.security.surface import Route, account, attacker, own_id, routes
from tests.test_ownership import everything_of

OPERATORS: tuple[Any, ...] = (
    {"$ne": None},
    {"$gt": ""},
    {"$regex": ".*"},
    {"$where": "while (true) {}"},
    {"$in": ["", None]},
    {"$exists": True},
    {"$expr": {"$eq": [1, 1]}},
    {"$function": {"body": "return 1", "args": [], "lang": "js"}},
    {"$oid": "0" * 24},
    {"$date": 0},
    {"$numberLong": "1"},
    {"a.b": 1},
    {"": 1},
    {"__proto__": {"role": "admin"}},
    [{"$ne": None}],
    [["$ne", None]],
    {"$set": {"role": "admin"}},
)
NAMES = ("$where", "$or", "$set", "$unset", "$comment", "a.b", "settings.role", "password_reset.token_hash", "items.0")
LINK = re.compile(r"/api/(files|exports)/[\w.-]+")
IN_QUERIES = ("[$ne]=", "[$gt]=", "[$regex]=.*", "[$where]=1", "[]=x", "[0]=x", ".$ne=1", "[$ne][$ne]=1")
AS_VALUES = (
    '{"$gt": ""}',
    '{"$ne": null}',
    "$ne",
    "$where",
    "$$ROOT",
    "' || '1'=='1",
    "'; sleep(5000); '",
    ".*",
    "[$ne]",
)
IN_PATHS = ("$ne", "[$ne]", '{"$ne":null}', "*", ".*", "' || '1'=='1", "\0", "\r\nX-Injected: 1", "../../../etc/passwd")
TEXTS = (
    "$ne",
    "$user_id",
    "$$ROOT",
    "$$REMOVE",
    '{"$gt": ""}',
    "'; return true; var x='",
    "db.users.drop()",
    ".*",
    "^",
    "(?i)x",
    "\\",
    "{{7*7}}",
    "${jndi:ldap://127.0.0.1/x}",
    "%s%s%n",
    "<script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def victim(app: Flask) -> Person:
    return register(app)


@pytest.fixture(scope="module")
def belongings(victim: Person) -> dict[str, Any]:
    """What the victim has; nothing here may change it."""
    victim.spend(77, merchant="The Victim's Shop")
    return everything_of(victim)


def with_body(app: Flask) -> list[Route]:
    return [route for route in routes(app) if route.contract.body]


def test_there_is_a_surface(app: Flask) -> None:
    assert len(routes(app)) >= 40
    assert len(with_body(app)) >= 12
    assert sum(len(route.body_fields()) for route in with_body(app)) > 70
    assert sum(len(route.query_fields()) for route in routes(app)) >= 19


def test_operators_in_every_field_of_every_body(app: Flask, victim: Person, belongings: dict[str, Any]) -> None:
    person, ids = attacker(app)
    before, mine = account(person), everything_of(person)
    for route in with_body(app):
        for field, operator, example in product(sorted(route.body_fields()), OPERATORS, route.examples()):
            body = {**example, field: operator}
            answer = person.request(route.method, route.at(own_id(route, ids)), json=body)
            case = (route.method, route.path, field, operator, answer.text)
            if field == "transactions" and isinstance(operator, list):  # rows are judged one by one
                assert answer.status_code == 201, case
                assert not data(answer)["created"], case
                continue
            assert answer.status_code == 422, case
            # Where a field decides the shape, its absence is the fault.
            assert all(loc[0] == "body" for loc in fields_at_fault(answer)), case
            assert "Traceback" not in answer.text, case
    assert account(person) == before
    assert settled(everything_of(person)) == settled(mine)
    assert everything_of(victim) == belongings


def settled(everything: dict[str, Any]) -> dict[str, Any]:
    """Without what a worker of other tests may finish meanwhile."""
    return {name: part for name, part in everything.items() if name not in ("summaries", "idempotency_keys")}


def test_operators_as_names_in_every_body(app: Flask) -> None:
    person, ids = attacker(app)
    before = account(person)
    for route in with_body(app):
        for name, example in product(NAMES, route.examples()):
            body = {**example, name: {"$ne": None}}
            answer = person.request(route.method, route.at(own_id(route, ids)), json=body)
            case = (route.method, route.path, name, answer.text)
            assert answer.status_code == 422, case
            assert any(loc[-1] == name for loc in fields_at_fault(answer)), case
    assert account(person) == before


def test_a_body_where_none_is_meant_changes_nothing(app: Flask, victim: Person, belongings: dict[str, Any]) -> None:
    """It is read, as the connection needs it to be, and not looked at."""
    for route in routes(app):
        if route.contract.body or route.method == "GET":
            continue
        person, ids = attacker(app)
        plain, _ = attacker(app)
        path = route.at(str(ObjectId()) if route.takes_id else own_id(route, ids))
        answer = person.request(route.method, path, json={"user_id": victim.profile["_id"], "$where": "1"})
        assert answer.status_code == plain.request(route.method, path).status_code < 500, (route.path, answer.text)
    assert everything_of(victim) == belongings


def test_operators_in_query_strings_of_every_route(app: Flask, victim: Person, belongings: dict[str, Any]) -> None:
    person, ids = attacker(app)
    private = [victim.profile["_id"], "The Victim's Shop"]
    for route in routes(app):
        if route.method != "GET" or not route.path.startswith("/api/") or route.path.startswith("/api/docs"):
            continue
        path = route.at(own_id(route, ids))
        plain = person.request("GET", path, buffered=True)  # who reads nothing of a long answer keeps a place
        for field in sorted({*route.query_fields(), "user_id", "_id", "$where"}):
            for written in IN_QUERIES:
                answer = person.request("GET", f"{path}?{field}{written}", buffered=True)
                assert answer.status_code == plain.status_code, (path, field, written, answer.data)
                assert stable(answer) == stable(plain), (path, field, written)
            for value in AS_VALUES:
                answer = person.request("GET", f"{path}?{field}={quote(value)}", buffered=True)
                assert answer.status_code in (plain.status_code, 422), (path, field, value, answer.data)
                assert not [part for part in private if part.encode() in answer.data], (path, field, value)
    assert everything_of(victim) == belongings


def stable(answer: TestResponse) -> Any:
    """An answer without what a worker may finish meanwhile, and without links, which tell the time."""
    told = json.loads(LINK.sub("", answer.text)) if answer.is_json else answer.data
    return {**told, "data": "a summary"} if answer.is_json and "summary" in str(told.get("data")) else told


def test_operators_in_every_path(app: Flask) -> None:
    person, ids = attacker(app)
    before = everything_of(person)
    for route in routes(app):
        if not route.takes_id:
            continue
        mine = own_id(route, ids)
        for tail in IN_PATHS:
            for segment in (quote(tail, safe=""), f"{mine}{quote(tail, safe='')}"):
                body = {"json": route.examples()[0]} if route.contract.body else {}
                answer = person.request(route.method, route.at(segment), **body)
                assert answer.status_code in (404, 405), (route.method, route.path, segment, answer.text)
                assert "X-Injected" not in answer.headers
    assert settled(everything_of(person)) == settled(before)


@pytest.mark.parametrize("text", TEXTS)
def test_text_that_looks_like_an_operator_is_text(person: Person, text: str) -> None:
    fields = {"description": text, "merchant": text, "notes": text, "tags": [text], "external_id": text}
    decoy = person.spend(9, description="plain")
    written = person.spend(5, **fields)
    assert {name: written[name] for name in fields} == fields
    assert person.get(f"{TRANSACTIONS}{written['_id']}").json["data"] == written
    for query in ({"search": text}, {"tag": text}):
        found = data(person.get(TRANSACTIONS, **query))["transactions"]
        assert [entry["_id"] for entry in found] == [written["_id"]], query
    changed = data(person.patch(f"{TRANSACTIONS}{decoy['_id']}", {"merchant": text}))
    assert (changed["merchant"], changed["description"]) == (text, "plain")


def test_an_operator_is_no_idempotency_key_of_another(person: Person) -> None:
    keys = ("first", '{"$gt": ""}', '{"$ne": null}', "$where", ".*", "first.*")
    made = [person.post(TRANSACTIONS, MILK, headers={"Idempotency-Key": key}) for key in keys]
    assert [answer.status_code for answer in made] == [201] * len(keys)
    assert len({data(answer)["_id"] for answer in made}) == len(keys) == count_of(person)
    again = person.post(TRANSACTIONS, MILK, headers={"Idempotency-Key": keys[1]})
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("field", ["email", "username", "password"])
def test_nobody_signs_in_with_an_operator(app: Flask, victim: Person, field: str) -> None:
    for operator in OPERATORS:
        body: dict[str, Any] = {"email": victim.email, "password": "Correct-Horse-9", field: operator}
        if field == "username":
            del body["email"]
        answer = app.test_client().post("/api/auth/login", json=body)
        assert answer.status_code == 422, (field, operator)
        assert "access_token" not in json.dumps(answer.json)


def flipped(cursor: str) -> list[str]:
    """The cursor with each of its bits turned over, and some that were never one."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    spoilt = [
        raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :] for place in range(len(raw)) for bit in range(8)
    ]
    made_up: list[Any] = [
        {"$gt": ""},
        "a",
        b"a",
        None,
        True,
        [1],
        2**63 - 1,
        Regex(".*"),
        Code("1"),
        MinKey(),
        float("nan"),
    ]
    documents = [{"value": value, "id": ObjectId()} for value in made_up]
    documents += [{"value": 1, "id": value} for value in made_up] + [{}, {"value": 1}, {"$where": "1"}]
    return [urlsafe_b64encode(entry).decode().rstrip("=") for entry in (*spoilt, *map(bson.encode, documents))]


def test_a_cursor_is_a_place_and_nothing_else(person: Person, victim: Person, belongings: dict[str, Any]) -> None:
    mine = {person.spend(number)["_id"] for number in range(1, 6)}
    for order in ({}, {"sort_by": "amount", "sort_order": "asc"}):
        page = data(person.get(TRANSACTIONS, cursor="start", limit=2, **order))
        for cursor in flipped(page["pagination"]["next_cursor"]):
            answer = person.get(TRANSACTIONS, cursor=cursor, **order)
            if len(cursor) <= 100 and answer.status_code == 200:
                assert {entry["_id"] for entry in data(answer)["transactions"]} <= mine
            else:
                assert fields_at_fault(answer) == [["query", "cursor"]], cursor
    assert everything_of(victim) == belongings


def test_what_a_browser_calls_itself_is_kept_as_plain_text(app: Flask, person: Person) -> None:
    agent = "Brow\x1b[31mser\x07\x00\x7f\x85 <script>"
    options = {"environ_overrides": {"HTTP_USER_AGENT": agent}}
    tokens = data(login(app, person.email, **options))
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    sessions = data(app.test_client().get("/api/auth/sessions", headers=headers))["sessions"]
    (current,) = (session for session in sessions if session["current"])
    assert current["user_agent"] == "Brow[31mser <script>"
