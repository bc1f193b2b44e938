"""The Celery app: `celery -A celery_worker.celery worker` and `celery -A celery_worker.celery beat`."""

from app import create_app
from app.celery_utils import WORKERS_BROKER_OPTIONS
from app.core import metrics

celery = create_app().extensions["celery"]
celery.conf.broker_transport_options = WORKERS_BROKER_OPTIONS
metrics.count_tasks()
