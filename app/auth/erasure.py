"""Erasing an account: nothing of it stays, whatever was under way at that moment."""

import logging
from datetime import timedelta

from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.auth import repository, sessions
from app.core import clock, freshness, ownership
from app.files import service as files

log = logging.getLogger(__name__)
# Longer than any request or task that may still have had the account in hand.
LAST_STRAGGLER = timedelta(minutes=10)


def erase_remains(owner: ObjectId) -> None:
    """Delete what an erased account owned and end its sessions; doing it again changes nothing."""
    ownership.erase(owner)
    sessions.end_all(owner)
    freshness.forget(owner)
    files.erase(owner)


def sweep() -> None:
    """Delete again what stragglers wrote, and forget accounts of which nothing can come any more."""
    for owner, erased_at in repository.sweep_tombstones():
        try:
            erase_remains(owner)
        except (PyMongoError, RedisError):  # the others get their turn, this one its next
            log.exception("what is left of account %s could not be erased", owner)
            continue
        if erased_at < clock.now() - LAST_STRAGGLER:
            repository.sweep_tombstone(owner)
