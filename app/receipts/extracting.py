"""What a worker does with an uploaded receipt: read its file, then settle it once, whatever happens."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Timer
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from celery.exceptions import SoftTimeLimitExceeded
from flask import current_app
from pymongo.errors import PyMongoError

from app.core import clock
from app.core.errors import Unavailable
from app.files import service as files
from app.files.service import UnreadableFile
from app.receipts import entry, outcome, repository
from app.receipts.line_items import one_line
from app.transactions import record_service as records

if TYPE_CHECKING:
    from app.services.receipt_reader import Read

log = logging.getLogger(__name__)
READING_SECONDS = 55.0  # what is left of the minute that its worker gives a task is for storing
LONGEST_SECONDS = 68.0  # the worker's soft limit is 60; at 75 it kills the process
MOST_ATTEMPTS = 4
MOST_MERCHANTS = 300
Document = dict[str, Any]


class Failed(Exception):
    """The file gave no reading; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def extract(owner: ObjectId, receipt_id: ObjectId, worker: str) -> None:
    """Read what a receipt's file says and settle it.

    Does nothing for one that is settled, gone, or in another worker's hands; safe to run any number of times.
    """
    document = repository.take_up(owner, receipt_id, worker, entry.LEASE)
    if document is None:
        return
    try:
        with _settled_in_time(owner, document):
            _finish(owner, document)
    except (PyMongoError, Unavailable):  # nothing can be read or settled now: it waits, however long that lasts
        with suppress(PyMongoError):  # then one try is counted that says nothing about the file
            repository.put_back(owner, receipt_id, worker)
        raise


@contextmanager
def _settled_in_time(owner: ObjectId, document: Document) -> Iterator[None]:
    """Settle it from beside where no signal gets through to a library, or whoever came next would hang on it, too."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def give_up() -> None:
        with app.app_context():
            log.error("receipt %s can't be read in time", document["_id"])
            failed = outcome.failed(document, "timeout")
            repository.settle(owner, document["_id"], document["requested_at"], failed)

    timer = Timer(LONGEST_SECONDS, give_up)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _finish(owner: ObjectId, document: Document) -> None:
    receipt_id = document["_id"]
    try:
        result = _outcome(owner, document)
    except (PyMongoError, Unavailable):
        raise
    except SoftTimeLimitExceeded:
        result = outcome.failed(document, "timeout")
    except (UnreadableFile, Failed) as error:
        result = outcome.failed(document, error.code)
    except Exception:  # a fault of ours: it ends with a code, not after many tries
        log.exception("receipt %s could not be read", receipt_id)
        result = outcome.failed(document, "unreadable_file")
    if repository.settle(owner, receipt_id, document["requested_at"], result):
        log.info("receipt %s settled: %s", receipt_id, result["status"])


def _outcome(owner: ObjectId, document: Document) -> Document:
    if document["attempts"] > MOST_ATTEMPTS:  # it takes its workers down with it
        return outcome.failed(document, "unreadable_file")
    return _settled(owner, document, _read(owner, document))


def _read(owner: ObjectId, document: Document) -> "Read":
    # The reader and its models load in the worker that first needs them.
    from app.services import receipt_reader  # noqa: PLC0415
    from app.services.receipt_parser.types import Hints  # noqa: PLC0415

    file, currency = document["receipt"]["file"], document["receipt"]["own_currency"]
    content = files.read(owner, file, "original")
    hints = Hints(clock.today(document["timezone"]), currency, tuple(repository.merchants(owner, MOST_MERCHANTS)))
    progress = partial(repository.note_progress, owner, document["_id"], document["requested_at"])
    settings = current_app.config["SETTINGS"]
    try:
        return receipt_reader.read(settings, content, file["content_type"], hints, READING_SECONDS, progress)
    except receipt_reader.ReadingError as error:
        raise Failed(error.code) from None


def _settled(owner: ObjectId, document: Document, read: "Read") -> Document:
    from app.services.parser import purchases  # noqa: PLC0415 -- its vocabulary, too

    reading = read.reading
    merchant = one_line(reading.merchant, 200)
    if merchant:
        merchant = repository.corrected_merchant(owner, records.fold(merchant)) or merchant
    category = records.of_merchant(owner, merchant) if merchant else None
    if category is None:
        names = [item.name for item in reading.items]
        guess = purchases.category(merchant, names, outcome.currency_of(document, reading))
        category = outcome.known_category(read.category) or guess
    return {
        **outcome.settled(document, reading, merchant, category),
        "receipt.ocr_confidence": read.ocr_confidence,
        "receipt.extracted_by": read.extracted_by,
        "receipt.rag_indexed": False,
    }
