"""Background work on forecasts; every task may run twice or die half-way."""

from bson import ObjectId
from celery import Task, shared_task

from app.celery_utils import STORE_RETRIES, hand_out_again
from app.forecasting import computing, repository


@shared_task(name="forecasting.compute", bind=True, **STORE_RETRIES)
def compute(task: Task, owner: str, forecast_id: str) -> None:
    """Forecast a history of spending."""
    computing.compute(ObjectId(owner), ObjectId(forecast_id), str(task.request.id))


@shared_task(name="forecasting.sweep")
def sweep() -> None:
    """Hand out again the forecasts no worker settled."""
    hand_out_again(compute, lambda: repository.sweep_abandoned(computing.LEASE), repository.release)
