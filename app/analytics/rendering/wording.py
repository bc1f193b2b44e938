"""Shares, months and days as people read them."""

import unicodedata
from datetime import date
from decimal import Decimal

from app.core.amounts import exact

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = "\u200c\u200d"  # they say how letters of Indian scripts and of Arabic meet


def percent(value: float | None) -> str:
    """A share with one decimal; a dash where there is none."""
    return "–" if value is None else f"{exact(value).quantize(Decimal('0.1')):,f}%"


def change(value: float | None) -> str:
    """A change in percent with its sign; a dash where there is nothing to compare with."""
    return "–" if value is None else f"{'+' if value > 0 else ''}{percent(value)}"


def month_name(month: str) -> str:
    """A month "2026-01" in words: January 2026."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def short_month(month: str) -> str:
    """A month "2026-01" in few characters: Jan 26."""
    return f"{date.fromisoformat(f'{month}-01'):%b %y}"


def short_day(day: str) -> str:
    """A day "2026-01-05" in few characters: 5 Jan."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {parsed:%b}"


def long_day(day: str) -> str:
    """A day "2026-01-05" in words: 5 January 2026."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {parsed:%B %Y}"


def one_line(text: str) -> str:
    """A text without line breaks and what can't be seen: control characters, turns of direction, half characters."""
    spaced = ("" if _is_invisible(character) else character for character in " ".join(text.split()))
    return " ".join("".join(spaced).split())


def _is_invisible(character: str) -> bool:
    return character not in JOINERS and unicodedata.category(character) in INVISIBLE
