"""The Celery app: `celery -A celery_worker.celery worker` and `celery -A celery_worker.celery beat`."""

import os
from typing import Any

from celery import signals

from app import create_app
from app.celery_utils import WORKERS_BROKER_OPTIONS
from app.core import metrics

GIVING_WAY = 10
celery = create_app().extensions["celery"]
celery.conf.broker_transport_options = WORKERS_BROKER_OPTIONS
metrics.count_tasks()


@signals.worker_process_init.connect(weak=False)
def _give_way(**_: Any) -> None:
    """Only the workers `ocr` and `batch` have processes of their own: these compute, and the API goes first."""
    os.nice(GIVING_WAY)
