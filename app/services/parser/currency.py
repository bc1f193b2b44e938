"""Currencies named in a text, as ISO 4217 codes, and where they stand."""

from dataclasses import dataclass

from app.services.parser.tables import table
from app.services.parser.text import Token


@dataclass(frozen=True, slots=True)
class Mark:
    """A currency at tokens[first:last]; `small` marks a hundredth of it (cents, paise)."""

    code: str
    first: int
    last: int
    small: bool = False


def family(name: str, profile_currency: str) -> str:
    """The currency a family word means to somebody with this profile currency."""
    members = table("currencies")["families"][name]
    return profile_currency if profile_currency in members else members[0]


def code_of(word: str, raw: str, profile_currency: str) -> str | None:
    """The code that one word or sign stands for."""
    data = table("currencies")
    if word.upper() in data["habits"]["capitals_only"]:
        return raw if raw in data["habits"]["capitals_only"] else None
    if word in data["members"]:
        return family(data["members"][word], profile_currency)
    return data["signs"].get(word) or data["words"].get(word)


def find(tokens: tuple[Token, ...], profile_currency: str) -> list[Mark]:
    """All words and signs that could name a currency, in order."""
    marks, at = [], 0
    while at < len(tokens):
        mark = mark_at(tokens, at, profile_currency)
        if mark is not None:
            marks.append(mark)
        at = mark.last if mark else at + 1
    return marks


def mark_at(tokens: tuple[Token, ...], at: int, profile_currency: str) -> Mark | None:
    """The currency that starts at tokens[at], or None."""
    data, token = table("currencies"), tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    pair = f"{token.word} {following.word}" if following else ""
    if pair in data["phrases"]:
        return Mark(data["phrases"][pair], at, at + 2)
    if token.raw == "R" and following and following.kind == "number" and following.start == token.end:
        return Mark("ZAR", at, at + 1)
    glued = at > 0 and tokens[at - 1].kind == "number" and tokens[at - 1].end == token.start
    if token.word == "e" and glued and profile_currency == "EUR":
        return Mark("EUR", at, at + 1)
    small = token.word in data["small"]["words"]
    code = code_of(token.word, token.raw, profile_currency) or (profile_currency if small else None)
    return Mark(code, at, at + 1, small) if code else None


def is_near(tokens: tuple[Token, ...], mark: Mark, first: int, last: int) -> bool:
    """Whether the mark stands directly before or behind the number at tokens[first:last]."""
    before = mark.last == first or (mark.last == first - 1 and tokens[mark.last].word in {".", ":", "-"})
    return before or mark.first == last


def next_to_digits(tokens: tuple[Token, ...], marks: list[Mark]) -> dict[int, str]:
    """The currency written next to each number token, by place."""
    found: dict[int, str] = {}
    for mark in marks:
        for place in (mark.first - 1, mark.last + 1, mark.last):
            if 0 <= place < len(tokens) and tokens[place].kind == "number" and is_near(tokens, mark, place, place + 1):
                found.setdefault(place, mark.code)
    return found


def is_weight(tokens: tuple[Token, ...], mark: Mark) -> bool:
    """Whether pounds are meant as a weight ("2 pounds of chicken")."""
    if tokens[mark.first].word not in {"pound", "pounds"} or mark.last >= len(tokens):
        return False
    return tokens[mark.last].word in table("currencies")["weight"]["after"]
