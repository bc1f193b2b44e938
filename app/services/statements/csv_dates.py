"""Days as people and banks write them. Their order is decided elsewhere, for a whole file."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from app.services.statements.texts import without_accents

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "DMY", "MDY", "YMD"
LONGEST = 60
MONTHS = (
    "jan january januar janvier enero ene gennaio gen januari janeiro ianuarie styczen januari janv janner jaenner",
    "feb february februar fevrier febrero febbraio februari fevereiro fev fevr",
    "mar march marz maerz mars marzo maart marco mrt mrz",
    "apr april avril abril aprile avr abr",
    "may mai mayo maggio mei maio mag maj",
    "jun june juni juin junio giugno junho giu",
    "jul july juli juillet julio luglio julho lug juil",
    "aug august aout agosto augustus ago augusti",
    "sep september septembre septiembre settembre setembro sept set",
    "oct october oktober octobre octubre ottobre outubro okt ott out",
    "nov november novembre noviembre novembro",
    "dec december dezember decembre diciembre dicembre dezembro dez dic desember des",
)
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
TIME = (
    r"(?:[T ,]+(?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?)\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s*[A-Z]{2,5})?)?"
)
WEEKDAY = r"(?:[^\W\d]{2,10}\.?,?\s+)?"
# The usual way to write a day is tried before all others: half the time that a file takes goes into its days.
PLAIN = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
NUMERIC = re.compile(r"(\d{1,4})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{1,2})\.?" + TIME, re.IGNORECASE)
COMPACT = re.compile(r"(\d{8}|\d{6})(?:\d{6})?" + TIME, re.IGNORECASE)
IDEOGRAPHS = re.compile(r"(\d{4}|\d{2})年(\d{1,2})月(\d{1,2})日(?:\s*\(?[一二三四五六七日月火水木金土]\)?)?" + TIME)
NAMED = re.compile(
    WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th|\.|º)?[-/ ]*(?:de )?([^\W\d]{3,10})\.?,?[-/ ]*(?:de )?'?(\d{4}|\d{2})" + TIME,
    re.IGNORECASE,
)
AMERICAN = re.compile(WEEKDAY + r"([^\W\d]{3,10})\.?[- ]+(\d{1,2})(?:st|nd|rd|th)?,?[- ]+(\d{4})" + TIME, re.IGNORECASE)
YEAR_NAMED = re.compile(r"(\d{4})[- /]([^\W\d]{3,10})[- /](\d{1,2})" + TIME, re.IGNORECASE)


class Numbers(NamedTuple):
    """A day in three numbers whose order isn't told by itself, the mark between them, and its time, if any."""

    parts: tuple[str, str, str]
    mark: str
    rest: re.Match[str]


def taken(cell: str) -> date | datetime | Numbers | None:
    """What a cell says: a day where it is plain by itself, three numbers where an order is needed; None for no day."""
    text = cell.strip()
    if found := PLAIN.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if not text or len(text) > LONGEST or not any(letter.isdigit() for letter in text):
        return None
    text = _folded(text)
    if found := NUMERIC.fullmatch(text):
        first, mark, second, third = found.group(1, 2, 3, 4)
        if len(first) == 3 or (len(first) == 4 and len(third) == 4):
            return None
        return Numbers((first, second, third), mark, found)
    if found := COMPACT.fullmatch(text):
        return _compact(found[1], found)
    return _written_out(text)


def _folded(text: str) -> str:
    return " ".join(without_accents(text.strip('="')).split())


def _compact(digits: str, found: re.Match[str]) -> Numbers:
    if len(digits) == 8 and digits[:2] in ("19", "20") and "01" <= digits[4:6] <= "12":
        return Numbers((digits[:4], digits[4:6], digits[6:]), "", found)
    return Numbers((digits[:2], digits[2:4], digits[4:]), "", found)


def _written_out(text: str) -> date | datetime | None:
    for pattern, order in ((IDEOGRAPHS, (1, 2, 3)), (NAMED, (3, 2, 1)), (AMERICAN, (3, 1, 2)), (YEAR_NAMED, (1, 2, 3))):
        if found := pattern.fullmatch(text):
            year, month, day = (found[place] for place in order)
            number = int(month) if month.isdigit() else MONTH_OF.get(month.casefold())
            return timed(_day(full_year(year), number, int(day)), found) if number else None
    return None


def full_year(digits: str) -> int:
    """The year of two or four digits; two are those of 1970 to 2069."""
    number = int(digits)
    return number if len(digits) > 2 else number + (1900 if number >= 70 else 2000)


def resolved(numbers: Numbers, order: str) -> date | datetime | None:
    """The day of three numbers that stand in an order of D, M and Y; None where the calendar has no such day.

    A year of four digits that stands first is followed by the month, unless the order says otherwise.
    """
    if len(numbers.parts[0]) == 4 and order[0] != "Y":
        order = YEAR_FIRST
    parts = dict(zip(order, numbers.parts, strict=True))
    if len(parts["D"]) > 2 or len(parts["M"]) > 2:
        return None
    return timed(_day(full_year(parts["Y"]), int(parts["M"]), int(parts["D"])), numbers.rest)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


def timed(day: date | None, found: re.Match[str]) -> date | datetime | None:
    """A day with its time where an offset is written with it, else the day; None where the time is none.

    Midnight is how programs write a day; as an instant it would be the day before west of whoever wrote it.
    """
    clock = found["time"]
    if day is None or clock is None:
        return day
    hour, minute, *second = (int(part) for part in re.split(r"[:.,]", clock)[:3])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0].lower() == "p" else 0)
    if hour > 23 or minute > 59 or (second and second[0] > 59):
        return None
    if not found["zone"] or not (hour or minute or sum(second)):
        return day
    return datetime.combine(day, time(hour, minute, sum(second)), _zone(found["zone"]))


def _zone(written: str) -> timezone:
    if written[0] not in "+-":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) % timedelta(hours=24)
    return timezone(-offset if written[0] == "-" else offset)
