"""Long files are read by a worker: told how far it is, the same in the end as at once, whatever is killed."""

import pytest
from flask import Flask

from app.extensions import mongo
from app.imports import service
from tests.factories import PASSWORD, Person, data
from tests.files import keys_of, owner_of
from tests.imports.files import CSV, IMPORTS, TRANSACTIONS, counts, imported, send, statement, transactions
from tests.waiting import wait_until

SETTLED = ("completed", "failed")
ROWS = 2_500


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
