"""What insights answer; amounts in `currency`, the profile's. Wherever expenses are added up, refunds lower the sum."""

from datetime import date
from typing import Literal

from pydantic import Field
from pydantic.config import JsonDict

from app.core.types import Category, Currency, Id, MoneyOut, Out
from app.transactions.record_service import Unconverted

INDEX = "Spending on such a day against the average day: 1 is as much; null where nothing was spent on the whole."
EXAMPLE: JsonDict = {
    "currency": "INR",
    "period": {"start_date": "2025-02-03", "end_date": "2026-02-01", "transaction_count": 912},
    "weekday": [
        {"name": "Monday", "total": 52100.5, "average": 434.17, "count": 120, "days": 52, "index": 0.81},
    ],
    "day_of_month": [{"day": 1, "total": 184000, "average": 5750, "count": 32, "days": 12, "index": 4.9}],
    "seasonal": [{"month": 1, "name": "January", "average": 38250.5, "index": 1.04, "years": 1}],
    "anomalies": [
        {
            "transaction_id": "65c1f0a2b7e4d93f5a1c2e70",
            "date": "2026-01-17",
            "amount": 12400,
            "expected": 1987.5,
            "score": 5.31,
            "reason": "₹12,400 at Big Bazaar is 6 times what you usually pay there (about ₹2,000).",
            "kind": "payee",
            "category": "Groceries",
            "merchant": "Big Bazaar",
            "description": "Groceries from Big Bazaar",
        }
    ],
    "trends": [
        {"category": "Groceries", "direction": "up", "slope_per_month": 210.5, "confidence": 0.97, "months": 12}
    ],
    "recurring": [
        {
            "merchant": "Netflix",
            "category": "Entertainment",
            "amount": 649,
            "cadence": "monthly",
            "last_date": "2026-01-15",
            "next_date": "2026-02-15",
            "confidence": 0.99,
            "payments": 12,
            "missed": 0,
            "price_rise": {"before": 499, "after": 649, "since": "2025-09-15"},
        }
    ],
    "unconverted": [],
}


RECOMMENDED: JsonDict = {
    "month": "2026-03",
    "income": 85000,
    "currency": "INR",
    "savings_goal_pct": 20,
    "savings_target": 17000,
    "recommendations": [
        {
            "category": "Groceries",
            "suggested_limit": 9200,
            "current_limit": 8000,
            "average_spend": 8630.25,
            "rationale": "In the last 6 months you spent ₹7,900 to ₹9,850, usually about ₹8,500; "
            "three of four months stay within ₹9,140.",
        }
    ],
    "total_suggested": 9200,
    "unconverted": [],
}


class Period(Out):
    """What the patterns rest on: what counts of the latest three years, the latest 100,000 if it is more."""

    start_date: date | None = Field(description="Local day of the first transaction; null if there is none.")
    end_date: date | None
    transaction_count: int


class Rhythm(Out):
    """Spending on one kind of day."""

    total: MoneyOut
    average: MoneyOut = Field(description="`total` by `count`; 0 without any.")
    count: int = Field(description="Expenses and refunds.")
    days: int = Field(description="How many such days there were in the period.")
    index: float | None = Field(description=INDEX)


class Weekday(Rhythm):
    """Spending on a day of the week."""

    name: str


class DayOfMonth(Rhythm):
    """Spending on a day of the month."""

    day: int


class Season(Out):
    """Spending in a calendar month, by months that are over."""

    month: int
    name: str
    average: MoneyOut | None = Field(description="Of one such month; null where none is over yet.")
    index: float | None = Field(
        description="Against the average month: 1 is as much; null where it isn't known, or fewer than six are."
    )
    years: int = Field(description="How many such months it rests on.")


class AnomalyOut(Out):
    """An expense that stands out."""

    transaction_id: Id
    date: date
    amount: MoneyOut
    expected: MoneyOut = Field(description="The median of what it is compared with; 0 for what was paid twice.")
    score: float = Field(description="How unusual it is, as standard deviations of a normal distribution.")
    reason: str
    kind: Literal["price", "payee", "category", "everything", "twice"] = Field(
        description="What it is compared with: an agreed price, what is usual at the payee, in the category, or on the "
        "whole; or it was paid twice."
    )
    category: Category
    merchant: str | None
    description: str


class TrendOut(Out):
    """Where spending in a category is going."""

    category: Category
    direction: Literal["up", "down", "flat"] = Field(
        description="flat unless the slope is at least 2 % of the average month, and at least three quarters of all "
        "pairs of months differ its way."
    )
    slope_per_month: MoneyOut = Field(description="Theil–Sen: the median of the slopes between all pairs of months.")
    confidence: float = Field(description="That it rises or falls at all: 1 minus the p-value of Mann–Kendall's test.")
    months: int = Field(description="How many months it rests on: those that are over, at most 24.")


class PriceRiseOut(Out):
    """A price that rose."""

    before: MoneyOut
    after: MoneyOut
    since: str = Field(description="The day it was first paid.")


class RecurringOut(Out):
    """A payment that comes again."""

    merchant: str
    category: Category
    amount: MoneyOut = Field(description="Expected next.")
    cadence: Literal["weekly", "fortnightly", "monthly", "quarterly", "yearly"]
    last_date: str
    next_date: str
    confidence: float
    payments: int
    missed: int
    price_rise: PriceRiseOut | None


class SpendingPatterns(Out):
    """Rhythms, oddities, trends and what recurs."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    currency: Currency
    period: Period
    weekday: list[Weekday] = Field(description="Monday to Sunday.")
    day_of_month: list[DayOfMonth] = Field(description="The 1st to the 31st.")
    seasonal: list[Season] = Field(description="January to December.")
    anomalies: list[AnomalyOut] = Field(description="Newest first, at most 100.")
    trends: list[TrendOut] = Field(description="Steepest first; empty before six months are over.")
    recurring: list[RecurringOut] = Field(description="By the next date.")
    unconverted: list[Unconverted]


class Recommendation(Out):
    """A limit for a category."""

    category: Category
    suggested_limit: MoneyOut = Field(description="0 only where nothing of the income is left for it.")
    current_limit: MoneyOut | None = Field(description="Of this month's budget for the category; null without one.")
    average_spend: MoneyOut = Field(description="By month, of up to twelve complete months.")
    rationale: str


class BudgetRecommendations(Out):
    """Limits that together leave what is to be saved."""

    model_config = {"json_schema_extra": {"examples": [RECOMMENDED]}}

    month: str = Field(description="The month to come, YYYY-MM.")
    income: MoneyOut = Field(description="By month; 0 if neither the profile nor the transactions tell one.")
    currency: Currency
    savings_goal_pct: float
    savings_target: MoneyOut | None = Field(description="What the limits leave at least; null without an income.")
    recommendations: list[Recommendation] = Field(description="Largest first.")
    total_suggested: MoneyOut
    unconverted: list[Unconverted]
