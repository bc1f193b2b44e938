"""Repositories on mongomock, in milliseconds: whose a document is, and in which state."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import mongomock
import pytest
from bson import ObjectId
from flask import Flask

from app.ai import repository as summaries
from app.budgets import repository as budgets
from app.extensions import mongo
from app.transactions import repository as transactions
from tests.records import freeze

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
OWNER, OTHER = ObjectId(), ObjectId()


@pytest.fixture(autouse=True)
def database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(mongo, "db", mongomock.MongoClient(tz_aware=True).finsight, raising=False)
    return mongo.db


def processing(**fields: Any) -> ObjectId:
    """A transaction of OWNER that waits for a worker."""
    document = {
        "_id": ObjectId(),
        "status": "processing",
        "source": "ai",
        "requested_at": NOW,
        "lease_until": LATER,
        "attempts": 0,
        "revision": 1,
        **fields,
    }
    return transactions.insert(OWNER, document)["_id"]


def test_nobody_reaches_anothers_transaction() -> None:
    found = processing(status="failed")
    assert transactions.get(OTHER, found) is None
    assert transactions.update(OTHER, found, 1, {"notes": "x"}) is None
    assert transactions.restart(OTHER, found, LATER) is None
    assert transactions.take_up(OTHER, found, LATER) is None
    assert not transactions.settle(OTHER, found, NOW, {"status": "completed"})
    assert not transactions.delete(OTHER, found)
    assert transactions.page(OTHER, {"user_id": OWNER}, [("_id", 1)], 0, 10) == []
    assert list(transactions.counted(OTHER, {"user_id": OWNER})) == []
    assert transactions.get(OWNER, found) is not None


def test_a_pipeline_cannot_leave_its_owner() -> None:
    processing(status="completed")
    assert transactions.aggregate(OTHER, [{"$match": {"user_id": OWNER}}]) == []
    assert len(transactions.aggregate(OWNER, [{"$match": {}}])) == 1


def test_an_insert_is_the_owners_whatever_the_document_says() -> None:
    stored = transactions.insert(OWNER, {"_id": ObjectId(), "user_id": OTHER})
    assert stored["user_id"] == OWNER


def test_inserting_again_gives_what_is_stored_to_its_owner_only() -> None:
    first = transactions.insert(OWNER, {"_id": ObjectId(), "notes": "first"})
    again = transactions.insert(OWNER, {"_id": first["_id"], "notes": "second"})
    assert again["notes"] == "first"
    with pytest.raises(mongomock.DuplicateKeyError):
        transactions.insert(OTHER, {"_id": first["_id"]})


def test_settling_happens_once() -> None:
    found = processing()
    assert transactions.settle(OWNER, found, NOW, {"status": "completed", "amount": 5})
    assert not transactions.settle(OWNER, found, NOW, {"status": "failed"})
    stored = transactions.get(OWNER, found)
    assert stored is not None
    assert (stored["status"], stored["amount"], stored["revision"]) == ("completed", 5, 2)
    assert "lease_until" not in stored


def test_an_answer_from_before_a_retry_is_too_late() -> None:
    found = processing(requested_at=LATER)
    assert not transactions.settle(OWNER, found, NOW, {"status": "failed"})


def test_only_a_failed_sentence_restarts() -> None:
    for fields in ({"status": "processing"}, {"status": "completed"}, {"status": "failed", "source": "manual"}):
        assert transactions.restart(OWNER, processing(**fields), LATER) is None
    restarted = transactions.restart(OWNER, processing(status="failed", attempts=3), LATER)
    assert restarted is not None
    assert (restarted["status"], restarted["attempts"], restarted["failure"]) == ("processing", 0, None)


def test_an_update_needs_the_revision_it_was_made_from() -> None:
    found = processing(status="completed")
    assert transactions.update(OWNER, found, 2, {"notes": "x"}) is None
    updated = transactions.update(OWNER, found, 1, {"notes": "x"})
    assert updated is not None
    assert (updated["notes"], updated["revision"]) == ("x", 2)
    assert transactions.update(OWNER, processing(), 1, {"notes": "x"}) is None, "not while processing"


def test_a_sweep_takes_each_abandoned_one_once(monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = processing(lease_until=NOW), processing(lease_until=NOW - timedelta(seconds=5))
    processing(lease_until=LATER)
    processing(status="completed", lease_until=NOW - timedelta(days=1))
    freeze(monkeypatch, "2026-02-01T12:00:01+00:00")
    taken = [transactions.sweep_abandoned(timedelta(minutes=1)) for _ in range(3)]
    assert [entry and entry["_id"] for entry in taken] == [early, late, None]


def test_a_released_one_is_swept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = processing()
    freeze(monkeypatch, NOW.isoformat())
    transactions.release(OTHER, found)
    freeze(monkeypatch, "2026-02-01T12:00:01+00:00")
    assert transactions.sweep_abandoned(timedelta(minutes=1)) is None
    transactions.release(OWNER, found)
    freeze(monkeypatch, "2026-02-01T12:00:02+00:00")
    assert transactions.sweep_abandoned(timedelta(minutes=1)) is not None


def test_nobody_reaches_anothers_budget() -> None:
    stored = budgets.insert(OWNER, {"_id": ObjectId(), "year": 2026, "month": 2, "category": "Travel"})
    assert budgets.get(OTHER, stored["_id"]) is None
    assert budgets.update(OTHER, stored["_id"], {"limit": 1}) is None
    assert not budgets.delete(OTHER, stored["_id"])
    assert budgets.covering(OTHER, 2026, 2) == []
    assert budgets.covering(OWNER, 2026, 2) == [stored]


def test_nobody_reaches_anothers_summary() -> None:
    stored = summaries.insert(OWNER, {"_id": ObjectId(), "running": True, "lease_until": NOW})
    assert summaries.get(OTHER, stored["_id"]) is None
    assert summaries.take_up(OTHER, stored["_id"], LATER) is None
    assert not summaries.settle(OTHER, stored["_id"], {"status": "failed"})
    assert summaries.settle(OWNER, stored["_id"], {"status": "completed"})
    assert not summaries.settle(OWNER, stored["_id"], {"status": "failed"})
