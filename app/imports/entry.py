"""The document of a new import."""

from datetime import timedelta
from typing import Any

from bson import ObjectId
from pydantic import ValidationError

from app.core import clock
from app.core.contract import field_errors
from app.core.errors import Invalid
from app.imports.progress import Progress
from app.imports.schemas import Wishes
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


def new(user: User, filename: str, given: Wishes, import_id: ObjectId) -> Document:
    """An import that nobody has in hand yet."""
    moment = clock.now()
    # Pairs, as a column may have any name.
    options = {
        "mapping": None if given.mapping is None else [list(pair) for pair in given.mapping.items()],
        "currency": given.currency,
        "date_format": given.date_format,
    }
    document = {
        "_id": import_id,
        "user_id": user["_id"],
        "state": "queued",
        "running": True,
        "worker": None,
        "attempts": 0,
        "filename": named(filename),
        "dry_run": given.dry_run,
        "options": options,
        "currency": user["currency"],
        "timezone": user["timezone"],
        "created_at": moment,
        **Progress().stored(),
        **UNKNOWN,
    }
    return {**document, "expires_at": moment + DRY_RUN_KEPT} if given.dry_run else document


def wishes(given: Document) -> Wishes:
    """What there is to say about a file, judged as in a request.

    Raises:
        Invalid.
    """
    try:
        return Wishes.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise Invalid(field_errors("body", error)) from None


def named(filename: str) -> str:
    """The last part of a file's name, as it can be shown."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-LONGEST_NAME:] or UNNAMED
