"""Decides for a whole file in what order day, month and year stand, from what all its rows allow."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from app.services.statements.csv_dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, Numbers, full_year, resolved, taken
from app.services.statements.csv_words import fold
from app.services.statements.records import Unreadable, echo

SHOWN = 10  # rows named in a message
REMEMBERED = 4096
CLEAR = 3  # times as many rows on one side as on the other
WORDS = {DAY_FIRST: "day/month/year", MONTH_FIRST: "month/day/year", YEAR_FIRST: "year/month/day"}
FORMATS = {DAY_FIRST: "DD/MM/YYYY", MONTH_FIRST: "MM/DD/YYYY", YEAR_FIRST: "YYYY/MM/DD"}


@dataclass
class Days:
    """What the days of the rows seen so far allow: counts and a few row numbers, never the values."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("", DAY_FIRST, MONTH_FIRST, "?", "dots"), 0))
    rows: dict[str, list[int]] = field(default_factory=lambda: {DAY_FIRST: [], MONTH_FIRST: [], "?": []})
    example: str = ""
    # Of years of two digits that stand first, and last: how many there can be, the least, the most.
    short_years: list[tuple[int, int, int]] = field(default_factory=list)
    known: dict[str, str | None] = field(default_factory=dict)

    def see(self, row: int, cell: str) -> bool:
        """Take a row's day into account; False if it is none in any order."""
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
        if numbers.mark == ".":
            self.counts["dots"] += 1
        if day_first and month_first:
            return "" if day_first == month_first else "?"
        if day_first or month_first:
            return DAY_FIRST if day_first else MONTH_FIRST
        return "" if resolved(numbers, YEAR_FIRST) else None

    def _note_years(self, numbers: Numbers) -> None:
        if len(numbers.parts[2]) > 2:
            return
        self.short_years = self.short_years or [(0, 9999, 0), (0, 9999, 0)]
        orders = ((0, (YEAR_FIRST,)), (2, (DAY_FIRST, MONTH_FIRST)))
        for side, (place, possible) in enumerate(orders):
            fits, least, most = self.short_years[side]
            if any(resolved(numbers, order) for order in possible):
                year = full_year(numbers.parts[place].zfill(2))
                self.short_years[side] = (fits + 1, min(least, year), max(most, year))

    def year_stands_first(self, today: date) -> bool:
        """Whether years of two digits stand first: more rows allow it, or they are closer together or to now.

        Where points are between the numbers the day stands first (Unicode CLDR), unless rows deny it.
        """
        if not self.short_years:
            return False
        (first_fits, *first), (last_fits, *last) = self.short_years

        def rank(least: int, most: int) -> tuple[bool, int, int]:
            return most > today.year + 1, most - least, abs(today.year - most)

        if first_fits != last_fits or self.counts["dots"]:
            return first_fits > last_fits
        return rank(*first) < rank(*last)


def order_of(days: Days, date_format: str | None, today: date, header: str, comma: bool) -> tuple[str, str | None]:
    """The order of day, month and year in a file, and a note on how it is known if somebody had to choose.

    What the rows allow decides; a few rows against many are bad rows. Where all rows allow both orders, points
    between the numbers, decimal commas, or a header that isn't English mean that the day comes first: by the Unicode
    CLDR, no locale that puts the month first has any of them.

    Raises:
        Unreadable: on "date_format": rows contradict each other, or allow both, or the format names no order.
    """
    if date_format:
        return _told(date_format, days), None
    if days.year_stands_first(today):
        return YEAR_FIRST, f"Dates are {WORDS[YEAR_FIRST]}."
    day_first, month_first = days.counts[DAY_FIRST], days.counts[MONTH_FIRST]
    if day_first or month_first:
        order = DAY_FIRST if day_first >= month_first else MONTH_FIRST
        if max(day_first, month_first) < CLEAR * min(day_first, month_first):
            _contradiction(days)
        return order, f"Dates are {WORDS[order]}."
    if not days.counts["?"]:
        return DAY_FIRST, None
    if days.counts["dots"] or comma or not _may_be_english(header):
        return DAY_FIRST, f"Dates are {WORDS[DAY_FIRST]}."
    raise Unreadable(
        "date_format",
        f"Dates such as {echo(days.example)} (row {_listed(days.rows['?'])}) can be day/month or month/day. "
        f"Say which with date_format: {FORMATS[DAY_FIRST]} or {FORMATS[MONTH_FIRST]}.",
        days.rows["?"],
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


def _may_be_english(header: str) -> bool:
    return not header or any(word.startswith(("date", "day", "post", "time", "when")) for word in fold(header).split())


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
