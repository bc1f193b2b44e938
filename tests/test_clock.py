"""The only clock: days and months in a user's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock

zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))


def test_now_is_what_mongodb_can_keep() -> None:
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=5)


@settings(deadline=None, derandomize=True, max_examples=300, database=None)
@given(day=st.dates(date(2015, 1, 1), date(2100, 12, 31)), zone=zones)
def test_a_day_is_that_day_where_it_was_meant(day: date, zone: str) -> None:
    moment = clock.instant_of(day, zone)
    assert moment.tzinfo is UTC
    assert clock.local_day(moment, zone) == day


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-02-28T10:00:00+00:00", "Pacific/Kiritimati", "2026-03-01"),
        ("2026-02-28T09:59:59+00:00", "Pacific/Kiritimati", "2026-02-28"),
        ("2026-03-01T07:59:59+00:00", "America/Los_Angeles", "2026-02-28"),
        ("2026-03-01T08:00:00+00:00", "America/Los_Angeles", "2026-03-01"),
        ("2026-11-01T06:59:59+00:00", "America/Los_Angeles", "2026-10-31"),
        ("2026-03-31T18:30:00+00:00", "Asia/Kolkata", "2026-04-01"),
    ],
)
def test_local_days(moment: str, zone: str, day: str) -> None:
    assert clock.local_day(datetime.fromisoformat(moment), zone).isoformat() == day


def test_a_time_without_offset_is_local() -> None:
    local = datetime(2026, 2, 1, 0, 10)  # noqa: DTZ001 -- as a person writes it
    assert clock.instant_of(local, "Asia/Kolkata").isoformat() == "2026-01-31T18:40:00+00:00"


def test_months() -> None:
    assert clock.month_bounds(2024, 2) == (date(2024, 2, 1), date(2024, 2, 29))
    assert clock.month_bounds(2026, 12) == (date(2026, 12, 1), date(2026, 12, 31))
    assert clock.months_after(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert clock.months_after(date(2026, 12, 5), 1) == date(2027, 1, 1)
    assert clock.months_after(date(2026, 3, 31), -27) == date(2023, 12, 1)
    assert clock.month_text(date(2026, 2, 28)) == "2026-02"
