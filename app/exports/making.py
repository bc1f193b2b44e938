"""Making the ZIP of an account: begun anew by whoever takes it up, given up after a few attempts."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError

from app.auth import service as accounts
from app.core import clock
from app.core.errors import Unavailable, is_outage
from app.exports import archiving, repository
from app.files import large_service
from app.files import service as files

log = logging.getLogger(__name__)
Document = dict[str, Any]
LEASE = timedelta(seconds=60)
RENEWED_AFTER = timedelta(seconds=10)
KEPT = timedelta(hours=1)
MOST_ATTEMPTS = 3
NAME = "finsight-account.zip"


class Lost(Exception):
    """Somebody else has it now, or the account is gone."""


class _Hold:
    """A worker's hold on an export; kept by calling it every now and then."""

    def __init__(self, owner: ObjectId, export_id: ObjectId, worker: str) -> None:
        self._whose = owner, export_id, worker
        self._renewed: datetime | None = None

    def __call__(self, **changes: object) -> None:
        """Renew the lease if it is time for that, or something is to be noted.

        Raises:
            Lost: there is no lease to renew.
        """
        moment = clock.now()
        if changes or self._renewed is None or moment - self._renewed > RENEWED_AFTER:
            if not repository.renew(*self._whose, {**changes, "lease_until": moment + LEASE}):
                raise Lost
            self._renewed = moment


def make(owner: ObjectId, export_id: ObjectId, worker: str) -> None:
    """Make the ZIP, unless another worker is about it.

    Raises:
        PyMongoError, RedisError, Unavailable: a part can't be reached: it waits, and the attempt is not counted.
    """
    taken = repository.take_up(owner, export_id, worker, clock.now() + LEASE)
    if taken is None:
        return
    try:
        _make(taken, worker)
    except Lost:
        log.warning("the export of account %s was taken over, or its account is gone", owner)
    except Exception as error:
        if isinstance(error, Unavailable) or is_outage(error):
            with suppress(PyMongoError):
                repository.put_back(owner, export_id, worker, clock.now() + LEASE)
            raise
        log.exception("the export of account %s could not be made", owner)
        repository.release(owner, export_id)


def _make(taken: Document, worker: str) -> None:
    owner, export_id = taken["user_id"], taken["_id"]
    if taken["file"]:  # of a worker that died
        files.remove(owner, taken["file"]["_id"])
    if taken["attempts"] > MOST_ATTEMPTS:
        repository.settle(owner, export_id, worker, {"status": "failed", "file": None})
        return
    user = accounts.find(owner)
    if user is None:
        raise Lost
    hold = _Hold(owner, export_id, worker)
    with large_service.writing(owner, NAME) as target:
        # Before its first part is stored: the sweep takes parts for abandoned ones that no row refers to.
        hold(file={"_id": target.file_id})
        archiving.write(target, user, hold)
        outcome = {"status": "completed", "file": target.finish(), "expires_at": clock.now() + KEPT}
        if not repository.settle(owner, export_id, worker, outcome):
            raise Lost
