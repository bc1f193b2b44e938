"""Seasonality: on which days of the week and of the month, and in which months, money is spent.

Spending is expenses minus refunds. An index compares one kind of day, or month, with the average one: 1 is as much as
on the others, 2 is twice as much.
"""

from calendar import day_name, month_name
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from app.core import clock
from app.models.transactions import Kind
from app.transactions.ledger_service import Line

DAYS_OF_A_START = 7  # a first month that was entered from one of its first days on counts as whole
A_YEAR = 12


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


def sign(line: Line) -> int:
    """What a line adds to spending, as a factor."""
    return {Kind.EXPENSE: 1, Kind.REFUND: -1}.get(Kind(line.type), 0)


def weekdays(lines: Sequence[Line]) -> list[Part]:
    """Monday (1) to Sunday (7)."""
    return _parts(lines, range(1, 8), date.isoweekday)


def days_of_month(lines: Sequence[Line]) -> list[Part]:
    """The 1st to the 31st, each compared by how often it came."""
    return _parts(lines, range(1, 32), lambda day: day.day)


def _parts(lines: Sequence[Line], numbers: Iterable[int], number_of: Callable[[date], int]) -> list[Part]:
    spent = [line for line in lines if sign(line)]
    totals: dict[int, int] = defaultdict(int)
    for line in spent:
        totals[number_of(line.local_date)] += sign(line) * line.amount
    counts = Counter(number_of(line.local_date) for line in spent)
    days = Counter(map(number_of, _days(spent)))
    everyday = sum(totals.values()) / max(1, days.total())
    return [
        Part(number, totals[number], counts[number], days[number], _index(totals[number], days[number], everyday))
        for number in numbers
    ]


def _index(total: int, days: int, everyday: float) -> float | None:
    return round(total / days / everyday, 2) if days and everyday > 0 else None


def _days(lines: Sequence[Line]) -> list[date]:
    if not lines:
        return []
    first, last = lines[0].local_date, lines[-1].local_date
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def whole_months(lines: Sequence[Line], today: date) -> list[str]:
    """The months ("YYYY-MM") from the first to the last that is over, oldest first; without a first that began late."""
    if not lines:
        return []
    first = lines[0].local_date
    months = first.year * 12 + first.month - 1 + (first.day > DAYS_OF_A_START)
    end = today.year * 12 + today.month - 1
    return [clock.month_text(date(number // 12, number % 12 + 1, 1)) for number in range(months, end)]


def seasons(lines: Sequence[Line], today: date) -> list[Season]:
    """January (1) to December (12), by months that are over; no index before there are twelve of them."""
    spent = [line for line in lines if sign(line)]
    months = whole_months(spent, today)
    totals: dict[str, int] = defaultdict(int)
    for line in spent:
        totals[clock.month_text(line.local_date)] += sign(line) * line.amount
    by_month: dict[int, list[int]] = defaultdict(list)
    for month in months:
        by_month[int(month[-2:])].append(totals[month])
    averages = {number: fmean(found) for number, found in by_month.items()}
    # Each calendar month weighs the same, however many years it is known from.
    usual = fmean(averages.values()) if len(averages) == A_YEAR else 0
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
