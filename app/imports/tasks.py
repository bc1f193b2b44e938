"""Background work on imports; every task may run twice or die half-way."""

from bson import ObjectId
from celery import shared_task

from app.celery_utils import STORE_RETRIES, enqueue, hand_out_again
from app.imports import repository


@shared_task(name="imports.run", **STORE_RETRIES)
def run(owner: str, import_id: str) -> None:
    """Go on with an import, or with taking one back; then the owner's next one gets its turn."""
    from app.imports import working  # noqa: PLC0415 -- the readers and the vocabulary load where they are needed

    if not working.work(ObjectId(owner), ObjectId(import_id)):
        return
    following = repository.next_waiting(ObjectId(owner))
    if following and not enqueue(run, owner, str(following["_id"])):
        repository.release(ObjectId(owner), following["_id"])


@shared_task(name="imports.sweep")
def sweep() -> None:
    """Hand out again what no worker settled: lost messages, killed workers and requests."""
    hand_out_again(run, repository.sweep_abandoned, repository.release)
