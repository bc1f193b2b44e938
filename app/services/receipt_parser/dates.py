"""Days in a text, written in any order, with digits or the names of months."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.services.receipt_parser import months
from app.services.receipt_parser.digits import repaired
from app.services.receipt_parser.types import latest_day

Order = Literal["day first", "month first"]
EARLIEST = datetime.date(1990, 1, 1)
_SEPARATOR = r"\s?[/.\-–,']{1,2}\s?"
_CLOCK = r"(?=\d{1,2}[:.]\d{2}|\d{4,6}\s?[AaPp][Mm]|\d{6}(?!\d))"  # with no space between, which engines lose
_FULL_YEAR = rf"(?:19|20)\d{{2}}(?:(?!\d)|{_CLOCK})"
_NUMERIC = re.compile(
    rf"(?<!\d)(?<!\d[.,/:])(?<![Jj][Uu])(?P<one>\d{{1,2}})"
    rf"(?:{_SEPARATOR}(?P<two>\d{{1,2}}){_SEPARATOR}|\s(?P<spaced>\d{{2}})\s(?=\d{{4}}))"
    rf"(?P<year>{_FULL_YEAR}|\d{{2}}(?:(?![\d/])(?![.,]\d(?!\d:))|(?=\d{{2}}:\d{{2}})))"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d{{2}})(?P<by>\s?[/.\-–年]\s?|\s)(?P<month>\d{{1,2}})(?:(?P=by)|\s?月\s?)"
    rf"(?P<day>\d{{2}}(?:(?!\d)|{_CLOCK})|\d(?!\d))"
)
_TOGETHER = (
    re.compile(r"(?<![\w-])(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?![\d-])"),
    re.compile(r"(?<![\w-])(?P<day>[0-3]\d)(?P<month>[01]\d)(?P<year>20\d{2})(?![\d-])"),
)
_YEAR = rf"(?P<year>{_FULL_YEAR}|\d{{2}}(?!\d)(?!\s?[:/]\d))"
_DAY = r"(?P<day>\d{1,2})(?:(?!\d)|(?=20\d{2}(?!\d)))\s?(?:st|nd|rd|th|er|[.])?"
_NAME = rf"(?P<month>{months.PATTERN})(?:[a-z](?![a-z]))?"
_DAY_MONTH = re.compile(rf"(?<!\d){_DAY}[\s/.,\-–]{{0,3}}(?:of\s|de\s)?{_NAME}[\s/.,\-–']{{0,3}}{_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"(?<![A-Za-z]){_NAME}[\s/.,\-–]{{0,3}}{_DAY}[\s/.,\-–']{{0,3}}{_YEAR}", re.IGNORECASE)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d{{2}})[\s/.\-–]{{1,2}}(?P<month>{months.PATTERN})[\s/.\-–]{{1,2}}{_DAY}(?!\d)",
    re.IGNORECASE,
)
_PATTERNS = (_YEAR_MONTH_DAY, _YEAR_FIRST, _NUMERIC, _DAY_MONTH, _MONTH_DAY, *_TOGETHER)  # the surest first
_NAMED = (_YEAR_MONTH_DAY, _DAY_MONTH, _MONTH_DAY)
_SLASH_MISREAD = re.compile(r"(?<!\d)(\d{1,2}/[0-3]?\d)[71l|]((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Found:
    """A day with its place in the text.

    `other` is the other day that the same digits can mean (03/04/2021), `year_digits` how much of the year is written,
    `named` says that the month is.
    """

    date: datetime.date
    start: int
    end: int
    other: datetime.date | None = None
    year_digits: int = 4
    named: bool = False


def find(text: str, order: Order, today: datetime.date) -> list[Found]:
    """The days in a text, left to right; none after `today` by more than one day and none before 1990.

    `order` decides what 03/04/2021 means; 25/12 and 12/25 are read as the only thing they can mean.
    """
    text = repaired(_SLASH_MISREAD.sub(r"\1/\2", text))
    found: list[Found] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            day = _read(match, pattern, order, today)
            if day and not any(day.start < known.end and known.start < day.end for known in found):
                found.append(day)
    return sorted(found, key=lambda day: day.start)


def orders_seen(texts: Iterable[str], today: datetime.date) -> set[Order]:
    """The orders that days with only one meaning in these texts are written in."""
    seen: set[Order] = set()
    for text in texts:
        for match in _NUMERIC.finditer(repaired(text)):
            one, two = int(match["one"]), int(match["two"] or match["spaced"])
            day_first, month_first = (_day(match["year"], month, day, today) for month, day in ((two, one), (one, two)))
            if bool(day_first) != bool(month_first) and len(match["year"]) == 4:
                seen.add("day first" if day_first else "month first")
    return seen


def _read(match: re.Match[str], pattern: re.Pattern[str], order: Order, today: datetime.date) -> Found | None:
    if pattern is _NUMERIC:
        return _numeric(match, order, today)
    named = pattern in _NAMED
    month = months.number(match["month"]) if named else int(match["month"])
    day = _day(match["year"], month, int(match["day"]), today)
    return Found(day, match.start(), match.end(), None, len(match["year"]), named) if day else None


def _numeric(match: re.Match[str], order: Order, today: datetime.date) -> Found | None:
    one, two, year = int(match["one"]), int(match["two"] or match["spaced"]), match["year"]
    readings = [_day(year, two, one, today), _day(year, one, two, today)]
    if order == "month first":
        readings.reverse()
    if len(year) == 2 and not any(readings):  # 18-03-25: the year stands first
        readings = [_day(match["one"], two, int(year), today)]
    known = [day for day in readings if day]
    if not known:
        return None
    other = known[1] if len(known) > 1 and known[1] != known[0] else None
    return Found(known[0], match.start(), match.end(), other, len(year))


def _day(year: str, month: int, day: int, today: datetime.date) -> datetime.date | None:
    """The day, if there is one and it is plausible; of two digits the year is the last one that ends in them."""
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if len(year) == 2 and full > latest_day(today).year:
        full -= 100
    try:
        found = datetime.date(full, month, day)
    except ValueError:
        return None
    return found if EARLIEST <= found <= latest_day(today) else None
