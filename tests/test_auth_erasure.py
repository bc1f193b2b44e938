"""Erasing an account leaves nothing."""

from datetime import timedelta

import pytest
from bson import ObjectId
from flask import Flask

from app.auth import repository
from app.auth.tasks import sweep_erasures
from app.core import clock, ownership
from app.extensions import mongo, redis
from tests.accounts import login, profile, refresh
from tests.factories import PASSWORD, Person, code, data, new_email


def traces(person: Person) -> list[str]:
    """Every document and key that mentions the person."""
    mentions = (person.profile["_id"], person.email)
    documents = [
        f"{name}: {document}"
        for name in mongo.db.list_collection_names()
        for document in mongo.db[name].find()
        if any(mention in str(document) for mention in mentions)
    ]
    return documents + list(redis.client.scan_iter(f"*{person.profile['_id']}*", count=1000))


def erase(person: Person) -> None:
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200


@pytest.fixture
def settled(app: Flask) -> Person:
    """Somebody who has used everything."""
    email, client = new_email(), app.test_client()
    body = {"email": email, "password": PASSWORD, "username": email[:20]}
    user = data(client.post("/api/auth/register", json=body, headers={"Idempotency-Key": "k"}))["user"]
    person = Person(app, email, data(login(app, email)), user)
    person.spend(45.5)
    today = clock.now()
    limit = {"category": "Groceries", "limit": 500, "month": today.month, "year": today.year}
    assert person.post("/api/budgets/", limit, headers={"Idempotency-Key": "b"}).status_code == 201
    mongo.db.summaries.insert_one({"user_id": ObjectId(user["_id"]), "status": "completed", "summary": email})
    return person


def test_everything_is_gone_at_once(app: Flask, settled: Person, stranger: Person) -> None:
    stranger.spend(7)
    other = data(login(app, settled.email))
    assert len(traces(settled)) >= 5
    noise = traces(stranger)
    erase(settled)
    (tombstone,) = traces(settled)
    assert tombstone.startswith("users: ")
    assert set(mongo.db.users.find_one({"_id": ObjectId(settled.profile["_id"])})) == {"_id", "erased_at"}
    assert traces(stranger) == noise
    for token in (settled.access_token, other["access_token"]):
        assert profile(app, token).status_code == 401
    assert refresh(app, other["refresh_token"]).status_code == 401
    assert login(app, settled.email).status_code == 401


def test_address_and_username_are_free_again(app: Flask, settled: Person) -> None:
    erase(settled)
    body = {"email": settled.email, "password": PASSWORD, "username": settled.profile["username"]}
    answer = app.test_client().post("/api/auth/register", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    assert data(answer)["user"]["_id"] != settled.profile["_id"]


def test_a_wrong_password_erases_nothing(settled: Person) -> None:
    before = traces(settled)
    answer = settled.delete("/api/auth/profile", {"password": "Wrong-Horse-9"})
    assert (answer.status_code, code(answer)) == (403, "wrong_password")
    assert settled.delete("/api/auth/profile").status_code == 415
    assert settled.delete("/api/auth/profile", {}).status_code == 422
    assert traces(settled) == before


def test_what_stragglers_write_is_swept(app: Flask, person: Person) -> None:
    owner = ObjectId(person.profile["_id"])
    erase(person)
    for collection in ownership.owned_collections():
        mongo.db[collection].insert_one({"user_id": owner, "key": str(owner), "year": 1})
    sweep_erasures()
    assert len(traces(person)) == 1
    mongo.db.users.update_one({"_id": owner}, {"$set": {"erased_at": clock.now() - timedelta(minutes=11)}})
    mongo.db.transactions.insert_one({"user_id": owner})
    sweep_erasures()
    assert traces(person) == []


def test_a_process_that_dies_half_way_leaves_nothing(app: Flask, settled: Person) -> None:
    user = repository.by_email(settled.email)
    repository.bury(user["_id"], user["password_hash"], clock.now())
    assert code(profile(app, settled.access_token)) == "token_revoked"
    sweep_erasures()
    assert len(traces(settled)) == 1


def test_the_sweep_touches_nobody_else(app: Flask, settled: Person, person: Person) -> None:
    before = traces(settled)
    erase(person)
    sweep_erasures()
    assert traces(settled) == before
    assert settled.get("/api/auth/profile").status_code == 200


def test_every_model_says_whether_it_is_owned() -> None:
    assert set(ownership.owned_collections()) >= {"transactions", "budgets", "summaries", "idempotency_keys"}
    assert "users" not in ownership.owned_collections()
