"""Removing files that nothing refers to: of requests that died, of removals that were lost.

Only those of accounts that this database knows. Files of others may belong to another installation, or to accounts
that were lost with a database and come back with its backup.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from bson import ObjectId

from app.core import clock, ownership
from app.extensions import redis
from app.files import blobs
from app.services import storage
from app.services.storage import StorageUnavailable, Stored

log = logging.getLogger(__name__)
CHECKPOINT = "files:sweep"  # the key that was looked at last; without it the sweep begins anew
STRANGERS = "files:strangers"  # how many files of unknown accounts it has come by since it began
TOLD = "files:strangers:told"
TOLD_AGAIN_AFTER = timedelta(days=1)
BATCH = 500
ABANDONED_AFTER = timedelta(hours=1)  # far beyond any request that may still write the row


def sweep() -> None:
    """Look at the next BATCH of what is stored, after all of it from the beginning.

    Several at once look at the same batch: a file is as gone when it is removed twice.
    """
    try:
        found = storage.current().entries(str(redis.client.get(CHECKPOINT) or ""), BATCH)
        strangers = _remove_abandoned(found)
    except StorageUnavailable:
        log.warning("files are swept again when the storage is back")
        return
    redis.client.set(CHECKPOINT, found[-1].key if found else "")
    redis.client.incrby(STRANGERS, strangers)
    if not found:
        _tell_of_strangers()


def _remove_abandoned(entries: Iterable[Stored]) -> int:
    """Remove those that are old enough and that no document of their owner refers to; how many have unknown owners."""
    latest = clock.now() - ABANDONED_AFTER
    old: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    for key, stored_at in entries:
        if stored_at < latest and (match := blobs.KEY.fullmatch(key)):
            old[ObjectId(match[1])].add(ObjectId(match[2]))
    known = ownership.known(list(old))
    for owner in known:
        for file_id in old[owner] - ownership.files_in_use(owner, list(old[owner])).keys():
            blobs.remove(owner, file_id)
            log.info("file %s/%s removed: nothing refers to it", owner, file_id)
    return sum(len(file_ids) for owner, file_ids in old.items() if owner not in known)


def _tell_of_strangers() -> None:
    """Once a day, so that an operator may find out whose they are."""
    strangers = int(str(redis.client.getdel(STRANGERS) or 0))
    if strangers and redis.client.set(TOLD, 1, nx=True, ex=TOLD_AGAIN_AFTER):
        log.warning("%d files are left alone: their accounts are not in this database", strangers)
