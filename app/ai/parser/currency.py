"""Currencies named in a text, as ISO 4217 codes, and where they stand."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.ai.parser.lexicon import DATA
from app.ai.parser.text import Token
from app.core.money import DECIMALS

# Codes that are words or names of something else: only in capitals.
CAPITALS_ONLY = frozenset("TRY MAD COP BOB PEN TOP CUP ALL MOP GEL LAK ANG RON SOS AMD SAR NIS EGP KES PHP RUB".split())


@dataclass(frozen=True, slots=True)
class Mark:
    """A currency at tokens[first:last]; `small` marks a hundredth of it (cents, paise)."""

    code: str
    first: int
    last: int
    small: bool = False


@cache
def table() -> dict[str, Any]:
    """The contents of data/currencies.toml."""
    return tomllib.loads((DATA / "currencies.toml").read_text(encoding="utf-8"))


def family(name: str, profile_currency: str) -> str:
    """The currency a family word means to somebody with this profile currency."""
    members = table()["families"][name]
    return profile_currency if profile_currency in members else members[0]


def code_of(word: str, raw: str, profile_currency: str) -> str | None:
    """The code that one word or sign stands for."""
    data = table()
    if raw in CAPITALS_ONLY and raw in DECIMALS:
        return raw
    if word in {"rs", "re", "rupee", "rupees", "₨"}:
        return family("rupee", profile_currency)
    if word == "¥":
        return family("yuan_sign", profile_currency)
    if word in {"£", "pound", "pounds"}:
        return family("pound", profile_currency)
    if word in {"dirham", "dirhams", "dh"}:
        return family("dirham", profile_currency)
    if word.upper() in CAPITALS_ONLY and word not in {"php", "sar", "kes", "nis", "rub"}:
        return None
    if word in data["members"]:
        return family(data["members"][word], profile_currency)
    return data["signs"].get(word) or data["words"].get(word)


def find(tokens: tuple[Token, ...], profile_currency: str) -> list[Mark]:
    """All words and signs that could name a currency, in order."""
    data, marks, at = table(), [], 0
    while at < len(tokens):
        token = tokens[at]
        pair = f"{token.word} {tokens[at + 1].word}" if at + 1 < len(tokens) else ""
        if pair in data["phrases"]:
            marks.append(Mark(data["phrases"][pair], at, at + 2))
            at += 2
            continue
        if (
            token.raw == "R"
            and at + 1 < len(tokens)
            and tokens[at + 1].kind == "number"
            and tokens[at + 1].start == token.end
        ):
            marks.append(Mark("ZAR", at, at + 1))
            at += 1
            continue
        small = token.word in data["small"]["words"]
        code = code_of(token.word, token.raw, profile_currency)
        if small and code is None:
            code = profile_currency
        if code is not None:
            marks.append(Mark(code, at, at + 1, small))
        at += 1
    return marks


def is_near(tokens: tuple[Token, ...], mark: Mark, first: int, last: int) -> bool:
    """Whether the mark stands directly before or behind the number at tokens[first:last]."""
    before = mark.last == first or (mark.last == first - 1 and tokens[mark.last].word in {".", ":", "-"})
    return before or mark.first == last


def next_to_digits(tokens: tuple[Token, ...], marks: list[Mark]) -> dict[int, str]:
    """The currency written next to each number token, by place."""
    found = {}
    for mark in marks:
        for place in (mark.first - 1, mark.last + 1, mark.last):
            if 0 <= place < len(tokens) and tokens[place].kind == "number" and is_near(tokens, mark, place, place + 1):
                found.setdefault(place, mark.code)
    return found


def is_weight(tokens: tuple[Token, ...], mark: Mark) -> bool:
    """Whether pounds are meant as a weight ("2 pounds of chicken")."""
    if tokens[mark.first].word not in {"pound", "pounds"} or mark.last >= len(tokens):
        return False
    return tokens[mark.last].word in table()["weight"]["after"]
