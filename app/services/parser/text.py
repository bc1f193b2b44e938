"""What was typed, made comparable: cleaned text, folded text of the same length, tokens with their places."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

LONGEST_TEXT = 200
INDIC = "\u0900-\u0dff"  # vowel signs there are marks, not letters, so \w alone would cut words apart
LETTER = rf"[^\W\d_{INDIC}]|[{INDIC}]"
DOLLARS = r"(?<![a-z])(?:us|au|aus|ca|can|nz|hk|nt|sg|mex|[sacr])\$"
TOKEN = re.compile(
    rf"(?P<sign>{DOLLARS})|(?P<number>(?<![\w.,)])\.\d{{1,2}}(?!\d)|\d+(?:[.,'’]\d+)*)|(?P<word>(?:{LETTER})+(?:['’`´](?:{LETTER})+)*)|(?P<mark>\S)"
)
DROPPED = re.compile("[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
CLAUSE_END = re.compile(r"[.;!?](?=\s|$)|//|--")
APOSTROPHES = re.compile(r"['’`´]")
MARKUP = re.compile(
    r"<script\b[^<]{0,150}(?:</script>)?|<[^<>]{0,150}>|\{\{[^{}]{0,100}\}\}|\{\s?['\"][^{}]{0,150}\}|\$\{[^{}]{0,100}\}"
    r"|\$(?:gt|gte|lt|lte|ne|in|where|set|or)\b"
    r"|\balert\(\d*\)|['\"]\s{0,3};\s{0,3}(?:drop|delete|insert|update|select|truncate)\b[^;]*(?:;\s{0,3}(?:--)?|$)"
    r"|\b(?:or|and)\s{1,3}['\"]?\d+['\"]?\s{0,3}=\s{0,3}['\"]?\d+|;?\s{0,3}\b(?:drop|truncate)\s{1,3}table\b[^.]{0,60}"
    r"|\bunion\s{1,3}select\b.{0,60}|\bdelete\s{1,3}from\b[^.]{0,60}|\brm\s{1,3}-rf\b\S{0,20}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `raw` as typed, `word` folded, at text[start:end]."""

    raw: str
    word: str
    kind: str  # number | word | sign (a currency like S$) | mark (any other character)
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """Cleaned text with its folded twin of the same length (lower case, no accents)."""

    text: str
    folded: str
    tokens: tuple[Token, ...] = field(compare=False)  # words, numbers, currency signs and other marks, in order

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """The sentence in a cleaned text."""
        folded = fold(text)
        return cls(text, folded, tuple(tokens_of(text, folded)))


def tokens_of(text: str, folded: str) -> Iterator[Token]:
    """The tokens of a text, given its folded twin."""
    for match in TOKEN.finditer(folded):
        first, last = match.span()
        yield Token(text[first:last], APOSTROPHES.sub("", match.group()), kind_of(match), first, last)


def kind_of(match: re.Match[str]) -> str:
    """The token kind; pictures (emoji) count as words."""
    kind = match.lastgroup or "mark"
    if kind == "mark" and unicodedata.category(match.group()) == "So":
        return "word"
    return kind


def fold_letter(letter: str) -> str:
    """One letter in lower case without accent; always one character."""
    lowered = letter.lower()
    base = unicodedata.normalize("NFD", lowered if len(lowered) == 1 else letter)
    return base[0] if len(base) > 1 and "\u0300" <= base[1] <= "\u036f" else (lowered if len(lowered) == 1 else letter)


def fold(text: str) -> str:
    """Lower case without accents, of the same length as `text`."""
    return "".join(map(fold_letter, text))


def read(text: str) -> Sentence:
    """The sentence in `text`: NFKC, one kind of space, no markup, at most 200 characters."""
    composed = unicodedata.normalize("NFKC", DROPPED.sub("", text[:LONGEST_TEXT]))
    plain = "".join(
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character for character in composed
    )
    cleaned = " ".join(MARKUP.sub(" ", plain[: 2 * LONGEST_TEXT]).split())
    return Sentence.of(cleaned)


def without_orders(sentence: Sentence, orders: Iterable[str]) -> Sentence:
    """The sentence without what tells the reader what to record, from such a phrase to the end of its clause."""
    pattern = orders_pattern(tuple(orders))
    kept, at = [], 0
    for match in pattern.finditer(sentence.folded):
        if match.start() < at:
            continue
        end = CLAUSE_END.search(sentence.folded, match.end())
        kept.append(sentence.text[at : match.start()])
        at = end.end() if end else len(sentence.text)
    text = " ".join("".join([*kept, sentence.text[at:]]).split())
    return Sentence.of(text) if kept else sentence


@cache
def orders_pattern(orders: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of the phrases at the start of a word."""
    return re.compile(
        "|".join(rf"(?<!\w){re.escape(order)}".replace(r"\ :", r"\s?:").replace(r"\ =", r"\s?=") for order in orders)
    )


def words_of(text: str) -> tuple[str, ...]:
    """The folded words and numbers of `text`, without signs and marks."""
    return tuple(token.word for token in read(text).tokens if token.kind in {"word", "number"})
