"""Background work on exports; every task may run twice or die half-way."""

from bson import ObjectId
from celery import Task, shared_task

from app.celery_utils import STORE_RETRIES, hand_out_again
from app.exports import making, repository


@shared_task(name="exports.account", bind=True, **STORE_RETRIES)
def account(task: Task, owner: str, export_id: str) -> None:
    """Make the ZIP of everything there is about somebody."""
    making.make(ObjectId(owner), ObjectId(export_id), str(task.request.id))


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Hand out again what no worker settled: lost messages, killed workers."""
    hand_out_again(account, lambda: repository.sweep_abandoned(making.LEASE), repository.release)
