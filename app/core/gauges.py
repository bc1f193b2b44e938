"""The state of what all processes share, read at each scrape: MongoDB, Redis, queues, AI entries, receipts, backups.

Every API process tells the same, so these are compared by `max` or `min`, never summed.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from flask import current_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.celery_utils import QUEUES
from app.core import clock
from app.core.outage import mongodb_answers, redis_answers
from app.core.records import FAULTS
from app.extensions import mongo, redis, redis_options
from app.models.transactions import RECEIPT, Status

log = logging.getLogger(__name__)
BACKUP_KEY, ENTRIES_KEY = "metrics:backup", "metrics:entries"
# The ones whose lease ends first: with more than these waiting, the age is that of nearly the oldest.
MOST_LOOKED_AT = 1000
Metrics = Iterator[Metric]


def count_entry(outcome: str) -> None:
    """Count an AI entry that was settled: completed, or the code of its failure."""
    try:
        redis.client.hincrby(ENTRIES_KEY, outcome, 1)
    except RedisError:
        log.warning("an entry was not counted: Redis is down")


def note_backup() -> None:
    """Remember when the last backup was completed; without Redis it is forgotten, and missed."""
    try:
        redis.client.set(BACKUP_KEY, int(clock.now().timestamp()))
    except RedisError:
        log.warning("the time of the backup was not kept: Redis is down")


class StateCollector(Collector):
    """Gauges for Prometheus; of a part that is down all but that."""

    def describe(self) -> Iterable[Any]:
        """None beforehand: registering asks no server."""
        return []

    def collect(self) -> Iterable[Any]:
        """Ask the parts that answer."""
        up = GaugeMetricFamily("finsight_dependency_up", "1 if it answers, else 0.", labels=["dependency"])
        answering = {"mongodb": mongodb_answers(), "redis": redis_answers()}
        for name, answers in answering.items():
            up.add_metric([name], float(answers))
        yield up
        if answering["mongodb"]:
            yield from _unless_down(_of_mongodb)
        if answering["redis"]:
            yield from _unless_down(_of_redis)


def _unless_down(read: Callable[[], Metrics]) -> list[Metric]:
    try:
        return list(read())
    except (PyMongoError, RedisError, *FAULTS) as error:
        log.warning("metrics left out: %s", type(error).__name__)
        return []


def _of_mongodb() -> Metrics:
    stored = mongo.db.command("dbStats")
    disk = GaugeMetricFamily("finsight_mongodb_disk_bytes", "The disk MongoDB is on.", labels=["kind"])
    disk.add_metric(["used"], stored["fsUsedSize"])
    disk.add_metric(["total"], stored["fsTotalSize"])
    yield disk
    sentences, receipts = _oldest("ai"), _oldest(RECEIPT)
    yield GaugeMetricFamily("finsight_processing_oldest_seconds", "Age of the oldest unread AI entry.", value=sentences)
    yield GaugeMetricFamily("finsight_receipts_oldest_seconds", "Age of the oldest unread receipt.", value=receipts)


def _oldest(source: str) -> float:
    """For how many seconds the oldest that is still to be read has waited; 0 if none does."""
    # A sweep that hands an entry out again leaves `updated_at` alone.
    unread = {"status": Status.PROCESSING.value, "source": source}
    waiting = mongo.db.transactions.find(unread, {"updated_at": 1}, hint="processing")
    looked_at = [entry.get("updated_at") for entry in waiting.sort("lease_until").limit(MOST_LOOKED_AT)]
    since = [moment for moment in looked_at if isinstance(moment, datetime)]  # or it is damaged
    return (clock.now() - min(since)).total_seconds() if since else 0


def _of_redis() -> Metrics:
    used = redis.client.info("memory")
    memory = GaugeMetricFamily("finsight_redis_memory_bytes", "Memory of Redis; max 0: no limit.", labels=["kind"])
    memory.add_metric(["used"], used["used_memory"])  # type: ignore[index]
    memory.add_metric(["max"], used["maxmemory"])  # type: ignore[index]
    yield memory
    if (moment := redis.client.get(BACKUP_KEY)) is not None:
        when = float(moment)  # type: ignore[arg-type]
        yield GaugeMetricFamily("finsight_backup_completed_timestamp_seconds", "The last backup.", value=when)
    entries = CounterMetricFamily("finsight_entries", "AI entries that were settled.", labels=["outcome"])
    counts: dict[str, str] = redis.client.hgetall(ENTRIES_KEY)  # type: ignore[assignment]
    for outcome, count in counts.items():
        entries.add_metric([outcome], float(count))
    yield entries
    yield from _of_queues()


def _of_queues() -> Metrics:
    length = GaugeMetricFamily("finsight_queue_length", "Messages no worker has taken.", labels=["queue"])
    with closing(Redis.from_url(current_app.config["SETTINGS"].broker_url, **redis_options())) as broker:
        for queue in QUEUES:
            length.add_metric([queue], float(broker.llen(queue)))  # type: ignore[arg-type]
    yield length
