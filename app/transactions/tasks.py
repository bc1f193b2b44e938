"""Background work on transactions; every task may run twice or die half-way."""

from bson import ObjectId
from celery import shared_task

from app import celery_utils
from app.core import clock
from app.transactions import categorising, repository
from app.transactions.entry import READING_LEASE

SWEEP_BATCH = 500


@shared_task(name="transactions.categorise")
def categorise(owner: str, transaction_id: str) -> None:
    """Read amount, category and description out of a transaction's text."""
    categorising.categorise(ObjectId(owner), ObjectId(transaction_id))


@shared_task(name="transactions.sweep")
def sweep() -> None:
    """Hand out again what no worker settled: lost messages, killed workers."""
    for _ in range(SWEEP_BATCH):
        now = clock.now()
        document = repository.sweep_abandoned(now, now + READING_LEASE)
        if document is None:
            return
        owner, transaction_id = document["user_id"], document["_id"]
        if not celery_utils.enqueue(categorise, str(owner), str(transaction_id)):
            repository.release(owner, transaction_id, now)
            return
