"""Celery wired to the app: context, queues, beat schedule, request ids, metrics.

The queue is not the source of truth: whatever a task is about is stored first, and a sweep
hands it out again when the message was lost.
"""

import logging
from collections.abc import Callable
from typing import Any

from bson import ObjectId
from celery import Celery, Task, signals
from flask import Flask
from kombu import Queue
from kombu.exceptions import OperationalError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.core import logs
from app.core.errors import Unavailable
from app.extensions import REDIS_TIMEOUT_SECONDS

log = logging.getLogger(__name__)
SWEEP_BATCH = 500
DEFAULT, MAIL, AI, OCR = "default", "mail", "ai", "ocr"
FORECASTS, BATCH = "forecasts", "batch"
QUEUES = (DEFAULT, MAIL, AI, OCR, FORECASTS, BATCH)
TASK_MODULES = (
    "app.auth.tasks",
    "app.transactions.tasks",
    "app.receipts.tasks",
    "app.ai.tasks",
    "app.files.tasks",
    "app.imports.tasks",
    "app.exports.tasks",
    "app.forecasting.tasks",
)
ROUTES = {  # all others go to the default queue
    "auth.send_reset_mail": {"queue": MAIL},
    "transactions.categorise": {"queue": AI},
    "receipts.extract": {"queue": OCR},
    "ai.summarise": {"queue": AI},
    "imports.run": {"queue": BATCH},
    "exports.account": {"queue": BATCH},
    "forecasting.compute": {"queue": FORECASTS},
}
BEAT_SCHEDULE = {
    "sweep-transactions": {"task": "transactions.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-receipts": {"task": "receipts.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "index-receipts": {"task": "receipts.index", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-summaries": {"task": "ai.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-exports": {"task": "exports.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-forecasts": {"task": "forecasting.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-erasures": {"task": "auth.sweep_erasures", "schedule": 60.0, "options": {"expires": 60}},
    "sweep-imports": {"task": "imports.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-files": {"task": "files.sweep", "schedule": 30.0, "options": {"expires": 30}},
}
BROKER_OPTIONS = {
    # A message of a killed worker comes back after this; sweeps are sooner. So does that of a task that runs longer:
    # it must leave alone what has a live lease.
    "visibility_timeout": 120,
    "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
    "socket_timeout": REDIS_TIMEOUT_SECONDS,  # no request waits longer for a broker that hangs
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
# A worker can do nothing without the broker: it rather waits for a slow one than connects again.
WORKERS_BROKER_OPTIONS = {**BROKER_OPTIONS, "socket_timeout": 5}
# A blink of MongoDB, Redis or the storage is waited out here; for anything longer the sweep hands the work out again.
STORE_RETRIES: dict[str, Any] = {
    "autoretry_for": (PyMongoError, RedisError, Unavailable),
    "retry_backoff": True,
    "retry_backoff_max": 8,
    "max_retries": 3,
}
CONFIGURATION: dict[str, Any] = {
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_publish_retry": False,
    "task_default_queue": DEFAULT,
    "task_routes": ROUTES,
    "task_queues": [Queue(name) for name in QUEUES],
    "task_create_missing_queues": False,
    "task_serializer": "json",
    "accept_content": ["json"],
    "imports": TASK_MODULES,
    "broker_transport": "app.core.broker:Transport",
    "broker_transport_options": BROKER_OPTIONS,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "beat_schedule": BEAT_SCHEDULE,
    "beat_max_loop_interval": 5,
    "beat_scheduler": "app.core.beat:Scheduler",
    "timezone": "UTC",
}


class ContextTask(Task):
    """A task that runs inside the app's context."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run with extensions at hand."""
        with self.app.flask_app.app_context():
            return self.run(*args, **kwargs)


def init_app(app: Flask) -> Celery:
    """The Celery app of a Flask app; also at `app.extensions["celery"]`."""
    celery = Celery(app.import_name, task_cls=ContextTask)
    celery.flask_app = app
    celery.conf.update(
        CONFIGURATION,
        broker_url=app.config["SETTINGS"].broker_url,
        result_backend=app.config["RESULT_BACKEND"] or None,
    )
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


def enqueue(task: Task, *arguments: str) -> bool:
    """Publish a task; False when the broker is down, in which case a sweep will publish it later."""
    try:
        task.apply_async(args=arguments)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("%s not queued: %s", task.name, type(error).__name__)
        return False
    return True


def hand_out_again(
    task: Task, take_over: Callable[[], dict[str, Any] | None], release: Callable[[ObjectId, ObjectId], None]
) -> None:
    """Publish a task for all that no worker settled before its lease ran out.

    Args:
        task: takes an owner's id and a document's id, as text.
        take_over: renews the lease of one such document and returns its `_id` and `user_id`; None when none is left.
        release: gives the lease of (owner, id) back, because the broker is down.
    """
    for _ in range(SWEEP_BATCH):
        document = take_over()
        if document is None:
            return
        owner, document_id = document["user_id"], document["_id"]
        if not enqueue(task, str(owner), str(document_id)):
            release(owner, document_id)
            return


@signals.before_task_publish.connect(weak=False, dispatch_uid="request_id")
def _carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers["request_id"] = logs.request_id.get()


@signals.task_prerun.connect(weak=False, dispatch_uid="request_id")
def _adopt_request_id(task: Task, **_: Any) -> None:
    logs.request_id.set(getattr(task.request, "request_id", None) or "-")


@signals.setup_logging.connect(weak=False, dispatch_uid="logs")
def _keep_our_logging(**_: Any) -> None:
    """Connected so that Celery leaves the root logger as the app configured it."""
