"""A worker killed in the middle of a long file, twice: another goes on, nothing is doubled and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from bson import ObjectId
from flask import Flask

from app.celery_utils import QUEUES
from app.core import clock
from app.extensions import mongo
from app.imports import service
from tests.accounts import another_app
from tests.factories import data, register
from tests.files import owner_of
from tests.imports.files import IMPORTS, counts, send, statement
from tests.processes import Background, Worker
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
ROWS = 12_000
KILLED_AFTER = (1_000, 4_000)


def test_every_row_is_stored_once(
    app: Flask,
    own_settings: dict[str, object],
    directory: Path,
    keep: Callable[[Background], Background],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr(service, "ROWS_IN_REQUEST", 1_000)
    beat = ("--beat", "--schedule", str(directory / "schedule"))
    worker = Worker("importing", QUEUES, own_settings, directory, *beat)
    keep(worker)
    with another_app(app, own_settings) as own_app:
        person = register(own_app)
        answer = send(person, statement(ROWS) + b"2026-01-01,nothing,tea\n")
        assert answer.status_code == 202
        import_id = data(answer)["import_id"]

        def state() -> dict[str, object]:
            return data(person.get(f"{IMPORTS}/{import_id}"))

        for processed in KILLED_AFTER:
            worker.await_ready(lambda least=processed: state()["processed"] >= least)  # type: ignore[misc,operator]
            worker.kill()
            record_property("killed at row", state()["processed"])
            assert state()["state"] == "processing", "the kill came too late"
            worker.launch()
            # Its lease is over at once, or this would take as long as it lasts.
            over = {"$set": {"lease_until": clock.now() - timedelta(seconds=1)}}
            mongo.db.imports.update_one({"_id": ObjectId(import_id)}, over)
        wait_until(lambda: state()["state"] == "completed", 60)
        assert counts(state()) == (ROWS, 0, 1)
        stored = list(mongo.db.transactions.find({"user_id": owner_of(person)}, {"imported.row": 1}).sort("_id", 1))
    assert [one["imported"]["row"] for one in stored] == list(range(2, ROWS + 2)), "each once, in the order of the file"
