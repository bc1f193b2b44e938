"""What clients may ask of forecasts, and what they are answered."""

from typing import Literal

from pydantic import Field

from app.core.types import Category, Currency, Id, MoneyOut, Out, Query
from app.transactions.record_service import Unconverted

LONGEST_HORIZON = 12


class PredictionQuery(Query):
    """How far ahead, and of what."""

    horizon: int = Field(3, ge=1, le=LONGEST_HORIZON, description="How many months, the current one first.")
    category: Category | None = Field(None, description="Only this category's spending.")


class MonthTotal(Out):
    """Spending of a month that is over."""

    month: str = Field(description="YYYY-MM.")
    total: MoneyOut = Field(description="Expenses minus refunds.")


class Prediction(Out):
    """Spending to expect in a month."""

    month: str = Field(description="YYYY-MM.")
    predicted: MoneyOut
    lower: MoneyOut = Field(description="With `upper` the interval that holds the truth in four of five cases.")
    upper: MoneyOut


class PredictionModel(Out):
    """A part of the ensemble."""

    name: str = Field(
        description="arima, exponential_smoothing (simple and complex) or linear_trend (Theta: a line and smoothing in "
        "equal parts); median with fewer than 6 months."
    )
    weight: float = Field(description="Its share of the forecast, by the backtest; all add up to 1.")
    backtest_mase: float | None = Field(
        description="Its mean error in forecasts of the past, in units of the mean difference to the same month a year "
        "before (to the month before in histories of less than a year); null where the history is too short for that."
    )


class Predictions(Out):
    """Spending of the past and to expect."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "currency": "INR",
                    "category": None,
                    "history": [{"month": f"2026-0{month}", "total": 21000 + 250 * month} for month in range(1, 7)],
                    "forecast": [{"month": "2026-07", "predicted": 22310.5, "lower": 21480.1, "upper": 23140.9}],
                    "models": [
                        {"name": "arima", "weight": 0.34, "backtest_mase": 0.9},
                        {"name": "exponential_smoothing", "weight": 0.32, "backtest_mase": 1.0},
                        {"name": "linear_trend", "weight": 0.34, "backtest_mase": 0.9},
                    ],
                    "naive_mase": 1.2,
                    "low_data": False,
                    "unconverted": [],
                }
            ]
        }
    }

    currency: Currency
    category: Category | None
    history: list[MonthTotal] = Field(
        description="The months that are over, oldest first, from the first with any spending on; at most 60."
    )
    forecast: list[Prediction] = Field(
        description="The current month first, all of it: at least what was spent in it already."
    )
    models: list[PredictionModel]
    naive_mase: float | None = Field(
        description="The same error of the naive forecast: as a year before, or as the month before in short histories."
    )
    low_data: bool = Field(description="Whether there are fewer than 6 months to go by.")
    unconverted: list[Unconverted] = Field(description="In these months and the current one; in none of the amounts.")


class PredictionsWaiting(Out):
    """Being computed: ask again at the same address."""

    model_config = {"json_schema_extra": {"examples": [{"task_id": "6650f0a1b2c3d4e5f6a7b8c9", "status": "pending"}]}}

    task_id: Id
    status: Literal["pending", "processing"]
