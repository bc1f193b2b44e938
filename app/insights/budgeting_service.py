"""Budgets recommended for the month to come: the history, the income and the goal put together."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from app.budgets import service as budgets
from app.core import clock
from app.core.money import to_number
from app.core.pages import MonthQuery
from app.insights import recommending
from app.insights.recommending import History, Recommendation
from app.insights.schemas import RecommendationQuery
from app.models.transactions import Kind
from app.models.users import User
from app.transactions import spending_service, sums_service
from app.transactions.sums_service import Sum

Document = dict[str, Any]
MOST_MONTHS = 36
INCOME_MONTHS = 6  # whose median stands for an income that the profile doesn't tell


def recommend(user: User, query: RecommendationQuery) -> Document:
    """Limits for the month after the running one, that together leave the share of the income that is to be saved."""
    currency, today = user["currency"], clock.today(user["timezone"])
    everything = sums_service.sums(user["_id"], clock.months_after(today, -MOST_MONTHS), today)
    own = [part for part in everything if part.currency == currency]
    income = user["income"] or _earned(own, clock.month_text(today))
    goal = Decimal(repr(query.savings_goal_pct))
    # Rounded down: never more than its share.
    available = int(income * (100 - goal) / 100) if income else None
    made = recommending.recommend(_histories(own, today), available, goal, currency)
    current = {
        budget.category: budget.limit
        for budget in budgets.find(user, MonthQuery(month=today.month, year=today.year))
        if budget.month
    }
    return {
        "month": clock.month_text(clock.months_after(today, 1)),
        "income": to_number(income, currency),
        "currency": currency,
        "savings_goal_pct": query.savings_goal_pct,
        "savings_target": None if available is None else to_number(income - available, currency),
        "recommendations": [{**_shown(one, currency), "current_limit": current.get(one.category)} for one in made],
        "total_suggested": to_number(sum(one.suggested_limit for one in made), currency),
        "unconverted": spending_service.unconverted(everything, currency),
    }


def _shown(one: Recommendation, currency: str) -> Document:
    return {
        "category": one.category,
        "suggested_limit": to_number(one.suggested_limit, currency),
        "average_spend": to_number(one.average_spend, currency),
        "rationale": one.rationale,
    }


def _earned(parts: list[Sum], running: str) -> int:
    """The usual income of the latest complete months that had one, in minor units; 0 without any."""
    by_month: dict[str, int] = defaultdict(int)
    for part in parts:
        if part.type == Kind.INCOME and part.month < running:
            by_month[part.month] += part.total
    latest = [by_month[month] for month in sorted(by_month)[-INCOME_MONTHS:]]
    return int(median(latest)) if latest else 0


def _histories(parts: list[Sum], today: date) -> dict[str, History]:
    """Spending of the complete months from the first one with any; of the running month, if there is no other."""
    running = clock.month_text(today)
    spending = [part for part in parts if part.type != Kind.INCOME]
    spent: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for part in spending:
        spent[part.category][part.month] += part.spend
    first = min((part.month for part in spending), default=running)
    days = [clock.months_after(today, step) for step in range(-MOST_MONTHS, 0)]
    months = [month for day in days if (month := clock.month_text(day)) >= first] or [running]
    return {
        category: History(tuple(by_month[month] for month in months), int(months[-1][-2:]))
        for category, by_month in spent.items()
    }
