"""The only clock: now in UTC, and days and months in a user's zone."""

import calendar
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

NOON = time(12)


def now() -> datetime:
    """The current instant, aware, in UTC, cut to the millisecond MongoDB can keep."""
    return _cut(datetime.now(UTC))


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as Asia/Kolkata."""
    return ZoneInfo(name)


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day of an aware instant in the zone `timezone`."""
    return moment.astimezone(zone(timezone)).date()


def today(timezone: str) -> date:
    """The current calendar day in the zone `timezone`."""
    return local_day(now(), timezone)


def instant_of(value: date | datetime, timezone: str) -> datetime:
    """The UTC instant a user means: a day is its local noon, a time without offset is local.

    Noon keeps the day the same for readers a few zones away. Cut to the millisecond, as `now` is.
    """
    if not isinstance(value, datetime):
        value = datetime.combine(value, NOON)
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone(timezone))
    return _cut(value.astimezone(UTC))


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month, both inclusive."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def months_after(day: date, steps: int) -> date:
    """The first day of the month that many months after the one of `day`; before it, if negative."""
    years, index = divmod(day.year * 12 + day.month - 1 + steps, 12)
    return date(years, index + 1, 1)


def month_text(day: date) -> str:
    """The month of a day as YYYY-MM, the beginning of its local_date."""
    return f"{day:%Y-%m}"
