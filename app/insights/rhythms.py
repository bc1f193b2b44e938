"""Seasonality: on which days of the week and of the month, and in which months, money is spent.

Spending is expenses minus refunds. An index compares one kind of day, or month, with the average one: 1 is as much as
on the others, 2 is twice as much.
"""

from calendar import day_name, month_name
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile
from statistics import fmean

from app.core import clock
from app.models.transactions import SIGNS
from app.transactions.ledger_service import Line

DAYS_OF_A_START = 7  # a first month that was entered from one of its first days on counts as whole
A_YEAR = 12
FEWEST_MONTHS = 6  # that tell what an average month is


@dataclass(frozen=True, slots=True)
class Part:
    """What was spent on one kind of day: in minor units, in how many payments, on how many such days there were."""

    number: int
    total: int
    count: int
    days: int
    index: float | None


@dataclass(frozen=True, slots=True)
class Season:
    """A calendar month: its average in minor units, from how many years."""

    month: int
    average: int | None
    index: float | None
    years: int


@dataclass(slots=True)
class Day:
    """What was spent on a day: in minor units, in how many payments."""

    total: int = 0
    count: int = 0


def by_day(lines: Sequence[Line]) -> dict[date, Day]:
    """Spending by day, without days that have none.

    Args:
        lines: oldest first.
    """
    days: dict[date, Day] = {}
    for line in lines:
        if sign := SIGNS.get(line.type):
            day = days.setdefault(line.local_date, Day())
            day.total += sign * line.amount
            day.count += 1
    return days


def weekdays(spent: Mapping[date, Day]) -> list[Part]:
    """Monday (1) to Sunday (7)."""
    return _parts(spent, range(1, 8), date.isoweekday)


def days_of_month(spent: Mapping[date, Day]) -> list[Part]:
    """The 1st to the 31st, each compared by how often it came."""
    return _parts(spent, range(1, 32), lambda day: day.day)


def _parts(spent: Mapping[date, Day], numbers: Iterable[int], number_of: Callable[[date], int]) -> list[Part]:
    sums: dict[int, Day] = defaultdict(Day)
    for day, part in spent.items():
        sums[number_of(day)].total += part.total
        sums[number_of(day)].count += part.count
    days = Counter(map(number_of, _calendar(spent)))
    everyday = sum(part.total for part in sums.values()) / max(1, days.total())
    return [
        Part(
            number,
            sums[number].total,
            sums[number].count,
            days[number],
            _index(sums[number].total, days[number], everyday),
        )
        for number in numbers
    ]


def _index(total: int, days: int, everyday: float) -> float | None:
    return round(total / days / everyday, 2) if days and everyday > 0 else None


def _calendar(spent: Mapping[date, Day]) -> list[date]:
    if not spent:
        return []
    first, last = min(spent), max(spent)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def whole_months(days: Collection[date], today: date) -> list[str]:
    """The months ("YYYY-MM") from the first of these days to the last that are over, oldest first.

    Without the first one if it began late, and without those since somebody stopped to enter anything.
    """
    if not days:
        return []
    first, last = min(days), max(days)
    ends = min(clock.months_after(last, 1), today.replace(day=1))
    months = (clock.months_after(first, step) for step in count(int(first.day > DAYS_OF_A_START)))
    return list(map(clock.month_text, takewhile(lambda month: month < ends, months)))


def seasons(spent: Mapping[date, Day], today: date) -> list[Season]:
    """January (1) to December (12), by months that are over; no index before six of them are known."""
    totals: dict[str, int] = defaultdict(int)
    for day, part in spent.items():
        totals[clock.month_text(day)] += part.total
    by_month: dict[int, list[int]] = defaultdict(list)
    for month in whole_months(spent, today):
        by_month[int(month[-2:])].append(totals[month])
    averages = {number: fmean(found) for number, found in by_month.items()}
    # Each calendar month weighs the same, however many years it is known from.
    usual = fmean(averages.values()) if len(averages) >= FEWEST_MONTHS else 0
    return [_season(number, by_month[number], usual) for number in range(1, A_YEAR + 1)]


def _season(number: int, found: list[int], usual: float) -> Season:
    average = round(fmean(found)) if found else None
    index = round(fmean(found) / usual, 2) if found and usual > 0 else None
    return Season(number, average, index, len(found))


def name_of_day(number: int) -> str:
    """Monday for 1."""
    return day_name[number - 1]


def name_of_month(number: int) -> str:
    """January for 1."""
    return month_name[number]
