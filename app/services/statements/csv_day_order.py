"""Decides for a whole file in what order day, month and year stand, from what all its rows allow."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.services.statements.csv_dates import DAY_FIRST, LONGEST, MONTH_FIRST, YEAR_FIRST, Numbers, resolved, taken
from app.services.statements.csv_words import month_may_be_first
from app.services.statements.records import Unreadable, echo

SHOWN = 10  # rows named in a message
REMEMBERED = 4096
TOO_LONG = LONGEST + 40  # with blanks around; no more of a cell is kept
LONG_AGO, SOON = 10, timedelta(days=31)  # years before which days are less likely, and until when they are booked
CLEAR = 3  # times as many rows on one side as on the other
WORDS = {DAY_FIRST: "day/month/year", MONTH_FIRST: "month/day/year", YEAR_FIRST: "year/month/day"}
FORMATS = {DAY_FIRST: "DD/MM/YYYY", MONTH_FIRST: "MM/DD/YYYY", YEAR_FIRST: "YYYY/MM/DD"}


@dataclass
class Years:
    """The years of two digits that the rows seen so far can have where they stand first, or last."""

    fits: int = 0
    least: int = 9999
    most: int = 0
    latest: date = date.min

    def see(self, possible: list[date | datetime | None]) -> None:
        """Take a row's possible days into account; those that an order doesn't give are None."""
        if found := sorted(date(day.year, day.month, day.day) for day in possible if day):
            self.fits += 1
            self.least, self.most = min(self.least, found[0].year), max(self.most, found[0].year)
            self.latest = max(self.latest, found[0])

    @property
    def span(self) -> int:
        """How many years they are apart."""
        return self.most - self.least


@dataclass
class Days:
    """What the days of the rows seen so far allow: counts and a few row numbers, never the values."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[int]] = field(default_factory=lambda: {DAY_FIRST: [], MONTH_FIRST: [], "?": []})
    example: str = ""
    years_last: bool = False  # in this format years of two digits never stand first if they can stand last
    short_years: tuple[Years, Years] | None = None  # of two digits, where they stand first, and last
    known: dict[str, str | None] = field(default_factory=dict)

    def see(self, row: int, cell: str) -> bool:
        """Take a row's day into account; False if it is none in any order."""
        cell = cell[:TOO_LONG]
        if cell in self.known:
            said = self.known[cell]
        else:
            said = self._said(cell)
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[cell] = said
        if said is None:
            return False
        self.counts[said] += 1
        if said and len(self.rows[said]) < SHOWN:
            self.rows[said].append(row)
            self.example = self.example if self.example or said != "?" else cell.strip()
        return True

    def _said(self, cell: str) -> str | None:
        """The only order that a cell can have; "" where any gives the same day, "?" where two do; None for no day."""
        numbers = taken(cell)
        if not isinstance(numbers, Numbers):
            return None if numbers is None else ""
        if len(numbers.parts[0]) == 4:
            return None if resolved(numbers, YEAR_FIRST) is None else ""
        self._note_years(numbers)
        day_first, month_first = resolved(numbers, DAY_FIRST), resolved(numbers, MONTH_FIRST)
        self.counts["dots"] += numbers.mark == "."
        self.counts["hyphens"] += numbers.mark == "-"
        if day_first and month_first:
            return "" if day_first == month_first else "?"
        if day_first or month_first:
            return DAY_FIRST if day_first else MONTH_FIRST
        return "" if resolved(numbers, YEAR_FIRST) else None

    def _note_years(self, numbers: Numbers) -> None:
        if len(numbers.parts[2]) > 2:
            return
        first, last = self.short_years = self.short_years or (Years(), Years())
        first.see([resolved(numbers, YEAR_FIRST)])
        last.see([resolved(numbers, DAY_FIRST), resolved(numbers, MONTH_FIRST)])
        self.example = self.example or numbers.mark.join(numbers.parts)

    def year_stands_first(self, today: date) -> bool | None:
        """Whether years of two digits stand first; None where nobody can tell.

        They do where they can't stand last, or where they are closer together so and rows or hyphens say it, too: ISO
        8601 had 26-01-31. Where points are between the numbers the day stands first (Unicode CLDR), unless rows deny
        it. Nothing speaks for days in the future.
        """
        first, last = self.short_years or (Years(), Years())
        if not first.fits or not last.fits:
            return bool(first.fits)
        closer, denied = last.span - first.span, first.fits > last.fits
        if self.years_last or last.fits > first.fits or closer < 0 or (self.counts["dots"] and not denied):
            return False
        if closer:
            return True if (denied or self.counts["hyphens"]) and first.latest <= today else None
        unlikely = first.latest > today or first.most < today.year - LONG_AGO
        return False if unlikely and last.latest <= today + SOON else None


def order_of(days: Days, date_format: str | None, today: date, header: str, comma: bool) -> tuple[str, str | None]:
    """The order of day, month and year in a file, and a note on how it is known if somebody had to choose.

    What the rows allow decides; a few rows against many are bad rows. Where all rows allow both orders, points
    between the numbers, decimal commas, or a header in some languages mean that the day comes first: by the Unicode
    CLDR, no locale that puts the month first has any of them.

    Raises:
        Unreadable: on "date_format": rows contradict each other, or allow both, or the format names no order.
    """
    if date_format:
        return _told(date_format, days), None
    if (year_first := days.year_stands_first(today)) is None:
        raise _doubt(days, DAY_FIRST if days.counts[DAY_FIRST] >= days.counts[MONTH_FIRST] else MONTH_FIRST, YEAR_FIRST)
    if year_first:
        return YEAR_FIRST, f"Dates are {WORDS[YEAR_FIRST]}."
    day_first, month_first = days.counts[DAY_FIRST], days.counts[MONTH_FIRST]
    if day_first or month_first:
        order = DAY_FIRST if day_first >= month_first else MONTH_FIRST
        if max(day_first, month_first) < CLEAR * min(day_first, month_first):
            _contradiction(days)
        return order, f"Dates are {WORDS[order]}."
    if not days.counts["?"]:
        return DAY_FIRST, None
    if days.counts["dots"] or comma or not month_may_be_first(header):
        return DAY_FIRST, f"Dates are {WORDS[DAY_FIRST]}."
    raise _doubt(days, DAY_FIRST, MONTH_FIRST)


def _doubt(days: Days, one: str, other: str) -> Unreadable:
    rows = days.rows["?"] or sorted(days.rows[DAY_FIRST] + days.rows[MONTH_FIRST])[:SHOWN]
    return Unreadable(
        "date_format",
        f"Dates such as {echo(days.example)}{f' (row {_listed(rows)})' if rows else ''} can be {WORDS[one]} or "
        f"{WORDS[other]}. Say which with date_format: {FORMATS[one]} or {FORMATS[other]}.",
        rows,
    )


def _contradiction(days: Days) -> None:
    first, other = days.rows[DAY_FIRST], days.rows[MONTH_FIRST]
    raise Unreadable(
        "date_format",
        f"Some dates can only be day/month (row {_listed(first)}), others only month/day (row {_listed(other)}). "
        f"Say which with date_format: {FORMATS[DAY_FIRST]} or {FORMATS[MONTH_FIRST]}.",
        sorted(first + other),
    )


def _listed(rows: list[int]) -> str:
    return ", ".join(map(str, rows)) + (", …" if len(rows) == SHOWN else "")


def _told(date_format: str, days: Days) -> str:
    """The order that a format names: "DD/MM/YYYY", "%d/%m/%Y" and "d.m.yy" are day, month, year."""
    letters = re.sub(r"[^dmyb]", "", date_format.casefold()).replace("b", "m")
    order = "".join(dict.fromkeys(letters)).upper()
    if order not in WORDS:
        known = ", ".join(FORMATS.values())
        raise Unreadable(
            "date_format", f"“{echo(date_format)}” is no order of day, month and year. Known are: {known}."
        )
    other = {DAY_FIRST: MONTH_FIRST, MONTH_FIRST: DAY_FIRST}.get(order)
    if other and days.counts[other] and not any(days.counts[said] for said in (order, "?", "")):
        raise Unreadable("date_format", f"All dates are {WORDS[other]}, none is {WORDS[order]}.", days.rows[other])
    return order


def day_of(cell: str, order: str) -> date | datetime | None:
    """The day that a cell says, in an order of day, month and year; None where it says none."""
    said = taken(cell)
    return resolved(said, order) if isinstance(said, Numbers) else said
