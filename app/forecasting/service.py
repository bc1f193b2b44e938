"""Asking for a forecast: kept ones are answered at once, others are awaited for a moment."""

import time
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from bson import ObjectId

from app.celery_utils import enqueue
from app.core import clock
from app.core.errors import Unavailable
from app.core.money import to_number
from app.forecasting import computing, history, repository, tasks
from app.forecasting.history import History
from app.forecasting.schemas import PredictionQuery
from app.models.users import User

KEPT = timedelta(days=7)
WAIT_SECONDS = 1.8  # within the 2 seconds in which there is an answer
FIRST_PAUSE, LONGEST_PAUSE = 0.03, 0.25
# Of a process' 16 threads these may wait for workers; others who ask are told at once to ask again.
waiting = BoundedSemaphore(4)
Document = dict[str, Any]


class ForecastFailed(Unavailable):
    """503: workers tried in vain; asking again has them try again."""

    code, message = "forecast_failed", "The forecast could not be computed. Please try again."


def predict(user: User, query: PredictionQuery) -> tuple[Document, int]:
    """The forecast and 200, or its task and 202 while it is being computed.

    Raises:
        ForecastFailed: workers could not compute it.
    """
    past = history.read(user, query.category)
    stored = _asked(user["_id"], past, query.category)
    if stored["status"] == "failed":
        repository.forget_failed(user["_id"], stored["_id"])
        raise ForecastFailed()
    if stored["status"] != "completed":
        return {"task_id": stored["_id"], "status": stored["status"]}, 202
    return _shown(past, stored["result"], query), 200


def _asked(owner: ObjectId, past: History, category: str | None) -> Document:
    """The stored forecast of this history: found, or stored, handed to a worker and awaited for a moment."""
    moment = clock.now()
    document = {
        "_id": ObjectId(),
        "status": "pending",
        "running": True,
        "attempts": 0,
        "category": category,
        "currency": past.currency,
        "totals": past.known,
        "created_at": moment,
        "expires_at": moment + KEPT,
        "lease_until": moment + computing.LEASE,
    }
    stored = repository.find_or_insert(owner, past.digest, document)
    if stored["_id"] == document["_id"]:
        repository.supersede(owner, stored["_id"], category)
        if not enqueue(tasks.compute, str(owner), str(stored["_id"])):
            repository.release(owner, stored["_id"])
            return stored
    return _awaited(owner, stored) if stored["running"] else stored


def _awaited(owner: ObjectId, stored: Document) -> Document:
    """As it is once it is settled, or when the time is over that there is for it after it was asked for first."""
    left = WAIT_SECONDS - (clock.now() - stored["created_at"]).total_seconds()
    if not 0 < left <= WAIT_SECONDS or not waiting.acquire(blocking=False):
        return stored
    try:
        deadline, pause = time.monotonic() + left, FIRST_PAUSE
        while stored["running"] and time.monotonic() + pause < deadline:
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            stored = repository.get(owner, stored["_id"]) or {**stored, "running": False}
        return stored
    finally:
        waiting.release()


def _shown(past: History, result: Document, query: PredictionQuery) -> Document:
    currency = past.currency
    totals = zip(past.months, past.totals, strict=True)
    steps = enumerate(result["points"][: query.horizon])
    return {
        "currency": currency,
        "category": query.category,
        "history": [{"month": month, "total": to_number(total, currency)} for month, total in totals],
        "forecast": [_step(past, ahead, point) for ahead, point in steps],
        "models": result["models"],
        "naive_mase": result["naive_mase"],
        "low_data": result["low_data"],
        "unconverted": past.unconverted,
    }


def _step(past: History, ahead: int, point: list[int]) -> Document:
    # The running month comes first. What was spent in it already is spent, whatever was expected.
    spent = past.so_far if ahead == 0 else min(point)
    amounts = zip(("predicted", "lower", "upper"), point, strict=True)
    return {
        "month": clock.month_text(clock.months_after(past.running_month, ahead)),
        **{name: to_number(max(amount, spent), past.currency) for name, amount in amounts},
    }
