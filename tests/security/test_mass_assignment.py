"""Fields that are ours to set: no body takes them, at any depth and in any spelling."""

from itertools import product
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.extensions import mongo
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email, register
from tests.records import MILK, TRANSACTIONS, failed_sentence, stored
from tests.security.surface import account, attacker, own_id, routes

COVETED: dict[str, Any] = {
    "role": "admin",
    "roles": ["admin"],
    "is_admin": True,
    "subscription_tier": "premium",
    "is_active": False,
    "email_verified": True,
    "user_id": "0" * 24,
    "owner": "0" * 24,
    "_id": "0" * 24,
    "id": "0" * 24,
    "password_hash": "x",
    "tokens_valid_after": None,
    "password_reset": {"token_hash": "x"},
    "revision": 99,
    "status": "completed",
    "source": "receipt",
    "attempts": 0,
    "lease_until": None,
    "created_at": "2020-01-01T00:00:00+00:00",
    "local_date": "2020-01-01",
    "amount_shown": 1,
    "current_spend": 0,
    "figures": {},
    "erased_at": None,
    "Role": "admin",
    "userId": "0" * 24,
    "user.role": "admin",
    "user[role]": "admin",
}


def stored_names(person: Person) -> set[str]:
    """Every field of what is stored of somebody."""
    owner = ObjectId(person.profile["_id"])
    failed_sentence(person)
    documents = [mongo.db.users.find_one({"_id": owner}) or {}]
    for collection in ("transactions", "budgets", "summaries"):
        documents += mongo.db[collection].find({"user_id": owner})
    return {name for document in documents for name in document}


def test_every_body_refuses_every_field_that_is_not_its_own(app: Flask) -> None:
    person, ids = attacker(app)
    coveted = {**dict.fromkeys(sorted(stored_names(person)), "x"), **COVETED}
    assert len(coveted) > 60
    before = account(person)
    tried = 0
    for route in routes(app):
        if not route.contract.body:
            continue
        for name, example in product(sorted(coveted.keys() - route.body_fields()), route.examples()):
            body = {**example, name: coveted[name]}
            answer = person.request(route.method, route.at(own_id(route, ids)), json=body)
            assert ["body", name] in fields_at_fault(answer), (route.method, route.path, name, answer.text)
            tried += 1
    assert tried > 600
    assert account(person) == before


@pytest.mark.parametrize("name", sorted(COVETED))
def test_rows_and_items_refuse_them_too(person: Person, name: str) -> None:
    row = {**MILK, name: COVETED[name]}
    answer = data(person.post(f"{TRANSACTIONS}bulk", {"transactions": [row]}))
    assert answer["created"] == []
    assert ["body", "transactions", 0, name] in [fault["loc"] for fault in answer["errors"][0]["details"]]
    item = {"name": "milk", name: COVETED[name]}
    assert ["body", "items", 0, name] in fields_at_fault(person.post(TRANSACTIONS, {**MILK, "items": [item]}))


def test_a_name_in_the_settings_is_no_field_of_the_account(person: Person) -> None:
    before = account(person)
    wished = {name: value for name, value in COVETED.items() if isinstance(value, str | bool) and name.isidentifier()}
    assert data(person.patch("/api/auth/profile", {"settings": wished}))["settings"] == wished
    assert account(person) == {**before, "settings": wished}


def test_a_query_string_or_a_form_is_no_body(app: Flask, person: Person) -> None:
    email = new_email()
    answer = app.test_client().post(
        "/api/auth/register?role=admin&subscription_tier=premium", json={"email": email, "password": PASSWORD}
    )
    profile = data(answer)["user"]
    assert (profile["role"], profile["subscription_tier"]) == ("user", "free")
    form = person.request("PATCH", "/api/auth/profile", data={"role": "admin"})
    assert (form.status_code, code(form)) == (415, "unsupported_media_type")


def test_a_field_given_twice_is_judged_as_it_is_used(person: Person) -> None:
    for written in ('{"first_name": "A", "role": "admin", "role": "user"}', '{"role": "user", "first_name": "A"}'):
        answer = person.request("PATCH", "/api/auth/profile", data=written, content_type="application/json")
        assert fields_at_fault(answer) == [["body", "role"]]


def test_another_method_by_header_or_field_is_not_heard(app: Flask) -> None:
    person = register(app)
    transaction = person.spend(5)
    path = f"{TRANSACTIONS}{transaction['_id']}"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert person.request("GET", f"{path}?_method=DELETE", headers={name: "DELETE"}).status_code == 200
    assert stored(transaction)["revision"] == 1
