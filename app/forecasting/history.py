"""A user's spending by month, as forecasts start from it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock
from app.forecasting.computing import VERSION
from app.models.users import User
from app.transactions import spending_service, sums_service
from app.transactions.sums_service import Sum

MOST_MONTHS = 60
Document = dict[str, Any]


@dataclass(frozen=True)
class History:
    """Spending in minor units of the months that are over, from the first with any on, and of the running month."""

    currency: str
    months: list[str]
    totals: list[int]
    running_month: date
    so_far: int
    unconverted: list[Document]

    @property
    def known(self) -> list[int]:
        """What a forecast starts from: the months that are over, or else what is known of the running one."""
        return self.totals or [self.so_far]

    @property
    def digest(self) -> str:
        """Of all that decides the forecast: another one is computed as soon as this is another."""
        told = json.dumps([VERSION, self.currency, self.known])
        return hashlib.sha256(told.encode()).hexdigest()


def read(user: User, category: str | None) -> History:
    """The user's history, in the profile's currency: of all spending, or of a category's."""
    running = clock.today(user["timezone"]).replace(day=1)
    first = clock.months_after(running, -MOST_MONTHS)
    _, last = clock.month_bounds(running.year, running.month)
    parts = [part for part in sums_service.sums(user["_id"], first, last) if category in (None, part.category)]
    spent = _by_month([part for part in parts if part.currency == user["currency"]])
    months = [clock.month_text(clock.months_after(running, step)) for step in range(-MOST_MONTHS, 0)]
    begun = next((place for place, month in enumerate(months) if month in spent), len(months))
    return History(
        currency=user["currency"],
        months=months[begun:],
        totals=[spent.get(month, 0) for month in months[begun:]],
        running_month=running,
        so_far=spent.get(clock.month_text(running), 0),
        unconverted=spending_service.unconverted(parts, user["currency"]),
    )


def _by_month(parts: list[Sum]) -> dict[str, int]:
    """Months with expenses or refunds."""
    spent: dict[str, int] = {}
    for part in parts:
        if part.type != "income":
            spent[part.month] = spent.get(part.month, 0) + part.spend
    return spent
