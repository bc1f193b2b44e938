"""Shapes of the AI summary."""

from typing import Any, Literal

from pydantic import Field, model_validator

from app.core.money import to_number
from app.core.types import Category, Currency, Id, MoneyOut, Out


class SummaryRequested(Out):
    """The id to ask the result with."""

    task_id: Id


class TopCategory(Out):
    """A category and its share of the spending."""

    category: Category
    total: MoneyOut
    share_pct: float


class Figures(Out):
    """What the summary talks about; computed by us, never by the AI."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "start_date": "2026-01-03",
                    "end_date": "2026-02-01",
                    "currency": "INR",
                    "total_spend": 18250.5,
                    "previous_spend": 20000,
                    "change_pct": -8.7,
                    "income": 85000,
                    "transaction_count": 12,
                    "top_categories": [{"category": "Housing", "total": 15000, "share_pct": 82.2}],
                }
            ]
        }
    }

    start_date: str
    end_date: str
    currency: Currency
    total_spend: MoneyOut
    previous_spend: MoneyOut
    change_pct: float | None
    income: MoneyOut
    transaction_count: int
    top_categories: list[TopCategory]

    @model_validator(mode="before")
    @classmethod
    def from_minor_units(cls, stored: dict[str, Any]) -> dict[str, Any]:
        """Figures are stored in minor units and shown as amounts."""
        currency = stored["currency"]
        amounts = {name: to_number(stored[name], currency) for name in ("total_spend", "previous_spend", "income")}
        top = [{**part, "total": to_number(part["total"], currency)} for part in stored["top_categories"]]
        return {**stored, **amounts, "top_categories": top}


class SummaryWaiting(Out):
    """Not written yet."""

    status: Literal["pending", "processing"]


class SummaryCompleted(Out):
    """The summary, with the figures it is about."""

    status: Literal["completed"]
    summary: str = Field(examples=["You spent 18,250.50 INR in the last 30 days, most of it on Housing."])
    figures: Figures


class SummaryFailed(Out):
    """It could not be written; ask for another."""

    status: Literal["failed"]


SummaryResult = SummaryWaiting | SummaryCompleted | SummaryFailed
