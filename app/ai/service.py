"""Asking for a summary and reading it."""

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.ai import repository, tasks
from app.celery_utils import enqueue
from app.core import clock, idempotency
from app.core.errors import NotFound, RateLimited
from app.models.users import User

Document = dict[str, Any]
KEPT = timedelta(days=1)


def request(user: User) -> Document:
    """Queue a summary of the user's last 30 days; {task_id}.

    Raises:
        RateLimited: `summary_in_progress`.
    """
    moment = clock.now()
    document = {
        "_id": idempotency.new_id(),
        "status": "pending",
        "running": True,
        "attempts": 0,
        "currency": user["currency"],
        "timezone": user["timezone"],
        "created_at": moment,
        "expires_at": moment + KEPT,
        "lease_until": moment + tasks.LEASE,
    }
    try:
        stored = repository.insert(user["_id"], document)
    except DuplicateKeyError:
        raise RateLimited("Your last summary is still being written.", code="summary_in_progress") from None
    if not enqueue(tasks.summarise, str(user["_id"]), str(stored["_id"])):
        repository.release(user["_id"], stored["_id"])
    return {"task_id": stored["_id"]}


def result(user: User, task_id: ObjectId) -> Document:
    """What came of a summary the user asked for.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    document = repository.get(user["_id"], task_id)
    if document is None:
        raise NotFound()
    shown = {"status": document["status"]}
    if document["status"] == "completed":
        shown.update(summary=document["summary"], figures=document["figures"])
    return shown
