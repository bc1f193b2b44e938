"""What a worker does with an AI transaction: read its text, then settle it once, whatever happens."""

import logging
import time
from datetime import timedelta
from typing import Any

from bson import ObjectId
from flask import current_app
from pymongo.errors import PyMongoError

from app.core import clock, gauges
from app.models.transactions import Status
from app.services import expense_reader
from app.services.expense_reader import Reading
from app.transactions import habits, repository
from app.transactions.entry import READING_LEASE, dated, derived

log = logging.getLogger(__name__)
ANSWER_WITHIN = timedelta(seconds=24)  # of the request; the promise is 25 s
VISIBLE_FOR = timedelta(seconds=1.2)  # the front end starts to poll only if it still sees `processing` by then
MOST_ATTEMPTS = 10
FAILURES = {
    "no_amount": "No amount was found in the text.",
    "ai_unavailable": "The AI could not be reached. Please try again.",
}
Document = dict[str, Any]


def categorise(owner: ObjectId, transaction_id: ObjectId) -> None:
    """Read amount, category and description out of a transaction's text and settle it.

    Does nothing for one that is settled or gone; safe to run any number of times.
    """
    document = repository.take_up(owner, transaction_id, clock.now() + READING_LEASE)
    if document is None:
        return
    try:
        outcome = _outcome(owner, document)
    except PyMongoError:  # nothing can be settled now: the sweep hands it out again
        raise
    except Exception:  # a fault of ours: it ends with a code in time, not after many tries
        log.exception("transaction %s could not be read", transaction_id)
        outcome = failed("ai_unavailable")
    _wait_until_seen(document)
    if repository.settle(owner, transaction_id, document["requested_at"], outcome):
        log.info("transaction %s settled: %s", transaction_id, outcome["status"])
        failure: Document | None = outcome["failure"]
        gauges.count_entry(failure["code"] if failure else outcome["status"])


def _outcome(owner: ObjectId, document: Document) -> Document:
    if document["attempts"] > MOST_ATTEMPTS:  # it takes its workers down with it
        return failed("ai_unavailable")
    # Never more, even if the clock was set back since.
    left = min(document["requested_at"] + ANSWER_WITHIN - clock.now(), ANSWER_WITHIN)
    today = clock.local_day(document["date"], document["timezone"])
    try:
        settings = current_app.config["SETTINGS"]
        reading = expense_reader.read(settings, document["text"], today, document["currency"], left.total_seconds())
    except expense_reader.NoAmount:
        return failed("no_amount")
    except expense_reader.ReaderUnavailable:
        return failed("ai_unavailable")
    return _completed(document, reading, habits.category(owner, document["text"], reading))


def failed(code: str) -> Document:
    """The outcome of a transaction that could not be read."""
    return {"status": Status.FAILED.value, "failure": {"code": code, "message": FAILURES[code]}}


def _completed(document: Document, reading: Reading, habit: str | None) -> Document:
    read = {
        "type": reading.type,
        "category": habit or reading.category,
        "description": reading.description,
        "merchant": reading.merchant,
        "date": reading.day,
    }
    # What a person set before a retry stays; amount and currency belong together and are always read.
    outcome: Document = {name: value for name, value in read.items() if name not in document["edited"]}
    if day := outcome.pop("date", None):
        outcome.update(dated(day, document["timezone"]))
    outcome.update(status=Status.COMPLETED.value, failure=None, amount=reading.amount, currency=reading.currency)
    return {**outcome, **derived({**document, **outcome})}


def _wait_until_seen(document: Document) -> None:
    left = document["requested_at"] + VISIBLE_FOR - clock.now()
    # Not for as long as the clock may have been set back meanwhile.
    time.sleep(max(min(left, VISIBLE_FOR).total_seconds(), 0))
