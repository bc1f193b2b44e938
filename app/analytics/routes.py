"""Analytics over HTTP."""

from typing import Any

from flask import Blueprint, Response

from app.analytics import report_service, service, showing
from app.analytics.answers import BudgetVsActual, CategoryInsights, MonthlyReport, SpendingTrends, YearOverYear
from app.analytics.schemas import OneMonth, PeriodQuery, ReportQuery, TrendsQuery, YearQuery
from app.core import limits
from app.core.contract import contract
from app.core.identity import current_user
from app.utils import JSON

bp = Blueprint("Analytics", __name__, url_prefix="/api/analytics")
Document = dict[str, Any]
CHARTS = (JSON, showing.SVG, showing.PNG)


@bp.get("/spending-trends")
@contract(
    query=TrendsQuery, returns={200: SpendingTrends | bytes}, cached=True, limits=limits.EXPENSIVE, media_type=CHARTS
)
def show_spending_trends(query: TrendsQuery) -> Document | Response:
    """Spending by month.

    The latest months in your time zone, the current one last, and where spending is going. Refunds lower spending;
    amounts in other currencies than yours are left out and listed under `unconverted`, here and in all analytics. As
    figures or as a chart.
    """
    return showing.trends(service.spending_trends(current_user(), query), query.format)


@bp.get("/category-insights")
@contract(
    query=PeriodQuery, returns={200: CategoryInsights | bytes}, cached=True, limits=limits.EXPENSIVE, media_type=CHARTS
)
def show_category_insights(query: PeriodQuery) -> Document | Response:
    """Spending by category.

    From a day to another, both inclusive, against the period before. Without any the current month; with
    `start_date` alone up to today; with `end_date` alone from the first day of its month. At most five years. As
    figures or as a chart.
    """
    return showing.categories(service.category_insights(current_user(), query), query.format)


@bp.get("/monthly-reports")
@contract(
    query=ReportQuery,
    returns={200: MonthlyReport | bytes},
    cached=True,
    limits=limits.EXPENSIVE,
    media_type=(JSON, showing.PDF, showing.HTML),
)
def show_monthly_report(query: ReportQuery) -> Document | Response:
    """A month, all of it.

    Money in and out, categories, days, the largest expenses, budgets, and the month before. As figures, as a PDF with
    charts, or as HTML that can be mailed.
    """
    return showing.report(report_service.monthly_report(current_user(), query), query.format)


@bp.get("/year-over-year")
@contract(query=YearQuery, returns={200: YearOverYear}, cached=True, limits=limits.EXPENSIVE)
def show_year_over_year(query: YearQuery) -> Document:
    """A year beside the one before.

    Month by month; months to come are 0.
    """
    return service.year_over_year(current_user(), query)


@bp.get("/budget-vs-actual")
@contract(query=OneMonth, returns={200: BudgetVsActual}, cached=True, limits=limits.EXPENSIVE)
def show_budget_vs_actual(query: OneMonth) -> Document:
    """Budgets beside what was spent.

    Those of a month and the yearly ones that cover it, and what was spent in categories without one.
    """
    return service.budget_vs_actual(current_user(), query)
