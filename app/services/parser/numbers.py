"""Numbers in a text: digits of Indian, English and European habit, words, and both mixed ("2 lakh", "dedh sau")."""

import re
from dataclasses import dataclass
from decimal import Decimal

from app.services.parser.tables import table
from app.services.parser.text import Token

DOTTED_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
COMMA_GROUPS = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}")
MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens[first:last]; `sure` is false for a bare small word like "two"."""

    value: Decimal
    first: int
    last: int
    digits: str = ""  # as typed, "" for words alone
    sure: bool = True
    scaled: bool = False  # with thousand, lakh and the like: hardly a count


def read_digits(digits: str, currency: str) -> Decimal:
    """The value of typed digits in the habit of `currency` ("1.234,50" with EUR is 1234.50; "1,50,000" is 150000)."""
    plain = digits.replace("'", "").replace("’", "")
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        decimal, group = (",", ".") if comma > dot else (".", ",")
        return Decimal(
            plain.replace(group, "").replace(decimal, ".", 1) if plain.count(decimal) == 1 else re.sub(r"\D", "", plain)
        )
    if comma >= 0:
        return Decimal(
            plain.replace(",", "") if COMMA_GROUPS.fullmatch(plain) or plain.count(",") > 1 else plain.replace(",", ".")
        )
    if plain.count(".") > 1:
        return Decimal(plain.replace(".", ""))
    if dot >= 0 and DOTTED_GROUPS.fullmatch(plain) and currency in table("currencies")["habits"]["dot_thousands"]:
        return Decimal(plain.replace(".", ""))
    return Decimal(plain)


def is_number_word(word: str) -> bool:
    """Whether the word can be part of a number."""
    names = table("numbers")
    return any(word in names[kind] for kind in ("plain", "unsure", "scale", "whole", "shift"))


def find(tokens: tuple[Token, ...], currency_at: dict[int, str], profile_currency: str) -> list[Number]:
    """All numbers, in order. `currency_at` names the currency written next to a token, for its habit of decimals."""
    found, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        number = None
        if token.kind == "number" and len(token.word) <= MOST_DIGITS:
            number = from_digits(tokens, at, currency_at.get(at, profile_currency))
        elif token.kind == "word" and is_number_word(token.word):
            number = from_words(tokens, at)
        if number is not None:
            found.append(number)
        at = number.last if number else at + 1
    return found


def from_digits(tokens: tuple[Token, ...], at: int, currency: str) -> Number:
    """The number that starts with digits at tokens[at], with the scale words that follow."""
    digits = tokens[at].word
    last = at + 1
    while (
        last < len(tokens)
        and is_group(tokens[last - 1], tokens[last], digits)
        and (currency in table("currencies")["habits"]["comma_decimals"] or tokens[last].word == "000")
    ):
        digits += tokens[last].word
        last += 1
    value = read_digits(digits, currency)
    scale, after = scale_at(tokens, last, digits)
    if scale is None:
        return Number(value, at, last, digits)
    value *= scale
    rest = tail_value(tokens, after, scale, currency)
    return Number(value + rest[0], at, rest[1], digits, scaled=True)


def is_group(before: Token, token: Token, digits: str) -> bool:
    """Whether a token continues digits grouped by spaces ("1 234,50")."""
    return (
        token.kind == "number"
        and token.start == before.end + 1
        and digits.isdigit()
        and len(digits) <= 6
        and (len(digits) <= 3 or before.word != digits)
        and re.fullmatch(r"\d{3}(?:,\d{1,2})?", token.word) is not None
    )


def scale_at(tokens: tuple[Token, ...], at: int, digits: str) -> tuple[Decimal | None, int]:
    """(scale, next place) if a scale word stands at tokens[at] behind digits."""
    if at >= len(tokens) or tokens[at].kind != "word":
        return None, at
    word, glued = tokens[at].word, tokens[at].start == tokens[at - 1].end
    if word == "l" and glued and "." in digits and not is_liquid(tokens, at):
        return Decimal(100_000), at + 1
    if word in {"m", "so", "mille", "cent", "cento", "grand", "mil"} and not (
        (glued and word == "m") or word in {"mil", "grand"}
    ):
        return None, at
    if word == "mil" and at + 1 < len(tokens) and tokens[at + 1].word in table("numbers")["got"]["behind"]:
        return None, at
    if (
        word == "k"
        and not glued
        and at + 1 < len(tokens)
        and tokens[at + 1].kind == "word"
        and tokens[at + 1].word in {"liye", "lie"}
    ):
        return None, at
    scale = table("numbers")["scale"].get(word)
    return (Decimal(scale), at + 1) if scale else (None, at)


def is_liquid(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether the L at tokens[at] is litres: something liquid is named, and another number is the price."""
    others = any(token.kind == "number" for place, token in enumerate(tokens) if place != at - 1)
    return others and any(token.word in table("numbers")["liquids"]["words"] for token in tokens)


def tail_value(tokens: tuple[Token, ...], at: int, scale: Decimal, currency: str) -> tuple[Decimal, int]:
    """What follows a scaled number in a smaller scale: the 50 thousand of "2 lakh 50 thousand"."""
    if at < len(tokens) and tokens[at].kind == "number":
        smaller, after = scale_at(tokens, at + 1, tokens[at].word)
        if smaller is not None and smaller < scale:
            return read_digits(tokens[at].word, currency) * smaller, after
    return Decimal(0), at


def from_words(tokens: tuple[Token, ...], at: int) -> Number | None:
    """The number in words at tokens[at], or None where the words mean something else."""
    parts: list[str] = []
    last = at
    while last < len(tokens) and len(parts) < 10:
        if tokens[last].kind == "word" and is_number_word(tokens[last].word):
            parts.append(tokens[last].word)
        elif not is_joint(tokens, last):
            break
        last += 1
    while parts and tokens[last - 1].word != parts[-1]:
        last -= 1
    names = table("numbers")
    first = parts[0]
    if first in names["unsure_scale"]["words"] or (len(parts) == 1 and first in names["shift"]):
        return None
    value = value_of(parts)
    scaled = any(part in names["scale"] for part in parts)
    sure = scaled or (len(parts) > 1 and not all(part in names["unsure"] for part in parts))
    return Number(value, at, last, sure=sure, scaled=scaled)


def is_joint(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether tokens[at] only joins number words: the hyphen of twenty-five, the "and" of two hundred and five."""
    if at + 1 >= len(tokens) or not is_number_word(tokens[at + 1].word) or tokens[at].start == 0:
        return False
    if tokens[at].word == "-":
        return tokens[at].start == tokens[at - 1].end and tokens[at + 1].start == tokens[at].end
    return tokens[at].word in {"and", "und", "y", "et"} and tokens[at - 1].word in table("numbers")["scale"]


def is_spoken_hundred(before: Decimal, value: Decimal) -> bool:
    """ "one fifty", "two twenty": a digit directly before a ten counts hundreds."""
    return 0 < before < 10 and 20 <= value < 100 and value % 10 == 0


def value_of(parts: list[str]) -> Decimal:
    """The value of number words in order ("do sau pachas", "one hundred and five", "sava lakh")."""
    names = table("numbers")
    total = current = shift = Decimal(0)
    for part in parts:
        if part in names["shift"]:
            shift = Decimal(names["shift"][part])
        elif part in names["scale"]:
            scale = Decimal(names["scale"][part])
            current = (current or Decimal(1)) + shift
            shift = Decimal(0)
            current *= scale
            if scale >= 1000:
                total, current = total + current, Decimal(0)
        elif part not in {"a", "an"} or part == parts[-1]:
            value = Decimal(next(names[kind][part] for kind in ("plain", "unsure", "whole") if part in names[kind]))
            current = current * 100 + value if is_spoken_hundred(current, value) else current + value
    return total + current + shift
