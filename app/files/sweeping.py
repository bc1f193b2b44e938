"""Removing files that nothing refers to: of requests that died, of removals that were lost, of erased accounts."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bson import ObjectId

from app.core import clock, ownership
from app.extensions import redis
from app.files import blobs
from app.services import storage
from app.services.storage import StorageUnavailable, Stored

log = logging.getLogger(__name__)
CHECKPOINT = "files:sweep"  # the key that was looked at last; without it the sweep begins anew
BATCH = 500
ABANDONED_AFTER = timedelta(hours=1)  # far beyond any request that may still write the row
KEY = re.compile(r"([0-9a-f]{24})/([0-9a-f]{24})/\w+")


def sweep() -> None:
    """Look at the next BATCH of what is stored, after all of it from the beginning.

    Several at once look at the same batch: a file is as gone when it is removed twice.
    """
    if not ownership.has_accounts():
        log.warning("no file is swept: in a database without accounts all would be taken for abandoned")
        return
    try:
        found = storage.current().entries(str(redis.client.get(CHECKPOINT) or ""), BATCH)
        for owner, file_id in orphans(found):
            blobs.remove(owner, file_id)
            log.info("file %s/%s removed: nothing refers to it", owner, file_id)
    except StorageUnavailable:
        log.warning("files are swept again when the storage is back")
        return
    redis.client.set(CHECKPOINT, found[-1].key if found else "")


def orphans(entries: Iterable[Stored]) -> Iterator[tuple[ObjectId, ObjectId]]:
    """Owner and id of each file among these that is old enough and that no document refers to."""
    latest = clock.now() - ABANDONED_AFTER
    old: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    for key, stored_at in entries:
        if stored_at < latest and (match := KEY.fullmatch(key)):
            old[ObjectId(match[1])].add(ObjectId(match[2]))
    for owner, file_ids in old.items():
        in_use = ownership.files_in_use(owner, list(file_ids))
        yield from ((owner, file_id) for file_id in file_ids - in_use.keys())
