"""What can be done with files of transactions: import them, look at how that went, take it back."""

from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from app.celery_utils import enqueue
from app.core import clock, idempotency
from app.core.errors import Conflict, Invalid, NotFound, Unavailable
from app.core.pages import Page, Pagination
from app.core.turns import Turns
from app.files import large_service
from app.imports import entry, repository, tasks, undoing
from app.imports.progress import Progress
from app.imports.schemas import ImportForm
from app.models.users import User

if TYPE_CHECKING:
    from app.imports.rows import Record
    from app.services.statements import Unreadable

Document = dict[str, Any]
ROWS_IN_REQUEST = 20_000
LARGE = 256 * 1024  # bytes; of larger files a process reads one at a time, so that others get their turn
PATIENCE_SECONDS, MOST_WAITING = 20.0, 2
READING_SECONDS = 4.0  # of the processor, which other requests of the process have to share
MOST_QUEUED = 10
COPIED_AT_ONCE = 1024 * 1024


class TooMany(Unavailable):
    """503: other larger files are being read, or one of the same person."""

    code, message = "too_many_imports", "Other files are being imported. Please try again."


large_files = Turns(1, TooMany, PATIENCE_SECONDS, MOST_WAITING)


def start(user: User, body: ImportForm) -> tuple[Document, int]:
    """Import a file: at once, or in the background if it is long; (the import, the status of the answer).

    Raises:
        Invalid: the file can't be read, or not as it was said.
        TooMany: another long file takes too long, several wait for it, or it is the same person's.
        Conflict: `imports_waiting`, very many of the person's files wait for a worker.
    """
    from app.imports import reading  # noqa: PLC0415 -- the readers and the vocabulary load when first needed
    from app.services.statements import Unreadable  # noqa: PLC0415

    job = entry.new(user, body.file.filename, body, idempotency.new_id())
    with large_files.taken(user["_id"]) if body.file.size > LARGE else nullcontext():
        try:
            statement = reading.opened(reading.within(body.file.stream, READING_SECONDS), job)
            records = list(islice(statement.entries, ROWS_IN_REQUEST + 1))
        except Unreadable as error:
            raise _invalid(error) from None
        except reading.TakesLong:
            return _put_off(user, body, job), 202
        job.update(format=statement.format, notes=statement.notes)
        if len(records) > ROWS_IN_REQUEST:
            return _put_off(user, body, {**job, "total": statement.total}), 202
        return _at_once(user, {**job, "total": len(records)}, records)


def _invalid(error: "Unreadable") -> Invalid:
    rows = f" (rows {', '.join(map(str, error.rows[:10]))})" if error.rows else ""
    return Invalid.field(("body", error.field), f"{error.message}{rows}", f"unreadable_{error.field}")


def _put_off(user: User, body: ImportForm, job: Document) -> Document:
    """Keep the file first and its row last, and hand both to a worker."""
    owner = user["_id"]
    if repository.count_queued(owner) >= MOST_QUEUED:
        raise Conflict("Many of your files are still to be imported. Please wait.", code="imports_waiting")
    body.file.stream.seek(0)
    with large_service.writing(owner, job["filename"]) as kept:
        while piece := body.file.stream.read(COPIED_AT_ONCE):
            kept.write(piece)
        lease_until = clock.now() + repository.LEASE
        stored = repository.insert(owner, {**job, "file": kept.finish(), "lease_until": lease_until})
    if not enqueue(tasks.run, str(owner), str(stored["_id"])):
        repository.release(owner, stored["_id"])
    return stored


def _at_once(user: User, job: Document, records: "list[Record]") -> tuple[Document, int]:
    from app.imports.running import Run  # noqa: PLC0415

    owner, import_id, worker = user["_id"], job["_id"], ObjectId()
    if job["dry_run"]:
        progress = Run(user, job, lambda _: None, polite=True).finish(iter(records))
        return {**job, **progress.stored(), "_id": None, "state": "completed", "finished_at": clock.now()}, 200
    moment = clock.now()
    begun = {"state": "processing", "worker": worker, "started_at": moment, "lease_until": moment + repository.LEASE}
    stored = repository.insert(owner, {**job, **begun})
    if stored["worker"] != worker:  # an interrupted try of this request, which stored it
        stored = repository.restart(owner, import_id, worker) or stored
    if stored["worker"] == worker:
        _carry_out(user, stored, worker, records)
    return get(user, import_id), 201


def _carry_out(user: User, job: Document, worker: ObjectId, records: "list[Record]") -> None:
    from app.imports.running import Run  # noqa: PLC0415

    owner, import_id = user["_id"], job["_id"]

    def note(progress: Progress) -> None:
        if not repository.note(owner, import_id, worker, progress.stored()):
            raise NotFound()  # the account is erased

    progress = Run(user, job, note, polite=True).finish(iter(records))
    repository.settle(owner, import_id, worker, {**progress.stored(), "state": "completed"})


def find(user: User, query: Page) -> Document:
    """One page of the imports, newest first: {imports, pagination}."""
    owner = user["_id"]
    documents = repository.page(owner, query.skip, query.limit)
    return {"imports": documents, "pagination": Pagination.of(query, repository.count(owner))}


def get(user: User, import_id: ObjectId) -> Document:
    """One import.

    Raises:
        NotFound.
    """
    document = repository.get(user["_id"], import_id)
    if document is None:
        raise NotFound()
    return document


def undo(user: User, import_id: ObjectId) -> tuple[Document, int]:
    """Take an import back, at once or in the background if it is long; (the import, the status of the answer).

    Raises:
        NotFound; Conflict: `import_dry_run`, `import_running`, `import_undone`.
    """
    owner, worker = user["_id"], ObjectId()
    job = repository.begin_undo(owner, import_id, worker)
    if job is None:
        stored = get(user, import_id)
        if stored["dry_run"]:
            raise Conflict("This was a dry run: there is nothing to undo.", code="import_dry_run")
        if stored["state"] in ("undoing", "undone"):
            raise Conflict("This import was undone already.", code="import_undone")
        raise Conflict("This import is still running.", code="import_running")
    if job["created"] <= ROWS_IN_REQUEST:
        undoing.undo(job, worker)
        return get(user, import_id), 200
    repository.put_back(owner, import_id, worker)
    if not enqueue(tasks.run, str(owner), str(import_id)):
        repository.release(owner, import_id)
    return get(user, import_id), 202
