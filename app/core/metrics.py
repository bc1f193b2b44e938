"""Prometheus metrics: HTTP per process (merged over gunicorn's workers), tasks through Redis.

Workers may run on other machines, so they count in Redis, where any API process can read it.
"""

import logging
import os
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

from celery import signals
from prometheus_client import REGISTRY as PROCESS_REGISTRY
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from app.core.gauges import StateCollector
from app.extensions import redis

log = logging.getLogger(__name__)
LABELS = ("route", "method", "status")
REQUESTS = Counter("finsight_http_requests", "HTTP requests answered.", LABELS)
LATENCY = Histogram("finsight_http_request_duration_seconds", "Time to answer an HTTP request.", LABELS)
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TASKS_KEY = "metrics:tasks"
TASK_BUCKETS = (0.05, 0.25, 1.0, 5.0, 10.0, 30.0, 60.0)


def observe(route: str, method: str, status: str, seconds: float) -> None:
    """Count an answer under its route template, never under the path a client chose."""
    requests, latency = _of(route, method if method in KNOWN_METHODS else "other", status)
    requests.inc()
    latency.observe(seconds)


@cache
def _of(*labels: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(*labels), LATENCY.labels(*labels)


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = PROCESS_REGISTRY
    return generate_latest(registry) + generate_latest(_SharedRegistry())


class _SharedRegistry(CollectorRegistry):
    def __init__(self) -> None:
        super().__init__()
        self.register(_TaskCollector())
        self.register(StateCollector())


class _TaskCollector(Collector):
    """What the workers counted: {"name|state": n, "name|le|bucket": n, "name|sum": seconds}."""

    def describe(self) -> Iterable[Any]:
        return []

    def collect(self) -> Iterable[Any]:
        try:
            counts: dict[str, str] = redis.client.hgetall(TASKS_KEY)  # type: ignore[assignment]
        except RedisError:
            log.warning("task metrics left out: Redis is down")
            return
        total = CounterMetricFamily("finsight_tasks", "Tasks that ended.", labels=["task", "state"])
        duration = HistogramMetricFamily("finsight_task_duration_seconds", "Time a task ran.", labels=["task"])
        for name in sorted({key.split("|")[0] for key in counts}):
            for key in sorted(key for key in counts if key.startswith(f"{name}|state|")):
                total.add_metric([name, key.split("|")[2]], float(counts[key]))
            buckets = [(str(edge), float(counts.get(f"{name}|le|{edge}", 0))) for edge in (*TASK_BUCKETS, "+Inf")]
            duration.add_metric([name], buckets, float(counts.get(f"{name}|sum", 0)))
        yield total
        yield duration


def _task_started(task: Any = None, **_: Any) -> None:
    task.request.started = time.perf_counter()


def _task_ended(task: Any = None, state: str = "", **_: Any) -> None:
    elapsed = time.perf_counter() - getattr(task.request, "started", time.perf_counter())
    try:
        with redis.client.pipeline(transaction=False) as pipe:
            pipe.hincrby(TASKS_KEY, f"{task.name}|state|{(state or 'unknown').lower()}", 1)
            pipe.hincrbyfloat(TASKS_KEY, f"{task.name}|sum", elapsed)
            for edge in TASK_BUCKETS:
                if elapsed <= edge:
                    pipe.hincrby(TASKS_KEY, f"{task.name}|le|{edge}", 1)
            pipe.hincrby(TASKS_KEY, f"{task.name}|le|+Inf", 1)
            pipe.execute()
    except RedisError:
        log.warning("a task was not counted: Redis is down")


def count_tasks() -> None:
    """Count every task this worker process runs."""
    signals.task_prerun.connect(_task_started, weak=False, dispatch_uid="metrics")
    signals.task_postrun.connect(_task_ended, weak=False, dispatch_uid="metrics")
