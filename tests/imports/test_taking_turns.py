"""Long files of one person don't keep others from their turn: in a process, and among the workers."""

import pytest
from bson import ObjectId
from flask import Flask

from app.core.turns import Turns
from app.imports import repository, service, tasks
from tests.factories import Person, code, data
from tests.files import owner_of
from tests.imports.files import CSV, IMPORTS, counts, put_off, send, work


def test_a_second_large_file_of_a_person_is_refused_at_once(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LARGE", 0)
    with service.large_files.taken(owner_of(person)):
        answer = send(person, CSV)
    assert (answer.status_code, code(answer)) == (503, "too_many_imports")
    assert answer.headers["Retry-After"]
    assert send(person, CSV).status_code == 201


def test_few_wait_for_their_turn() -> None:
    turns = Turns(1, service.TooMany, patience_seconds=600, most_waiting=0)
    for _ in range(2):
        with turns.taken(ObjectId()), pytest.raises(service.TooMany), turns.taken(ObjectId()):
            pytest.fail("nobody should wait")


def test_what_takes_long_to_read_is_left_to_a_worker(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "READING_SECONDS", -1.0)
    import_id = put_off(person, monkeypatch)
    path = f"{IMPORTS}/{import_id}"
    assert data(person.get(path))["total"] is None
    work(person, import_id)
    assert counts(data(person.get(path))) == (4, 0, 0)


def test_a_person_s_files_are_worked_through_one_by_one(
    app: Flask, person: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (put_off(person, monkeypatch) for _ in range(2))
    other = put_off(stranger, monkeypatch)
    monkeypatch.setattr(service, "MOST_QUEUED", 2)
    monkeypatch.setattr(service, "ROWS_IN_REQUEST", 3)
    refused = send(person, CSV)
    assert (refused.status_code, code(refused)) == (409, "imports_waiting")
    owner, worker = owner_of(person), ObjectId()
    handed_out: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda _, __, import_id: bool(handed_out.append(import_id)) or True)

    def states() -> list[str]:
        return [one["state"] for one in data(person.get(IMPORTS))["imports"]]

    with app.app_context():
        assert repository.take_up(owner, first, worker)
        tasks.run(str(owner), str(second))
        assert states() == ["queued", "queued"]
        tasks.run(str(owner_of(stranger)), str(other))
        assert data(stranger.get(f"{IMPORTS}/{other}"))["state"] == "completed"
        repository.put_back(owner, first, worker)
        tasks.run(str(owner), str(first))
        assert (states(), handed_out) == (["queued", "completed"], [str(second)])
        tasks.run(str(owner), str(second))
    assert states() == ["completed", "completed"]
