"""The Celery app: `celery -A celery_worker.celery worker` and `celery -A celery_worker.celery beat`."""

from app import create_app
from app.core import metrics

celery = create_app().extensions["celery"]
metrics.count_tasks()
