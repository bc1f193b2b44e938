"""Taking an import back: all of it goes, but for what was changed since."""

import pytest
from bson import ObjectId

from app.extensions import mongo
from app.imports import service
from tests.factories import Person, code, data
from tests.imports.files import CSV, IMPORTS, TRANSACTIONS, counts, imported, put_off, transactions, work
from tests.waiting import wait_until


def test_an_undo_leaves_what_was_changed(person: Person, stranger: Person) -> None:
    person.spend(5)
    imported(stranger, CSV)
    outcome = imported(person, CSV)
    path = f"{IMPORTS}/{outcome['import_id']}"
    changed = transactions(person)[0]["_id"]
    assert person.patch(f"{TRANSACTIONS}{changed}", {"notes": "mine"}).status_code == 200
    undone = person.delete(path)
    assert undone.status_code == 200
    assert {name: data(undone)[name] for name in ("state", "deleted", "kept")} == {
        "state": "undone",
        "deleted": 3,
        "kept": [changed],
    }
    assert [one["source"] for one in transactions(person)] == ["import", "manual"]
    assert len(transactions(stranger)) == 4
    again = person.delete(path)
    assert (again.status_code, code(again)) == (409, "import_undone")
    assert counts(imported(person, CSV)) == (3, 1, 0)


@pytest.mark.usefixtures("worker")
def test_a_long_import_is_taken_back_in_the_background(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = imported(person, CSV)
    path = f"{IMPORTS}/{outcome['import_id']}"
    monkeypatch.setattr(service, "ROWS_IN_REQUEST", 3)
    answer = person.delete(path)
    assert (answer.status_code, data(answer)["state"] in ("undoing", "undone")) == (202, True)
    wait_until(lambda: data(person.get(path))["state"] == "undone", 30)
    assert data(person.get(path))["deleted"] == 4
    assert transactions(person) == []


def test_a_dry_run_is_not_undone(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = put_off(person, monkeypatch, dry_run=True)
    work(person, import_id)
    path = f"{IMPORTS}/{import_id}"
    before = data(person.get(path))
    assert before["state"] == "completed"
    answer = person.delete(path)
    assert (answer.status_code, code(answer)) == (409, "import_dry_run")
    assert data(person.get(path)) == before


def test_what_is_running_is_not_undone(person: Person) -> None:
    outcome = imported(person, CSV)
    running = {"$set": {"state": "processing", "running": True}}
    mongo.db.imports.update_one({"_id": ObjectId(outcome["import_id"])}, running)
    answer = person.delete(f"{IMPORTS}/{outcome['import_id']}")
    assert (answer.status_code, code(answer)) == (409, "import_running")
    assert len(transactions(person)) == 4
    mongo.db.imports.delete_one({"_id": ObjectId(outcome["import_id"])})  # no worker goes on with it
