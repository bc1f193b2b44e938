"""Whether days follow a schedule: each week, fortnight, month, quarter or year, give or take some days.

Two kinds of schedule are told apart. On a fixed one (the 5th of each month) a late payment doesn't move the next; on a
running one (28 days from the last) it does. For either, the chance is computed that as many days, were they random,
would fall so close to a schedule: each of them does with the probability of the window's share of the period. That is
the binomial test of periodicity with known period, corrected for the schedules that were tried (Bonferroni).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import comb, log
from statistics import median, median_low

from app.core.clock import month_bounds

LEAST_COVERAGE = 0.6  # of the periods between the first and the last day
ACROSS = 15  # days of the month between two payments of one schedule, of which one came before the turn of the month
MOST_STRAYS = 0.4  # of the days, that belong to no period or to one that is taken


Grid = dict[int, int]  # by the number of a period, the index of the day that is on it


@dataclass(frozen=True, slots=True)
class Cadence:
    """A kind of schedule: its length in days and, where it follows the calendar, in months."""

    name: str
    days: float
    months: int | None
    tolerances: tuple[int, ...]  # days to either side, tried one after the other
    fewest: int  # payments that make one


CADENCES = (
    Cadence("weekly", 7, None, (0, 1, 2), 5),
    Cadence("fortnightly", 14, None, (1, 2, 3), 4),
    Cadence("monthly", 30.436875, 1, (1, 3, 5), 3),
    Cadence("quarterly", 91.310625, 3, (2, 5, 10), 3),
    Cadence("yearly", 365.2425, 12, (3, 8, 15), 3),
)
TRIED = sum(2 * len(cadence.tolerances) for cadence in CADENCES)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that was found: which of the days are on it, and when it goes on."""

    cadence: Cadence
    hits: tuple[int, ...]  # indices of the days that are on it, oldest first
    coverage: float  # share of the periods that have a day
    log_chance: float  # natural logarithm of the chance to find it among random days
    upcoming: tuple[date, date]  # the day after the last one that is due, and the next after that

    def next_date(self, today: date) -> date | None:
        """When the next payment is due; None if the schedule seems to be over, as two of them were missed.

        One that was missed by less than its tolerance is still due.
        """
        return next((due for due in self.upcoming if today <= due + timedelta(days=self.cadence.tolerances[-1])), None)


def find(days: Sequence[date]) -> Schedule | None:
    """The schedule that explains the days best; None if they follow none.

    Args:
        days: oldest first; two payments of one day are two entries.
    """
    found = [schedule for cadence in CADENCES for schedule in _schedules(days, cadence)]
    return min(found, key=lambda schedule: schedule.log_chance, default=None)


def _schedules(days: Sequence[date], cadence: Cadence) -> Iterator[Schedule]:
    periods = (days[-1] - days[0]).days / cadence.days
    if not cadence.fewest <= len(days) <= (periods + 2) / (1 - MOST_STRAYS):
        return
    anchor, positions = _fixed(days, cadence)
    grids: tuple[Callable[[int], Grid], ...] = (
        lambda tolerance: _on_grid(positions, anchor, cadence, tolerance),
        lambda tolerance: _running(days, cadence, tolerance),
    )
    for grid, start in zip(grids, (anchor, None), strict=True):
        # What is a little late now and then is on the schedule all the same, once there is one.
        widest = grid(cadence.tolerances[-1])
        for tolerance in cadence.tolerances:
            chance = _log_chance(len(days), cadence, tolerance, grid(tolerance))
            if chance is not None:
                yield _schedule(days, cadence, widest, start, chance)


def _fixed(days: Sequence[date], cadence: Cadence) -> tuple[float, list[float]]:
    """Each day as a number of periods, and the anchor from which the days are the least away (circular median)."""
    positions = [_position(day, cadence) for day in days]
    phases = sorted({round(position % 1, 4) for position in positions})
    return min(phases, key=lambda phase: sum(abs(_around(position - phase)) for position in positions)), positions


def _position(day: date, cadence: Cadence) -> float:
    if cadence.months is None:
        return day.toordinal() / cadence.days
    _, last = month_bounds(day.year, day.month)
    return (day.year * 12 + day.month - 1 + (day.day - 1) / last.day) / cadence.months


def _around(distance: float) -> float:
    return distance - round(distance)


def _on_grid(positions: list[float], anchor: float, cadence: Cadence, tolerance: int) -> Grid:
    """The nearest day of each period, by the period's number."""
    nearest: dict[int, tuple[float, int]] = {}
    for index, position in enumerate(positions):
        period = round(position - anchor)
        away = abs(position - anchor - period) * cadence.days
        # Half a day more: months differ in length.
        if away <= tolerance + 0.5 and away < nearest.get(period, (away + 1, 0))[0]:
            nearest[period] = (away, index)
    return {period: index for period, (_, index) in sorted(nearest.items())}


def _running(days: Sequence[date], cadence: Cadence, tolerance: int) -> Grid:
    """The days that follow each other by about one length, or a few of them where some are missing."""
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    usual = median(gaps)
    if not 0.9 <= usual / cadence.days <= 1.1:
        return {}
    hits, period = {0: 0}, 0
    for index, day in enumerate(days[1:], start=1):
        away = (day - days[hits[period]]).days
        passed = max(round(away / usual), 1)
        if abs(away - passed * usual) <= tolerance:
            period += passed
            hits[period] = index
    return hits


def _log_chance(days: int, cadence: Cadence, tolerance: int, grid: Grid) -> float | None:
    strays = days - len(grid)
    if len(grid) < cadence.fewest or _coverage(grid) < LEAST_COVERAGE or strays > MOST_STRAYS * days:
        return None
    window = min((2 * tolerance + 1) / cadence.days, 1.0)
    return log(TRIED) + log(comb(days, strays)) + (len(grid) - 1) * log(window)


def _coverage(grid: Grid) -> float:
    return len(grid) / (max(grid) - min(grid) + 1)


def _schedule(days: Sequence[date], cadence: Cadence, grid: Grid, anchor: float | None, chance: float) -> Schedule:
    last = max(grid)
    due = [_due(days, grid, cadence, anchor, last + ahead) for ahead in (1, 2)]
    return Schedule(cadence, tuple(grid.values()), _coverage(grid), chance, (due[0], due[1]))


def _due(days: Sequence[date], grid: Grid, cadence: Cadence, anchor: float | None, period: int) -> date:
    last = days[grid[max(grid)]]
    ahead = period - max(grid)
    if anchor is None:
        hits = [(number, days[index]) for number, index in grid.items()]
        pairs = pairwise(hits)
        lengths = [(later - earlier).days / (number - before) for (before, earlier), (number, later) in pairs]
        return last + timedelta(days=round(median(lengths) * ahead))
    position = period + anchor
    if cadence.months is None:
        return date.fromordinal(round(position * cadence.days))
    months = position * cadence.months
    first, end = month_bounds(int(months) // 12, int(months) % 12 + 1)
    usual = sorted(days[index].day for index in grid.values())
    if usual[-1] - usual[0] > ACROSS:  # about the turn of the month
        return first + timedelta(days=min(round(months % 1 * end.day), end.day - 1))
    return first.replace(day=min(median_low(usual), end.day))
