"""What analytics answer. Amounts are in `currency`, the profile's; what is in others is under `unconverted` alone.

Wherever expenses are added up, refunds lower the sum. `change_pct` is null where the base is 0.
"""

from typing import Literal

from pydantic import Field
from pydantic.config import JsonDict

from app.analytics import examples
from app.budgets.service import BudgetOut
from app.core.types import Category, Currency, Id, Instant, MoneyOut, Out
from app.transactions.record_service import Unconverted

Percent = float


def _example(value: JsonDict) -> JsonDict:
    return {"examples": [value]}


class MonthTrend(Out):
    """Spending of one month."""

    month: str = Field(description="YYYY-MM.")
    total: MoneyOut = Field(description="Expenses minus refunds.")
    count: int = Field(description="Expenses and refunds.")
    average: MoneyOut = Field(description="`total` by `count`, to the currency's decimals; 0 in an empty month.")
    change_pct: Percent | None = Field(description="Against the month before, also for the first one listed.")


class Trend(Out):
    """Where spending is going, by the months that are over, from the first that isn't empty on."""

    direction: Literal["up", "down", "flat"] = Field(
        description="flat unless the slope is at least 2 % of those months' average, and at least three quarters of "
        "all pairs of months differ its way."
    )
    slope_per_month: MoneyOut = Field(
        description="Theil–Sen: the median of the slopes between all pairs of months; 0 if there is no pair."
    )


class SpendingTrends(Out):
    """Spending by month, oldest first, the current month last."""

    model_config = {"json_schema_extra": _example(examples.TRENDS)}

    currency: Currency
    months: list[MonthTrend]
    average: MoneyOut = Field(description="Of all months listed: empty ones and the current one count, too.")
    trend: Trend
    unconverted: list[Unconverted] = Field(description="In these months.")


class MerchantTotal(Out):
    """Expenses minus refunds at one merchant."""

    merchant: str
    total: MoneyOut
    count: int


class CategoryInsight(Out):
    """Spending in one category."""

    category: Category
    total: MoneyOut = Field(description="Expenses minus refunds; negative when more came back than was spent.")
    count: int = Field(description="Expenses and refunds.")
    share_pct: Percent = Field(
        description="Of what the categories above 0 add up to; those add up to exactly 100, all others are 0."
    )
    average: MoneyOut = Field(description="`total` by `count`, to the currency's decimals.")
    previous_total: MoneyOut = Field(description="In the period before.")
    change_pct: Percent | None
    top_merchants: list[MerchantTotal] = Field(description="Up to five, most spent first; without unnamed ones.")


class CategoryInsights(Out):
    """Spending by category in a period, largest first."""

    model_config = {"json_schema_extra": _example(examples.CATEGORIES)}

    start_date: str = Field(description="First local day.")
    end_date: str = Field(description="Last local day.")
    previous_start_date: str = Field(
        description="Of the period before: as many whole months where the period is whole months, else as many days."
    )
    previous_end_date: str
    currency: Currency
    total: MoneyOut
    previous_total: MoneyOut = Field(description="In the period before, all categories.")
    change_pct: Percent | None
    categories: list[CategoryInsight] = Field(description="Those with expenses or refunds in the period.")
    unconverted: list[Unconverted] = Field(description="In the period.")


class CategoryShare(Out):
    """Spending in one category."""

    category: Category
    total: MoneyOut
    count: int
    share_pct: Percent


class DayTotal(Out):
    """Spending of one local day."""

    date: str
    total: MoneyOut
    count: int


class TopTransaction(Out):
    """One of the largest expenses."""

    id: Id = Field(alias="_id")
    date: Instant
    local_date: str
    amount: MoneyOut
    category: Category
    description: str
    merchant: str | None


class Comparison(Out):
    """The month before, and by how much this one differs."""

    month: str
    income: MoneyOut
    expenses: MoneyOut
    refunds: MoneyOut
    spend: MoneyOut
    net: MoneyOut
    income_change_pct: Percent | None
    change_pct: Percent | None = Field(description="Of `spend`.")


class MonthlyReport(Out):
    """A month, all of it."""

    model_config = {"json_schema_extra": _example(examples.REPORT)}

    month: str
    currency: Currency
    income: MoneyOut
    expenses: MoneyOut = Field(description="Before refunds.")
    refunds: MoneyOut
    spend: MoneyOut = Field(description="Expenses minus refunds.")
    net: MoneyOut = Field(description="Income minus `spend`.")
    savings_rate_pct: Percent | None = Field(description="`net` of the income; null without income.")
    transaction_count: int = Field(description="Expenses and refunds.")
    by_category: list[CategoryShare] = Field(description="Largest first; adds up to `spend`.")
    by_day: list[DayTotal] = Field(description="Every day of the month; adds up to `spend`.")
    top_transactions: list[TopTransaction] = Field(description="The ten largest expenses.")
    budgets: list[BudgetOut] = Field(description="As under /api/budgets/.")
    comparison: Comparison
    unconverted: list[Unconverted] = Field(description="In this month.")


class MonthPair(Out):
    """A month beside the same month of the year before."""

    month: int
    current: MoneyOut
    previous: MoneyOut
    change_pct: Percent | None = Field(description="Null, too, for a month that has not begun.")


class YearOverYear(Out):
    """A year beside the one before; months that are not over count as far as they are known."""

    model_config = {"json_schema_extra": _example(examples.YEARS)}

    year: int
    previous_year: int
    currency: Currency
    months: list[MonthPair]
    total_current: MoneyOut
    total_previous: MoneyOut
    change_pct: Percent | None
    unconverted: list[Unconverted] = Field(description="In both years.")


class BudgetActual(Out):
    """A budget beside what was spent in its period."""

    id: Id = Field(alias="_id")
    category: Category
    period: Literal["monthly", "yearly"] = Field(description="Yearly ones are measured by their whole year.")
    currency: Currency = Field(description="The budget's own, in which alone it counts spending.")
    budget: MoneyOut
    actual: MoneyOut
    remaining: MoneyOut = Field(description="Negative when over the limit.")
    used_pct: Percent
    status: Literal["ok", "warning", "over"]


class Unbudgeted(Out):
    """Spending in a category that has no budget, or none in this currency."""

    category: Category
    actual: MoneyOut


class BudgetTotals(Out):
    """The monthly budgets in the profile's currency together; yearly ones, of another length, are left out."""

    budget: MoneyOut
    actual: MoneyOut
    remaining: MoneyOut
    used_pct: Percent | None = Field(description="Null without budgets.")
    unbudgeted: MoneyOut = Field(description="Spent in categories without a budget.")
    spend: MoneyOut = Field(description="All that was spent in the month.")


class BudgetVsActual(Out):
    """The budgets of a month beside what was spent."""

    model_config = {"json_schema_extra": _example(examples.BUDGETS)}

    month: str
    currency: Currency
    budgets: list[BudgetActual]
    unbudgeted: list[Unbudgeted] = Field(description="Largest first.")
    totals: BudgetTotals
    unconverted: list[Unconverted] = Field(description="In this month.")
