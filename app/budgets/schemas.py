"""Shapes of budgets."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag
from pydantic.config import JsonDict

from app.core.types import Category, Currency, Id, Instant, Money, MoneyOut, Out, Schema, unset

Month = Annotated[int, Field(ge=1, le=12)]
Year = Annotated[int, Field(ge=1970, le=2100)]
AlertAt = Annotated[int, Field(ge=1, le=100, description="Percent of the limit from which the status is warning.")]
DEFAULT_ALERT = 80
EXAMPLE: JsonDict = {"category": "Groceries", "limit": 12000, "month": 12, "year": 2026}


class MonthlyBudget(Schema):
    """A limit for one month."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    category: Category
    limit: Money
    period: Literal["monthly"] = "monthly"
    month: Month
    year: Year
    alert_at: AlertAt = DEFAULT_ALERT


class YearlyBudget(Schema):
    """A limit for a whole year."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"category": "Travel", "limit": 90000, "period": "yearly", "year": 2026}],
        }
    }

    category: Category
    limit: Money
    period: Literal["yearly"]
    month: None = None
    year: Year
    alert_at: AlertAt = DEFAULT_ALERT


def _period(body: Any) -> str | None:
    period = body.get("period", "monthly")
    return f"mode={period}" if isinstance(period, str) else None


BudgetCreate = Annotated[
    Annotated[MonthlyBudget, Tag("mode=monthly")] | Annotated[YearlyBudget, Tag("mode=yearly")],
    Discriminator(_period, custom_error_type="choice:period", custom_error_message="must be monthly or yearly"),
]


class BudgetUpdate(Schema):
    """What can change in a budget."""

    model_config = {"json_schema_extra": {"examples": [{"limit": 15000, "alert_at": 90}]}}

    limit: Money = unset()
    alert_at: AlertAt = unset()


class BudgetOut(Out):
    """A budget with its spending."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "_id": "65c1f3d4b7e4d93f5a1c2e99",
                    "user_id": "65c1ef11b7e4d93f5a1c2e01",
                    **EXAMPLE,
                    "currency": "INR",
                    "period": "monthly",
                    "start_date": "2026-12-01",
                    "end_date": "2026-12-31",
                    "current_spend": 3250.5,
                    "remaining": 8749.5,
                    "used_pct": 27.1,
                    "status": "ok",
                    "alert_at": 80,
                    "created_at": "2026-11-28T06:30:00+00:00",
                    "updated_at": "2026-11-28T06:30:00+00:00",
                }
            ]
        }
    }

    id: Id = Field(alias="_id")
    user_id: Id
    category: Category
    limit: MoneyOut
    currency: Currency
    period: Literal["monthly", "yearly"]
    month: int | None
    year: int
    start_date: str = Field(description="First local day, YYYY-MM-DD.")
    end_date: str = Field(description="Last local day, YYYY-MM-DD.")
    current_spend: MoneyOut
    remaining: MoneyOut = Field(description="Negative when over the limit.")
    used_pct: float
    status: Literal["ok", "warning", "over"]
    alert_at: int
    created_at: Instant
    updated_at: Instant
