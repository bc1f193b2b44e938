"""What is done with an import outside of a request, by a worker or a command: to its end, whatever happens."""

import io
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, cast

from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.core import clock
from app.core.errors import Unavailable
from app.files import large_service
from app.files import service as files
from app.files.service import UnreadableFile
from app.imports import reading, repository, undoing
from app.imports.progress import Progress
from app.imports.running import Run
from app.models.imports import MOST_RECORDS
from app.services.statements import Unreadable
from app.transactions import importing_service as transactions

log = logging.getLogger(__name__)
Document = dict[str, Any]
MOST_ATTEMPTS = 5  # without any progress
INTERRUPTED = {"code": "interrupted", "message": "The import was interrupted. Import the file again to go on."}
BROKEN = {"code": "import_failed", "message": "Something went wrong on our side while the file was read."}


class Lost(Exception):
    """The import is another's by now, or gone."""


def work(owner: ObjectId, import_id: ObjectId) -> bool:
    """Go on with an import, or with taking one back.

    False, and nothing is done, for one that is settled, gone, in other hands, or that has to wait for another one.
    """
    worker = ObjectId()
    job = repository.take_up(owner, import_id, worker)
    if job is None:
        return False
    try:
        _go_on(job, worker)
    except Lost:
        log.warning("import %s is no longer this worker's", import_id)
    except (PyMongoError, RedisError, Unavailable):  # nothing can be done now: it waits, however long that lasts
        with suppress(PyMongoError):
            repository.put_back(owner, import_id, worker)
        raise
    return True


def _go_on(job: Document, worker: ObjectId) -> None:
    owner, import_id = job["user_id"], job["_id"]
    if job["state"] == "undoing":
        undoing.undo(job, worker)
        return
    if job["file"] is None or job["attempts"] > MOST_ATTEMPTS:
        outcome = failed(job, INTERRUPTED)
    else:
        with large_service.reading(owner, job["file"]) as stream:
            outcome = outcome_of(job, worker, cast(BinaryIO, stream))
    if repository.settle(owner, import_id, worker, outcome):
        log.info("import %s settled: %s", import_id, outcome["state"])
        if job["file"]:
            files.discard(owner, job["file"]["_id"])


def outcome_of(
    job: Document, worker: ObjectId, stream: BinaryIO, tell: Callable[[Progress, int], object] = lambda *_: None
) -> Document:
    """Read a file into transactions, and what to settle its import with.

    Args:
        tell: told of the progress and the number of records after each slice.

    Raises:
        Lost: the import is another's by now, or gone.
    """
    try:
        progress = _read(job, worker, stream, tell)
    except Unreadable as error:
        return failed(job, {"code": "unreadable_file", "message": _described(error)})
    except UnreadableFile as error:
        return failed(job, {"code": error.code, "message": error.message})
    except (PyMongoError, RedisError, Unavailable, Lost):
        raise
    except Exception:  # a fault of ours: it ends with a code, not after many tries
        log.exception("import %s could not be read", job["_id"])
        return failed(job, BROKEN)
    return {**progress.stored(), "state": "completed"}


def _read(job: Document, worker: ObjectId, stream: BinaryIO, tell: Callable[[Progress, int], object]) -> Progress:
    def keep(changed: Document) -> None:
        if not repository.note(job["user_id"], job["_id"], worker, changed):
            raise Lost

    watched = cast(BinaryIO, io.BufferedReader(reading.Watched(stream, lambda: keep({}))))
    statement = reading.opened(watched, job)
    total = statement.total
    if total is None:  # half a file is noticed here, before anything of it is stored
        total = sum(1 for _ in statement.entries)
        statement = reading.opened(watched, job)
    if total > MOST_RECORDS:
        raise Unreadable("file", f"The file has more than {MOST_RECORDS:,} records.")
    started = {"state": "processing", "total": total, "started_at": job["started_at"] or clock.now()}
    keep({**started, "format": statement.format, "notes": statement.notes})

    def note(progress: Progress) -> None:
        keep({**progress.stored(), "attempts": 0})  # rows are done: what ends a worker is further on
        tell(progress, total)

    return Run(reading.user_of(job), job, note).finish(statement.entries)


def failed(job: Document, failure: Document) -> Document:
    """What to settle an import with that ends here; what it stored last and didn't come to note is counted, too."""
    owner, import_id = job["user_id"], job["_id"]
    noted = repository.get(owner, import_id) or job
    missed = 0 if job["dry_run"] else max(transactions.count(owner, import_id) - noted["created"], 0)
    counted = {name: noted[name] + missed for name in ("created", "processed")}
    return {**counted, "state": "failed", "failure": failure}


def _described(error: Unreadable) -> str:
    rows = f" (rows {', '.join(map(str, error.rows[:10]))})" if error.rows else ""
    return f"{error.field}: {error.message}{rows}"
