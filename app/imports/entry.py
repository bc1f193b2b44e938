"""The document of a new import."""

from datetime import timedelta
from typing import Any

from bson import ObjectId

from app.core import clock
from app.imports.progress import Progress
from app.imports.schemas import ImportForm
from app.models.users import User

Document = dict[str, Any]
LONGEST_NAME = 255
UNNAMED = "import"
UNKNOWN: Document = {
    **dict.fromkeys(("format", "file", "total", "failure", "deleted", "started_at", "finished_at")),
    "notes": [],
    "kept": [],
}
DRY_RUN_KEPT = timedelta(days=1)


def new(user: User, body: ImportForm, import_id: ObjectId) -> Document:
    """An import that nobody has in hand yet."""
    moment = clock.now()
    # Pairs, as a column may have any name.
    options = {
        "mapping": None if body.mapping is None else [list(pair) for pair in body.mapping.items()],
        "currency": body.currency,
        "date_format": body.date_format,
    }
    document = {
        "_id": import_id,
        "user_id": user["_id"],
        "state": "queued",
        "running": True,
        "worker": None,
        "attempts": 0,
        "filename": named(body.file.filename),
        "dry_run": body.dry_run,
        "options": options,
        "currency": user["currency"],
        "timezone": user["timezone"],
        "created_at": moment,
        **Progress().stored(),
        **UNKNOWN,
    }
    return {**document, "expires_at": moment + DRY_RUN_KEPT} if body.dry_run else document


def named(filename: str) -> str:
    """The last part of a file's name, as it can be shown."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-LONGEST_NAME:] or UNNAMED
