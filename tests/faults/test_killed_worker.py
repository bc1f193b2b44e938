"""Workers killed at random moments while AI transactions flow: each is completed, exactly once."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pymongo
import pytest

from app.celery_utils import QUEUES
from app.transactions.entry import READING_LEASE
from dev.servers import Servers
from tests.faults.load import Visitor, sentence
from tests.processes import Api, Background, Worker, beat
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
SEED = 20260201
ENTRIES, KILLS, WORKERS = 200, 20, 4
LONGEST_PAUSE_SECONDS = 0.2
# After the lease, the next sweep and a reading; and as much again, as the machine may be busy.
SETTLED_SECONDS = 2 * (READING_LEASE.total_seconds() + 5 + 1.2)


def enter_and_kill(visitor: Visitor, workers: list[Worker]) -> dict[str, str]:
    """Enter sentences; after some of them kill one of the workers that are ready, and start it again: id → text."""
    chance, nobody = random.Random(SEED), Event()  # noqa: S311 -- to be repeatable, not to be secret
    moments = set(chance.sample(range(ENTRIES), KILLS))
    entered = {}
    for number in range(ENTRIES):
        answer = visitor.ask(sentence(number))
        assert answer.status == 202, answer
        entered[answer.data["_id"]] = answer.data["text"]
        nobody.wait(chance.uniform(0, LONGEST_PAUSE_SECONDS))
        if number in moments:
            victim = chance.choice(wait_until(lambda: [worker for worker in workers if worker.is_ready()], 60))
            victim.kill()
            victim.launch()
    return entered


def test_every_entry_is_completed_once(
    own_settings: dict[str, object],
    own_servers: Servers,
    directory: Path,
    keep: Callable[[Background], Background],
    record_property: Callable[[str, object], None],
) -> None:
    api = Api("api", own_settings, directory)
    keep(api)
    keep(beat(own_settings, directory))
    # All queues on each, so that the sweeps are hit too.
    workers = [Worker(f"worker-{number}", QUEUES, own_settings, directory) for number in range(WORKERS)]
    for worker in workers:
        keep(worker)
        worker.await_ready(worker.is_ready)
    api.await_ready(api.is_healthy)
    visitor = Visitor(api.address)

    entered = enter_and_kill(visitor, workers)
    last_kill = time.monotonic()
    with pymongo.MongoClient(own_servers.mongo_uri) as client:
        transactions = client.get_default_database().transactions
        left = {"status": "processing"}
        wait_until(lambda: transactions.count_documents(left) == 0, SETTLED_SECONDS, every=0.5)
        found = list(transactions.find({}))
    record_property("seconds from the last kill to the last completed", round(time.monotonic() - last_kill, 1))
    interrupted = sum(document["attempts"] > 1 for document in found)
    record_property("seed", SEED)
    record_property("kills", KILLS)
    record_property("entries", len(found))
    record_property("taken up more than once", interrupted)
    assert interrupted >= KILLS / 2, "the kills hit nothing"
    assert {str(document["_id"]): f"tea {document['amount'] // 100}" for document in found} == entered
    assert {document["status"] for document in found} == {"completed"}
    assert {document["revision"] for document in found} == {2}, "settled once"
