"""Background work on receipts; every task may run twice or die half-way."""

from bson import ObjectId
from celery import Task, shared_task

from app.celery_utils import STORE_RETRIES, hand_out_again
from app.receipts import entry, extracting, indexing, repository


@shared_task(name="receipts.extract", bind=True, **STORE_RETRIES)
def extract(task: Task, owner: str, receipt_id: str) -> None:
    """Read what a receipt's file says."""
    extracting.extract(ObjectId(owner), ObjectId(receipt_id), str(task.request.id))


@shared_task(name="receipts.sweep")
def sweep() -> None:
    """Hand out again what no worker settled: lost messages, killed workers."""
    hand_out_again(extract, lambda: repository.sweep_abandoned(entry.LEASE), repository.release)


@shared_task(name="receipts.index")
def index() -> None:
    """Hand completed receipts to the retrieval service, and withdraw those that are gone."""
    indexing.sweep()
