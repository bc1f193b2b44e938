"""What waits for a worker is handed out again, ever more seldom the longer it waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.exports import repository as exports
from app.extensions import mongo
from app.forecasting import repository as forecasts
from app.imports import repository as imports
from app.receipts import repository as receipts
from tests.records import freeze

NOW = datetime(2015, 1, 1, tzinfo=UTC)  # when no lease of another test had run out
LEASE, LONG = timedelta(seconds=20), timedelta(days=3)
SWEEPS: dict[str, Callable[[], Any]] = {
    "transactions": lambda: receipts.sweep_abandoned(LEASE),
    "imports": imports.sweep_abandoned,
    "forecasts": lambda: forecasts.sweep_abandoned(LEASE),
    "account_exports": lambda: exports.sweep_abandoned(LEASE),
}


@pytest.mark.parametrize("collection", SWEEPS)
def test_what_waits_long_is_handed_out_seldom(app: Flask, collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, NOW.isoformat())
    given = []
    for waited in (timedelta(seconds=5), timedelta(minutes=5), LONG):
        waiting = {
            "_id": ObjectId(),
            "user_id": ObjectId(),
            "running": True,
            "status": "processing",
            "source": "receipt",
            "digest": "a digest",
            "created_at": NOW - waited,
            "requested_at": NOW - waited,
            "lease_until": NOW - timedelta(seconds=1),
        }
        mongo.db[collection].insert_one(waiting)
        swept = SWEEPS[collection]()
        assert swept["_id"] == waiting["_id"]
        given.append((mongo.db[collection].find_one_and_delete(swept) or {})["lease_until"] - NOW)
    assert given[:2] == [LEASE, timedelta(minutes=5)]
    assert timedelta(minutes=5) < given[2] < LONG
