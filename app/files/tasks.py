"""Background work on files; doing it twice changes nothing."""

from bson import ObjectId
from celery import shared_task

from app.celery_utils import STORE_RETRIES
from app.core import ownership
from app.files import blobs, sweeping


@shared_task(name="files.remove", **STORE_RETRIES)
def remove(owner: str, file_id: str) -> None:
    """Remove a file that no row refers to any more."""
    whose, file = ObjectId(owner), ObjectId(file_id)
    if not ownership.files_in_use(whose, [file]):
        blobs.remove(whose, file)


@shared_task(name="files.sweep")
def sweep() -> None:
    """Remove files that nothing refers to."""
    sweeping.sweep()
