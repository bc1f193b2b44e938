"""Changing the key that files are sealed with."""

import logging
from dataclasses import dataclass

from app.files import blobs
from app.services import storage
from app.services.storage.sealing import Unopenable

log = logging.getLogger(__name__)
BATCH = 500


@dataclass
class Counts:
    """What was done with how many."""

    resealed: int = 0
    kept: int = 0
    unreadable: int = 0


def rotate() -> Counts:
    """Seal anew, one by one, what is not sealed with the first key; of the others only the first bytes are read.

    What lies there under keys that aren't ours is left alone.

    Raises:
        StorageUnavailable, PyMongoError: the storage can't be reached; what is done stays done.
    """
    counts, after = Counts(), ""
    while found := storage.current().entries(after, BATCH):
        for key, _ in found:
            if blobs.KEY.fullmatch(key):
                _count(counts, key)
        after = found[-1].key
    return counts


def _count(counts: Counts, key: str) -> None:
    try:
        resealed = blobs.reseal(key)
    except Unopenable as error:
        log.error("file %s can't be opened: %s", key, error)
        counts.unreadable += 1
        return
    counts.resealed += resealed
    counts.kept += not resealed
