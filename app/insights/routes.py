"""Insights over HTTP."""

from typing import Any

from flask import Blueprint

from app.core import limits
from app.core.contract import contract
from app.core.identity import current_user
from app.insights import budgeting_service, service
from app.insights.answers import BudgetRecommendations, SpendingPatterns
from app.insights.schemas import RecommendationQuery

bp = Blueprint("Insights", __name__, url_prefix="/api/insights")
Document = dict[str, Any]


@bp.get("/spending-patterns")
@contract(returns={200: SpendingPatterns}, cached=True, limits=limits.EXPENSIVE)
def show_spending_patterns() -> Document:
    """Patterns in spending.

    By day of the week, of the month and by month; what stands out, where each category is going, and what recurs. From
    the latest three years. Amounts in other currencies than yours are left out and listed under `unconverted`.
    """
    return service.spending_patterns(current_user())


@bp.get("/budget-recommendations")
@contract(query=RecommendationQuery, returns={200: BudgetRecommendations}, cached=True, limits=limits.EXPENSIVE)
def show_budget_recommendations(query: RecommendationQuery) -> Document:
    """What to budget for the month to come.

    A limit for each category you spend in, from up to three years of history. All together they leave
    `savings_goal_pct` of your income: the profile's, or else what you usually record as income in a month. `rationale`
    says how each number came about.
    """
    return budgeting_service.recommend(current_user(), query)
