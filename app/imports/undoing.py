"""Taking an import back: its rows go, but for those that somebody has changed since."""

from typing import Any

from bson import ObjectId

from app.imports import repository
from app.transactions import importing_service as transactions

Document = dict[str, Any]
MOST_KEPT = 1_000  # whose ids are told


def undo(job: Document, worker: ObjectId) -> bool:
    """Delete what came of an import and was not changed, and settle it; False when it is another's by now, or gone."""
    owner, import_id = job["user_id"], job["_id"]
    present = job.get("present")
    if present is None:  # counted once, so that an interruption loses no count
        present = transactions.count(owner, import_id)
    while repository.note(owner, import_id, worker, {"present": present}):
        if not transactions.take_back(owner, import_id):
            break
    remaining = transactions.count(owner, import_id)
    kept = transactions.left(owner, import_id, MOST_KEPT)
    outcome = {"state": "undone", "deleted": present - remaining, "kept": kept}
    return repository.settle(owner, import_id, worker, outcome)
