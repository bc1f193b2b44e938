"""Which days and months an answer is about, and which lie before them."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.analytics.schemas import PeriodQuery
from app.core import clock
from app.core.errors import Invalid

DAY = timedelta(days=1)
LONGEST = timedelta(days=5 * 366)


class Period(NamedTuple):
    """First and last local day, both inclusive."""

    first: date
    last: date


def month_of(day: date, steps: int = 0) -> Period:
    """The calendar month of a day, or the one that many months after it; before it, if negative."""
    first = clock.months_after(day, steps)
    return Period(*clock.month_bounds(first.year, first.month))


def latest_months(today: date, count: int) -> list[Period]:
    """That many calendar months, the one of `today` last."""
    return [month_of(today, -back) for back in reversed(range(count))]


def around(several: list[Period]) -> Period:
    """From the first day of all to the last."""
    return Period(min(period.first for period in several), max(period.last for period in several))


def asked(query: PeriodQuery, timezone: str) -> Period:
    """The days a query names.

    Raises:
        Invalid: the start lies after the end, or there are more than five years between them.
    """
    today = clock.today(timezone)
    start, end = (_day(value, timezone) for value in (query.start_date, query.end_date))
    if start is None:
        whole = month_of(end or today)
        period = Period(whole.first, end or whole.last)
    else:
        period = Period(start, end or max(start, today))
    if period.first > period.last:
        raise Invalid.field(("query", "start_date"), "must not be after end_date")
    if period.last - period.first >= LONGEST:
        raise Invalid.field(("query", "end_date"), f"must be less than {LONGEST.days} days after start_date")
    return period


def _day(value: date | datetime | None, timezone: str) -> date | None:
    if not isinstance(value, datetime):
        return value
    return clock.local_day(clock.instant_of(value, timezone), timezone)


def before(period: Period) -> Period:
    """The period just before: as many calendar months for whole months, else as many days."""
    last = period.first - DAY
    if period.first.day == 1 and (period.last + DAY).day == 1:
        months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
        return Period(clock.months_after(period.first, -months), last)
    return Period(last - (period.last - period.first), last)
