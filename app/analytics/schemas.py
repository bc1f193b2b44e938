"""What clients may ask of analytics."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core import clock
from app.core.pages import DateRange
from app.core.types import Query

YEAR_MONTH = "(19[7-9][0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])"
MOST_MONTHS = 60


def _year_month(value: Any) -> tuple[int, int]:
    if not isinstance(value, str) or not re.fullmatch(YEAR_MONTH, value.strip()):
        raise PydanticCustomError("year_month", "must be a month such as 2026-02, of the years 1970 to 2100")
    first = date.fromisoformat(f"{value.strip()}-01")
    return first.year, first.month


YearMonth = Annotated[
    tuple[int, int],
    BeforeValidator(_year_month),
    WithJsonSchema({"type": "string", "pattern": f"^{YEAR_MONTH}$", "examples": ["2026-02"]}),
]


Charted = Annotated[
    Literal["json", "svg", "png"], Field(description="json: figures; svg, png: the same as a chart, without envelope.")
]


class TrendsQuery(Query):
    """The latest months, the current one among them."""

    months: int = Field(6, ge=1, le=MOST_MONTHS, description="How many months, the current one among them.")
    format: Charted = "json"


class PeriodQuery(DateRange):
    """Days from one to another, both inclusive; an instant stands for its day in the user's time zone.

    Without any the current month; with `start_date` alone up to today, or to the start if that lies ahead; with
    `end_date` alone from the first day of its month. At most five years.
    """

    format: Charted = "json"


class OneMonth(Query):
    """A month; the current one in the user's time zone where left out."""

    month: YearMonth | None = Field(None, description="YYYY-MM; the current month where left out.")

    def resolve(self, timezone: str) -> tuple[int, int]:
        """(year, month)."""
        today = clock.today(timezone)
        return self.month or (today.year, today.month)


class ReportQuery(OneMonth):
    """A month, and what its report is written on."""

    format: Literal["json", "pdf", "html"] = Field(
        "json", description="json: figures; pdf: pages with charts; html: as it can be mailed. Both without envelope."
    )


class YearQuery(Query):
    """A year; the current one in the user's time zone where left out."""

    year: int | None = Field(None, ge=1970, le=2100, description="The current year where left out.")
