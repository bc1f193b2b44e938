"""Background work on transactions; every task may run twice or die half-way."""

from bson import ObjectId
from celery import shared_task

from app.celery_utils import STORE_RETRIES, hand_out_again
from app.transactions import categorising, repository
from app.transactions.entry import READING_LEASE


@shared_task(name="transactions.categorise", **STORE_RETRIES)
def categorise(owner: str, transaction_id: str) -> None:
    """Read amount, category and description out of a transaction's text."""
    categorising.categorise(ObjectId(owner), ObjectId(transaction_id))


@shared_task(name="transactions.sweep")
def sweep() -> None:
    """Hand out again what no worker settled: lost messages, killed workers."""
    hand_out_again(categorise, lambda: repository.sweep_abandoned(READING_LEASE), repository.release)
