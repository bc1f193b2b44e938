"""Background work on summaries; every task may run twice or die half-way."""

from datetime import timedelta

from bson import ObjectId
from celery import shared_task

from app import celery_utils
from app.ai import repository, summarising
from app.core import clock

LEASE = timedelta(seconds=45)
SWEEP_BATCH = 200


@shared_task(name="ai.summarise")
def summarise(owner: str, summary_id: str) -> None:
    """Write a summary of the owner's last 30 days."""
    summarising.summarise(ObjectId(owner), ObjectId(summary_id), clock.now() + LEASE)


@shared_task(name="ai.sweep")
def sweep() -> None:
    """Hand out again the summaries no worker settled."""
    for _ in range(SWEEP_BATCH):
        now = clock.now()
        document = repository.sweep_abandoned(now, now + LEASE)
        if document is None:
            return
        if not celery_utils.enqueue(summarise, str(document["user_id"]), str(document["_id"])):
            repository.release(document["user_id"], document["_id"])
            return
