"""The patterns of dates and times in folded text, built from data/dates.toml."""

import re
from collections.abc import Iterable
from functools import cache

from app.services.parser.tables import table
from app.services.parser.text import fold

FREE = r"(?<![\w.,/$€£₹])"  # no amount and no part of a longer number
ORDINAL = r"(?:st|nd|rd|th)"
DAY = r"\d{1,2}"
YEAR = r"(?P<year>20\d\d)(?![\d.,])"
AGO = r"(?:ago|back|before|earlier|pehle|pahle|fa|geleden|atras)"
LEAD = r"(?P<lead>last|this|past|previous|pichle|letzten|letzte|letzter|next|every|each|coming)"
TAIL = r"(?P<tail>dernier|pasado|scorso|scorsa|passado)"


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first."""
    return "|".join(re.escape(fold(word)).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The patterns in the order in which they are tried; each name has a `read_` method in dates.Reader."""
    sources = (
        numeric_patterns() | month_patterns(either(table("dates")["months"])) | spoken_patterns() | time_patterns()
    )
    return {name: re.compile(source) for name, source in sources.items()}


@cache
def not_weekdays() -> re.Pattern[str]:
    """Weekday names that belong to something else (Black Friday)."""
    return re.compile(rf"\b(?:{either(table('dates')['context']['not_weekdays'])})\b")


def numeric_patterns() -> dict[str, str]:
    """2024-06-02, 12/11, 12.11.2024."""
    return {
        "iso": rf"{FREE}(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>{DAY})(?P=sep)(?P<day>{DAY})(?!\d)",
        "numeric": rf"{FREE}(?P<one>{DAY})(?P<sep>[/.-])(?P<two>{DAY})(?:(?P=sep)(?P<year>20\d\d|\d\d))?"
        r"(?![\d/%]|[.,-]\d)",
    }


def month_patterns(month: str) -> dict[str, str]:
    """24-26 Dec, 3 June 2024, June 3rd, June 2024."""
    return {
        "range": rf"{FREE}{DAY}{ORDINAL}?\s?(?:{month})?\s?(?:-|–|to|till|bis)\s?{DAY}{ORDINAL}?\s?"
        rf"(?:of\s)?(?:{month})\b"
        rf"|\b(?:{month})\s{DAY}{ORDINAL}?\s?(?:-|–|to|till)\s?(?:(?:{month})\s?)?{DAY}{ORDINAL}?(?![\w.,])"
        rf"|{FREE}{DAY}{ORDINAL}\s?(?:-|–|to|till)\s?{DAY}{ORDINAL}\b",
        "day_month": rf"{FREE}(?P<day>{DAY})(?:{ORDINAL}|\.|er|º)?\s?(?:of\s|de\s|-|/)?(?P<month>{month})\b\.?"
        rf"(?:[\s,/-]{{0,2}}(?:de\s)?'?{YEAR})?",
        "month_day": rf"(?<![\w])(?P<month>{month})\b\.?\s?(?P<day>{DAY}){ORDINAL}?(?![\w%/]|[.,:]\d)"
        rf"(?:[\s,]{{1,2}}{YEAR})?",
        "month_year": rf"\b(?:{month})\.?[\s'’-]{{1,2}}(?:20\d\d)(?![\d.,])|\b(?:{month})['’]\d\d\b",
    }


def spoken_patterns() -> dict[str, str]:
    """Two days ago, yesterday, last Friday, on 3rd."""
    data = table("dates")
    short, unit = either(data["short_weekdays"]), either(data["units"])
    weekday = either(data["weekdays"])
    number = rf"{DAY}|{either(data['counts'])}"
    return {
        "ago": rf"\b(?P<count>{number})\s(?:of\s)?(?P<unit>{unit})\s{AGO}\b"
        rf"|\b(?:vor|il\sy\sa|hace|ha)\s(?P<count2>{number})\s(?P<unit2>{unit})\b",
        "days_ago": rf"(?<![\w])(?:{either(data['days_ago'])})(?![\w])",
        "weekday_day": rf"\b(?:{weekday}|{short}),?\s(?:the\s)?(?P<day>{DAY}){ORDINAL}\b"
        rf"(?!\s(?:of\s)?(?:{either(data['months'])})\b)",
        "weekdays_ago": rf"\b(?P<count>{number})\s(?P<name>{weekday})s?\s(?:ago|back)\b",
        "last_week": rf"\b(?:last|vorige|letzte)\s(?:week|woche)['’s]*,?\s(?:on\s)?(?P<name>{weekday})\b"
        rf"|\b(?P<name2>{weekday})\s(?:of\s)?last\sweek\b",
        "weekday": rf"(?:\b{LEAD}\s)?\b(?P<name>{weekday})\b(?:['’]s)?(?:\s{TAIL})?",
        "short_weekday": rf"\b(?P<lead>on|last|this|past|since|next|every)\s(?P<name>{short})\b"
        rf"|\b(?P<name2>{short})(?=[\s.,)!]*$)|^\(?(?P<name3>{short})\b(?=[\s,:)-]+[^\W\d])"
        rf"|\b(?P<name5>{short})(?=\s(?:rs\.?\s?|[$€£₹]\s?)?\d+(?:[.,]\d+)?(?:\s|$))"
        rf"(?!\s{DAY}\s(?:{either(data['months'])})\b)"
        rf"|\b(?P<name4>{short})\s(?:ko|ki|ke|morning|morn|evening|eve|night|nite|noon|afternoon|arvo|raat|shaam)\b",
        "holiday": rf"\b(?P<name>{either(data['holidays'])})\b",
        "bare_day": rf"(?<![\w.,/$€£₹-])(?P<day>{DAY})(?P<ordinal>{ORDINAL}|\.)?(?=\s|$|,|\.)",
    }


def time_patterns() -> dict[str, str]:
    """5 pm, 17:30, 18h30; FY 2024-25."""
    return {
        "time": r"(?<![\d.,$€£₹])(?:[01]?\d|2[0-4])(?:[:.]\d{2})?\s?(?:am(?!\s\d{1,2}\.)|pm"
        r"|a\.m\.?|p\.m\.?|o['’]?clock|baje|bje|uhr)(?!\w)"
        r"|(?<![\d.,])(?:[01]?\d|2[0-3]):[0-5]\d(?::\d\d)?(?!\d)|\b(?:[01]?\d|2[0-3])h[0-5]\d\b|\b\d{4}\s?hrs\b",
        "year": r"\b(?:in|fy|ay|year|batch|of|class of|model)\s?(?:19|20)\d\d\b(?:-\d\d(?:\d\d)?\b)?"
        r"|\b20\d\d-\d\d\b(?!-)",
    }
