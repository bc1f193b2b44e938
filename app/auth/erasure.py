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


def erase_remains(owner: ObjectId) -> bool:
    """Delete what an erased account owned and end its sessions; doing it again changes nothing.

    False while the storage of its files is down: they are erased with the next sweep.
    """
    ownership.erase(owner)
    sessions.end_all(owner)
    freshness.forget(owner)
    return files.erase(owner)


def sweep() -> None:
    """Delete again what stragglers wrote, and forget accounts of which nothing is left and nothing can come any more.

    Nobody else erases their files: of accounts that were forgotten they would stay.
    """
    for owner, erased_at in repository.sweep_tombstones():
        try:
            is_erased = erase_remains(owner)
        except (PyMongoError, RedisError):  # the others get their turn, this one its next
            log.exception("what is left of account %s could not be erased", owner)
            continue
        if is_erased and erased_at < clock.now() - LAST_STRAGGLER:
            repository.sweep_tombstone(owner)
