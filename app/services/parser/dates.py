"""The day a text names for its payment, told apart from journeys, deadlines, periods and times of day."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.services.parser.day_patterns import not_weekdays, patterns
from app.services.parser.day_rules import ends_with, latest, matched, starts_with, valid
from app.services.parser.tables import table
from app.services.parser.text import fold

MONTH_FIRST = frozenset({"USD"})
NEAR_FUTURE = datetime.timedelta(days=200)
EACH_PRICE = re.compile(r"\d\s?each$")
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words at text[start:end] that name a day; `day` is None for a time or a period."""

    start: int
    end: int
    day: datetime.date | None
    is_payment: bool = False


class Reader:
    """Reads the days of one folded text, as seen from a reference date."""

    def __init__(self, folded: str, reference: datetime.date, profile_currency: str) -> None:
        self.text = folded
        self.reference = reference
        self.month_first = profile_currency in MONTH_FIRST
        words = set(re.findall(r"[a-z]+", folded))
        self.is_booking = not words.isdisjoint(table("dates")["context"]["bookings"])

    def mentions(self) -> list[Mention]:
        """All mentions, none overlapping: a pattern tried earlier keeps its place."""
        found: list[Mention] = []
        blocked = [match.span() for match in not_weekdays().finditer(self.text)]
        for name, pattern in patterns().items():
            for match in pattern.finditer(self.text):
                taken = [*blocked, *((mention.start, mention.end) for mention in found)]
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                mention = getattr(self, f"read_{name}")(match)
                if mention is not None:
                    found.append(self.in_context(mention))
        return sorted(found, key=lambda mention: mention.start)

    def in_context(self, mention: Mention) -> Mention:
        """The mention, with no day where the words around it speak of another day than the payment's."""
        if mention.day is None:
            return mention
        context = table("dates")["context"]
        before, after = self.text[: mention.start].rstrip(" ,:("), self.text[mention.end :].lstrip(" ,")
        is_payment = matched(before, context["payment"]) > matched(before, context["other_day"])
        is_other = (ends_with(before, context["other_day"]) and not EACH_PRICE.search(before)) or starts_with(
            after, context["other_day_after"]
        )
        if (
            not is_payment and (is_other or starts_with(after, ["to", "-", "–", "till"]))
        ) or mention.day > self.reference:
            return replace(mention, day=None)
        return replace(mention, is_payment=is_payment)

    def read_iso(self, match: re.Match[str]) -> Mention | None:
        """2024-06-02."""
        return self.full(match, int(match["year"]), int(match["month"]), int(match["day"]))

    def read_numeric(self, match: re.Match[str]) -> Mention | None:
        """12/11, 12.11.2024: the profile's order, the other one if that is no date."""
        one, two, year = int(match["one"]), int(match["two"]), match["year"]
        context = table("dates")["context"]
        before, after = self.text[: match.start()].rstrip(" ,:("), self.text[match.end() :]
        marked = ends_with(before, context["payment"] + context["other_day"] + ["dated", "dt", "date"])
        if year is None:
            if ends_with(before, context["instalment"]) or (
                match["sep"] != "/" and not marked and not (match["sep"] == "." and after.startswith("."))
            ):
                return None
            if (one, two) in {(1, 2), (1, 4), (3, 4), (24, 7), (1, 3), (2, 3)} and not marked and after.strip():
                return None
        month, day = (one, two) if self.month_first and match["sep"] == "/" else (two, one)
        if month > 12:
            month, day = day, month
        return self.full(match, (int(year) + 2000 if len(year) == 2 else int(year)) if year else None, month, day)

    def read_range(self, match: re.Match[str]) -> Mention:
        """24-26 Dec: a period."""
        return Mention(match.start(), match.end(), None)

    def read_day_month(self, match: re.Match[str]) -> Mention | None:
        """3 June, 3rd of June 2024."""
        return self.named(match)

    def read_month_day(self, match: re.Match[str]) -> Mention | None:
        """June 3rd, Jun 3 2024."""
        return self.named(match)

    def read_month_year(self, match: re.Match[str]) -> Mention:
        """June 2024: a period."""
        return Mention(match.start(), match.end(), None)

    def read_ago(self, match: re.Match[str]) -> Mention | None:
        """Two days ago."""
        count, unit = match["count"] or match["count2"], match["unit"] or match["unit2"]
        number = int(count) if count.isdigit() else table("dates")["counts"][count]
        return Mention(match.start(), match.end(), self.reference - number * table("dates")["units"][unit] * DAY)

    def read_days_ago(self, match: re.Match[str]) -> Mention:
        """Yesterday, kal, gestern."""
        spoken = re.sub(r"\s", " ", match.group())
        ago = next(days for words, days in table("dates")["days_ago"].items() if fold(words) == spoken)
        return Mention(match.start(), match.end(), self.reference - ago * DAY)

    def read_weekday(self, match: re.Match[str]) -> Mention:
        """On Monday, last Friday: the latest such day."""
        back = (self.reference.weekday() - table("dates")["weekdays"][match["name"]]) % 7
        lead = match["lead"] or match["tail"] or ""
        if lead in {"next", "every", "each", "coming"}:
            return Mention(match.start(), match.end(), None)
        return Mention(match.start(), match.end(), self.reference - (back or 7 * (lead not in {"", "this"})) * DAY)

    def read_weekday_day(self, match: re.Match[str]) -> Mention | None:
        """Thursday the 6th: the latest sixth."""
        found = latest(self.reference, lambda year, month: valid(year, month, int(match["day"])))
        return Mention(match.start(), match.end(), found) if found else None

    def read_weekdays_ago(self, match: re.Match[str]) -> Mention:
        """Two Sundays ago."""
        count = int(match["count"]) if match["count"].isdigit() else table("dates")["counts"][match["count"]]
        back = (self.reference.weekday() - table("dates")["weekdays"][match["name"]]) % 7 or 7
        return Mention(match.start(), match.end(), self.reference - (back + 7 * (count - 1)) * DAY)

    def read_last_week(self, match: re.Match[str]) -> Mention:
        """Tuesday last week: of the week from Monday to Sunday before this one."""
        weekday = table("dates")["weekdays"][match["name"] or match["name2"]]
        monday = self.reference - self.reference.weekday() * DAY
        return Mention(match.start(), match.end(), monday + (weekday - 7) * DAY)

    def read_short_weekday(self, match: re.Match[str]) -> Mention:
        """On tue, last fri."""
        name = next(filter(None, (match[name] for name in ("name", "name2", "name3", "name4", "name5"))))
        back = (self.reference.weekday() - table("dates")["short_weekdays"][name]) % 7
        if match["lead"] in {"next", "every"}:
            return Mention(match.start(), match.end(), None)
        return Mention(match.start(), match.end(), self.reference - (back or 7 * (match["lead"] == "last")) * DAY)

    def read_holiday(self, match: re.Match[str]) -> Mention | None:
        """Christmas Eve: the latest one."""
        spoken = re.sub(r"\s", " ", match["name"])
        day = next(day for words, day in table("dates")["holidays"].items() if fold(words) == spoken)
        return self.full(match, None, int(day[:2]), int(day[3:]))

    def read_bare_day(self, match: re.Match[str]) -> Mention | None:
        """On 3rd, 5 tarikh ko: the latest such day of a month."""
        context, day = table("dates")["context"], int(match["day"])
        before, after = self.text[: match.start()].rstrip(), self.text[match.end() :].lstrip(" .")
        follows = starts_with(after, context["bare_day_after"])
        is_ordinal = match["ordinal"] is not None and (match["ordinal"] != "." or ends_with(before, ["am", "vom"]))
        if not (follows or is_ordinal) or not 1 <= day <= 31 or starts_with(after, context["ordinal_of"]):
            return None
        if not follows and after and not ends_with(before, context["bare_day"] + context["other_day"]):
            return None
        end = (
            match.end()
            + (
                re.match(r"\s*(?:tarikh|tareekh|tarik|ko|of|this|last|the|month|\s)*", self.text[match.end() :])
                or match
            ).end()
            * follows
        )
        first = self.reference.replace(day=1) - DAY if "last month" in after[:20] else self.reference
        found = latest(first, lambda year, month: valid(year, month, day))
        return Mention(match.start(), end, found) if found else None

    def read_time(self, match: re.Match[str]) -> Mention:
        """5 pm, 17:30."""
        return Mention(match.start(), match.end(), None)

    def read_year(self, match: re.Match[str]) -> Mention:
        """In 2024, FY 2024-25."""
        return Mention(match.start(), match.end(), None)

    def named(self, match: re.Match[str]) -> Mention | None:
        """A day with the month's name."""
        year = match["year"]
        number = (int(year) + 2000 if len(year) == 2 else int(year)) if year else None
        if number is not None and abs(number - self.reference.year) > 5:
            number = None
        return self.full(match, number, table("dates")["months"][match["month"]], int(match["day"]))

    def full(self, match: re.Match[str], year: int | None, month: int, day: int) -> Mention | None:
        """The mention of a day and month: of that year, else the latest one up to the reference date."""
        if year is not None:
            found = valid(year, month, day)
            return Mention(match.start(), match.end(), found) if found else None
        past = next(
            filter(
                None,
                (
                    valid(y, month, day)
                    for y in range(self.reference.year, self.reference.year - 5, -1)
                    if (valid(y, month, day) or datetime.date.max) <= self.reference
                ),
            ),
            None,
        )
        if past is None:
            return None
        coming = next(filter(None, (valid(y, month, day) for y in (past.year + 1, past.year + 4))), None)
        if self.is_booking and coming and coming - self.reference < min(NEAR_FUTURE, self.reference - past):
            return Mention(match.start(), match.end(), None)
        return Mention(match.start(), match.end(), past)


def find(folded: str, reference: datetime.date, profile_currency: str) -> tuple[datetime.date | None, list[Mention]]:
    """(the day of the payment or None, every mention of a day or time) in a folded text."""
    mentions = Reader(folded, reference, profile_currency).mentions()
    days: Iterator[Mention] = (mention for mention in mentions if mention.day is not None)
    chosen = max(days, key=lambda mention: mention.is_payment, default=None)
    return (chosen.day if chosen else None), mentions
