"""Insights over HTTP."""

from typing import Any

from flask import Blueprint

from app.core.contract import contract
from app.core.identity import current_user
from app.insights import service
from app.insights.answers import SpendingPatterns

bp = Blueprint("Insights", __name__, url_prefix="/api/insights")
Document = dict[str, Any]


@bp.get("/spending-patterns")
@contract(returns={200: SpendingPatterns}, cached=True)
def show_spending_patterns() -> Document:
    """Patterns in spending.

    By day of the week, of the month and by month; what stands out, where each category is going, and what recurs. From
    the latest three years. Amounts in other currencies than yours are left out and listed under `unconverted`.
    """
    return service.spending_patterns(current_user())
