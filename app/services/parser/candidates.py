"""The numbers of a text that could be amounts, with their currencies; dates, names and identifiers are left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.services.parser import currency, numbers
from app.services.parser.dates import Mention
from app.services.parser.lexicon import Hit
from app.services.parser.tables import table
from app.services.parser.text import Sentence, Token

HUNDRED = Decimal(100)
IDENTIFIER_DIGITS = 9
MOST_NUMBERS = 20  # nobody records more in one sentence
ONLY_BEHIND = frozenset({"won", "re", "p", "c", "cent", "cents", "real"})
ONLY_GLUED = frozenset({"p", "c"})
MOST_COUNTED = 24
# Telephone numbers, fractions and ratios (1/2, 3/12, 24/7, 5-2, 9 to 5), flight numbers (6E-512), codes (12A, 335E).
NO_AMOUNT = re.compile(
    r"\+\d{1,3}[\s-]?\d[\d\s-]{7,14}\d|(?<!\d)\d{5}\s\d{5}(?!\d)|(?<![\d$€£₹])\d{3,4}[-\s]\d{3}[-\s]\d{3,4}(?![\d.,])"
    r"|(?<![\d.,$€£₹])\d{1,2}/\d{1,2}(?![\d.,/%])|(?<![\d.,$€£₹])\d-\d(?![\d.,])|(?<![\d.,$€£₹])\d{1,2}\sto\s\d{1,2}(?![\d.,])"
    r"|(?<![\w.,])\d[a-fh-jn-wyz][- ]?\d{3,4}(?![\w.,])|(?<![\w.,])\d{1,3}[abdf](?!\w)"
    r"|\b(?:seat|row|gate|flat|bus|class|section|std|unit|no|coach|berth)\s\d{1,3}c(?!\w)|(?<![\w.,])\d{1,2}c(?!\w)(?=.*\d\d)|\ba/c\s(?:no\.?\s)?\d+"
    r"|\b(?:fifty[\s-]fifty|50[\s-]50)\b|(?<![\w.,])\d{1,2}s(?!\w)|\b(?:hdmi|usb|bluetooth)\s?\d\.\d(?!\d)"
    r"|\bbp\s(?:is\s|was\s)?\d{2,3}/\d{2,3}|(?<![\d.,])\d{1,2}\.\d{1,2}\.\d{1,2}(?![\d.,])"
    r"|(?<![\w.,])\d{1,3}(?:st|nd|rd|th)(?!\w)|\b(?:got|scored)\s\d+\s(?:out\sof|/)\s\d+|\border\s(?:no\.?\s|id\s)?\d{3}-\d{5,}(?:-\d+)?|\bbuy\s\d\sget\s\d\b|(?<![\d.,$€£₹])\d\sfor\s[12](?![\d.,])(?!\s?(?:rs|[€£$₹]|bucks|quid|euro|dollar|pound))"
    r"|(?<!\d)\d{4}\s\d{4}\s\d{4}(?![\d.,])|\btrain\s(?:no\.?\s)?\d{5}(?![\d.,])|(?<!\w)[a-z]{1,2}-\d{1,4}(?![\d.,])"
)


@dataclass(slots=True)
class Candidate:
    """A number at tokens[first:last] (its currency included) and what it is taken for."""

    value: Decimal
    first: int
    last: int
    currency: str | None
    number: numbers.Number
    role: str = "price"
    small: bool = False
    counts: bool = False  # a word like "two" that counts what follows


def covered(tokens: tuple[Token, ...], mentions: Iterable[Mention], hits: Iterable[Hit]) -> set[int]:
    """The places of tokens that belong to a date, a time or a name with a number in it ("Forever 21")."""
    taken = {
        place
        for place, token in enumerate(tokens)
        if any(mention.start < token.end and token.start < mention.end for mention in mentions)
    }
    for hit in hits:
        if hit.last - hit.first > 1:
            taken.update(range(hit.first, hit.last))
    return taken


def unpriced(sentence: Sentence) -> set[int]:
    """The places of tokens in telephone numbers, fractions, ratios and codes."""
    spans = [match.span() for match in NO_AMOUNT.finditer(sentence.folded)]
    return {
        place
        for place, token in enumerate(sentence.tokens)
        if any(start <= token.start and token.end <= end for start, end in spans)
    }


def find(sentence: Sentence, mentions: list[Mention], hits: list[Hit], profile_currency: str) -> list[Candidate]:
    """The candidates in order; small ones (25 cents) are joined to the amount before them."""
    tokens = sentence.tokens
    taken = covered(tokens, mentions, hits) | unpriced(sentence)
    marks = [mark for mark in currency.find(tokens, profile_currency) if not currency.is_weight(tokens, mark)]
    beside = currency.next_to_digits(tokens, marks)
    found = []
    for number in numbers.find(tokens, beside, profile_currency):
        if not taken.isdisjoint(range(number.first, number.last)) or is_identifier(tokens, number):
            continue
        candidate = with_currency(tokens, number, marks)
        if candidate.currency is not None or is_amount_like(tokens, number):
            found.append(candidate)
        elif is_counting_word(tokens, number):
            candidate.counts = True
            found.append(candidate)
    return joined(tokens, found[:MOST_NUMBERS])


def is_identifier(tokens: tuple[Token, ...], number: numbers.Number) -> bool:
    """Phone, order and account numbers, and numbers glued to letters (S24, UK871, XX1234)."""
    digits = number.digits
    if digits.isdigit() and (len(digits) >= IDENTIFIER_DIGITS or (digits.startswith("0") and len(digits) > 1)):
        return True
    before = tokens[number.first - 1] if number.first else None
    if before is None:
        return False
    glued = before.end == tokens[number.first].start
    if glued and (before.word == "#" or continues_code(tokens, number.first - 1)):
        return True
    if before.word in table("amounts")["role"]["times"]:
        return False
    is_code = before.raw == "R" or currency.code_of(before.word, before.raw, "INR") is not None
    return glued and before.kind == "word" and before.raw.isascii() and len(before.word) <= 2 and not is_code


def continues_code(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a dash at `place` joins more digits to an order number (#114-2233) or a phone number."""
    if (
        place < 2
        or tokens[place].word != "-"
        or tokens[place - 1].kind != "number"
        or tokens[place - 1].end != tokens[place].start
    ):
        return False
    return tokens[place - 2].word in {"#", "-"} and tokens[place - 2].end == tokens[place - 1].start


def is_amount_like(tokens: tuple[Token, ...], number: numbers.Number) -> bool:
    """Digits are; a bare number word is only where nothing is counted with it."""
    if number.digits or number.sure:
        return True
    if tokens[number.first].word in table("numbers")["unsure"] and number.last - number.first == 1:
        return False
    following = tokens[number.last] if number.last < len(tokens) else None
    before = tokens[number.first - 1].word if number.first else ""
    return before not in {"for", "of", "all"} and (
        following is None or following.kind == "mark" or following.word in {"for", "on", "ka", "ki", "ke", "me", "mein"}
    )


def is_counting_word(tokens: tuple[Token, ...], number: numbers.Number) -> bool:
    """Whether a number word counts the noun behind it ("two seats 38 each"), not people or shares."""
    following = tokens[number.last] if number.last < len(tokens) else None
    before = tokens[number.first - 1].word if number.first else ""
    return (
        1 < number.value <= MOST_COUNTED
        and following is not None
        and following.kind == "word"
        and following.word not in table("amounts")["counted"]["not_behind"]
        and before not in table("amounts")["counted"]["not_before"]
    )


def with_currency(tokens: tuple[Token, ...], number: numbers.Number, marks: list[currency.Mark]) -> Candidate:
    """The candidate with the currency written before it, else behind it."""
    candidate = Candidate(number.value, number.first, number.last, None, number)
    before = [mark for mark in marks if is_before(tokens, mark, number)]
    behind = [mark for mark in marks if is_behind(tokens, mark, number)]
    for mark in [*before, *behind]:
        candidate.currency = candidate.currency or mark.code
        candidate.small = candidate.small or mark.small
        candidate.first, candidate.last = min(candidate.first, mark.first), max(candidate.last, mark.last)
    ending = [token.word for token in tokens[candidate.last : candidate.last + 2]]
    if ending in (["/", "-"], ["/", "="]):
        candidate.currency, candidate.last = candidate.currency or "INR", candidate.last + 2
    return candidate


def is_before(tokens: tuple[Token, ...], mark: currency.Mark, number: numbers.Number) -> bool:
    """Whether a currency is written before the number and meant for it."""
    if mark.last > number.first or not currency.is_near(tokens, mark, number.first, number.last):
        return False
    return tokens[mark.first].word not in ONLY_BEHIND and not closes(tokens, mark)


def is_behind(tokens: tuple[Token, ...], mark: currency.Mark, number: numbers.Number) -> bool:
    """Whether a currency is written behind the number and meant for it."""
    if mark.first != number.last or opens(tokens, mark):
        return False
    glued = tokens[mark.first].start == tokens[number.last - 1].end
    return glued or tokens[mark.first].word not in ONLY_GLUED


def closes(tokens: tuple[Token, ...], mark: currency.Mark) -> bool:
    """Whether a currency behind an earlier number belongs to that one ("200 rs 3 chai", "12€50")."""
    if mark.first == 0 or tokens[mark.first - 1].kind != "number":
        return False
    return tokens[mark.first].raw.isalpha() or tokens[mark.first - 1].end == tokens[mark.first].start


def opens(tokens: tuple[Token, ...], mark: currency.Mark) -> bool:
    """Whether a currency sign behind a number belongs to the next one ("band 2 £75.30")."""
    if mark.last >= len(tokens) or tokens[mark.last].kind != "number" or tokens[mark.first].raw.isalpha():
        return False
    return (
        tokens[mark.last].start == tokens[mark.last - 1].end and tokens[mark.first].start > tokens[mark.first - 1].end
    )


def joined(tokens: tuple[Token, ...], found: list[Candidate]) -> list[Candidate]:
    """Amounts with their hundredths added: "3 dollars and 25 cents", "12€50"; hundredths alone are divided."""
    merged: list[Candidate] = []
    for candidate in found:
        previous = merged[-1] if merged else None
        if previous and is_hundredths(tokens, previous, candidate):
            previous.value += candidate.value / HUNDRED
            previous.last = candidate.last
            continue
        if candidate.small:
            candidate.value /= HUNDRED
        merged.append(candidate)
    return merged


def is_hundredths(tokens: tuple[Token, ...], whole: Candidate, candidate: Candidate) -> bool:
    """Whether a number adds hundredths to the amount before it; in rupees two numbers are rather two things."""
    gap = [token.word for token in tokens[whole.last : candidate.first]]
    if whole.currency is None or whole.small or gap not in ([], ["and"], ["und"], ["aur"], ["et"], [","]):
        return False
    if candidate.small:
        return candidate.value < HUNDRED
    two_digits = re.fullmatch(r"\d\d", candidate.number.digits) is not None
    behind_mark = tokens[whole.last - 1].kind != "number"
    return two_digits and behind_mark and gap == [] and candidate.currency is None and whole.currency != "INR"
