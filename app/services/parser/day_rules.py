"""Days of the calendar, and the words at the edges of a text around a date."""

import datetime
from typing import Any


def valid(year: int, month: int, day: int) -> datetime.date | None:
    """The date, or None if there is no such day."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def latest(reference: datetime.date, day_of: Any) -> datetime.date | None:
    """The latest day of the last three months that is not after `reference`."""
    year, month = reference.year, reference.month
    for _ in range(3):
        found = day_of(year, month)
        if found and found <= reference:
            return found
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def ends_with(text: str, phrases: list[str]) -> bool:
    """Whether the text ends with one of the phrases, as whole words."""
    return any(text.endswith(phrase) and not text[: -len(phrase)][-1:].isalnum() for phrase in phrases)


def matched(text: str, phrases: list[str]) -> int:
    """The length of the longest phrase that the text ends with, 0 for none."""
    return max((len(phrase) for phrase in phrases if ends_with(text, [phrase])), default=0)


def starts_with(text: str, phrases: list[str]) -> bool:
    """Whether the text starts with one of the phrases, as whole words."""
    return any(text.startswith(phrase) and not text[len(phrase) : len(phrase) + 1].isalnum() for phrase in phrases)
