"""Dates of OFX: 20260131, 202601311530, 20260131153000.000[-5:EST] (OFX 2.2, 3.2.8.2)."""

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d{0,9})?)?\s*"
    r"(?:\[\s*([+-]?\d{1,2})?(?:([.:])?(\d{1,2}))?\s*:?[^\]\d]*\]|(Z))?",
    re.ASCII,
)


@lru_cache(maxsize=4096)
def day(text: str) -> date | datetime:
    """The day or instant of a line: an instant only where its offset is told, and it isn't midnight.

    Midnight is how banks write a day; as an instant it would be the day before west of the bank.

    Raises:
        ValueError: it is no date.
    """
    match = MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("no date")
    year, month, first, hour, minute, second, hours, point, more, zulu = match.groups()
    said = date(int(year), int(month), int(first))
    time = (int(hour or 0), int(minute or 0), int(second or 0))
    # Checked even where it isn't used: a date whose hour is 99 is a damaged one.
    moment = datetime(*said.timetuple()[:3], *time, tzinfo=timezone(_offset(hours, point, more)))
    return moment if any(time) and (hours or zulu) else said


def _offset(hours: str | None, point: str | None, more: str | None) -> timedelta:
    """ "-5" is five hours, "5.5" and "5:30" and "+5.30" are five and a half: no zone is 18 minutes off."""
    if hours is None:
        return timedelta()
    minutes = 0
    if more:
        tenths = point == "." and more in ("5", "50", "25", "75", "0", "00")
        minutes = round(float(f"0.{more}") * 60) if tenths else int(more)
    whole = timedelta(hours=abs(int(hours)), minutes=minutes)
    return -whole if hours.startswith("-") else whole
