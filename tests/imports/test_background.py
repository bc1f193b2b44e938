"""Long files are read by a worker: told how far it is, the same in the end as at once, whatever is killed."""

import sys
from contextlib import suppress
from unittest.mock import Mock

import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.core.errors import Unavailable
from app.extensions import mongo
from app.files import large_service
from app.imports import service, tasks, working
from tests.factories import PASSWORD, Person, data
from tests.files import keys_of, owner_of
from tests.imports.files import (
    CSV,
    IMPORTS,
    TRANSACTIONS,
    counts,
    imported,
    put_off,
    send,
    statement,
    transactions,
    work,
)
from tests.waiting import wait_until

SETTLED = ("completed", "failed")
ROWS = 1_200
MANY = 2 * working.MOST_ATTEMPTS


@pytest.fixture(autouse=True)
def few_in_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that files of some seconds are long ones."""
    monkeypatch.setattr(service, "ROWS_IN_REQUEST", 1_000)


def settled(person: Person, import_id: str) -> dict[str, object]:
    """An import, when it is done."""
    path = f"{IMPORTS}/{import_id}"
    wait_until(lambda: data(person.get(path))["state"] in SETTLED, 60)
    return data(person.get(path))


@pytest.mark.usefixtures("worker")
def test_a_long_file_is_read_in_the_background(app: Flask, person: Person) -> None:
    content = statement(ROWS) + b"2026-01-01,nothing,tea\n"
    shown = send(person, content, dry_run=True)
    assert shown.status_code == 202
    before = settled(person, data(shown)["import_id"])
    assert transactions(person) == []

    answer = send(person, content)
    assert (answer.status_code, data(answer)["state"]) == (202, "queued")
    outcome = settled(person, data(answer)["import_id"])
    assert (outcome["state"], counts(outcome)) == ("completed", (ROWS, 0, 1))
    assert outcome["rate"]
    for name in ("total", "created", "duplicates", "invalid", "errors", "preview", "notes"):
        assert before[name] == outcome[name], name
    assert data(person.get(TRANSACTIONS))["pagination"]["total"] == ROWS
    with app.app_context():
        wait_until(lambda: keys_of(owner_of(person)) == [], 30)

    again = settled(person, data(send(person, content))["import_id"])
    assert counts(again) == (0, ROWS, 1)


@pytest.mark.usefixtures("worker")
def test_half_a_long_file_stores_nothing(person: Person) -> None:
    exported = b"[" + b",".join([b'{"date":"2026-01-01","type":"expense","amount":1,"currency":"INR",'
        b'"category":"Other","description":"x"}'] * 1_500)  # fmt: skip
    answer = send(person, exported, "export.json")
    assert answer.status_code == 202
    outcome = settled(person, data(answer)["import_id"])
    assert outcome["state"] == "failed"
    assert outcome["failure"]["code"] == "unreadable_file"  # type: ignore[index]
    assert transactions(person) == []


def test_a_file_that_ends_its_workers_is_given_up(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = put_off(person, monkeypatch)
    path = f"{IMPORTS}/{import_id}"
    tries = 0
    with monkeypatch.context() as patched:
        patched.setattr(working.Run, "finish", lambda *_: sys.exit())
        while data(person.get(path))["state"] not in SETTLED:
            with suppress(SystemExit):
                work(person, import_id)
            mongo.db.imports.update_one({"_id": import_id}, {"$set": {"worker": None}})  # as when its lease runs out
            tries += 1
            assert tries <= MANY
    assert data(person.get(path))["failure"]["code"] == "interrupted"
    assert transactions(person) == []


def test_an_outage_of_the_storage_is_waited_out_however_long(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = put_off(person, monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(large_service, "reading", Mock(side_effect=Unavailable))
        for _ in range(MANY):
            with pytest.raises(Unavailable):
                work(person, import_id)
    work(person, import_id)
    assert counts(data(person.get(f"{IMPORTS}/{import_id}"))) == (4, 0, 0)


def test_what_a_request_stored_before_it_died_is_counted(app: Flask, person: Person) -> None:
    import_id = imported(person, CSV)["import_id"]
    dead = {"state": "processing", "running": True, "lease_until": clock.now(), "created": 1, "processed": 2}
    mongo.db.imports.update_one({"_id": ObjectId(import_id)}, {"$set": dead})
    with app.app_context():
        tasks.run(str(owner_of(person)), import_id)
    outcome = data(person.get(f"{IMPORTS}/{import_id}"))
    assert (outcome["state"], outcome["failure"]["code"]) == ("failed", "interrupted")
    assert (outcome["created"], outcome["processed"]) == (4, 5)


def test_an_account_erased_meanwhile_leaves_nothing(app: Flask, person: Person) -> None:
    owner = owner_of(person)
    answer = send(person, statement(1_100))
    assert answer.status_code == 202
    assert person.delete("/api/auth/profile", {"password": PASSWORD}).status_code == 200
    for collection in ("transactions", "imports"):
        assert mongo.db[collection].count_documents({"user_id": owner}) == 0


def test_imports_are_listed_newest_first(person: Person) -> None:
    ids = [imported(person, CSV, f"{number}.csv")["import_id"] for number in range(3)]
    listed = data(person.get(IMPORTS, limit=2))
    assert [one["import_id"] for one in listed["imports"]] == [ids[2], ids[1]]
    assert listed["pagination"]["total"] == 3
