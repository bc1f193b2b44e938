"""AI insights over HTTP."""

from typing import Any

from bson import ObjectId
from flask import Blueprint

from app.ai import service
from app.ai.schemas import SummaryRequested, SummaryResult
from app.core.contract import contract
from app.core.errors import RateLimited
from app.core.identity import current_user

bp = Blueprint("AI insights", __name__, url_prefix="/api/ai")


@bp.post("/summary")
@contract(returns={202: SummaryRequested}, raises=(RateLimited,), idempotent=True)
def request_summary() -> dict[str, Any]:
    """Ask for a summary of the last 30 days.

    It is written in the background: poll `/ai/summary/result/{task_id}`. One at a time for each user.
    """
    return service.request(current_user())


@bp.get("/summary/result/<task_id>")
@contract(returns={200: SummaryResult})
def get_summary(task_id: ObjectId) -> dict[str, Any]:
    """Read a summary.

    `pending` and `processing` until it is `completed` with the summary and its figures, or `failed`.
    Readable for a day.
    """
    return service.result(current_user(), task_id)
