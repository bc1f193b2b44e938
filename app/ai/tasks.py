"""Background work on summaries; every task may run twice or die half-way."""

from datetime import timedelta

from bson import ObjectId
from celery import shared_task

from app.ai import repository, summarising
from app.celery_utils import STORE_RETRIES, hand_out_again
from app.core import clock

LEASE = timedelta(seconds=25)


@shared_task(name="ai.summarise", **STORE_RETRIES)
def summarise(owner: str, summary_id: str) -> None:
    """Write a summary of the owner's last 30 days."""
    summarising.summarise(ObjectId(owner), ObjectId(summary_id), clock.now() + LEASE)


@shared_task(name="ai.sweep")
def sweep() -> None:
    """Hand out again the summaries no worker settled."""
    hand_out_again(summarise, lambda: repository.sweep_abandoned(LEASE), repository.release)
