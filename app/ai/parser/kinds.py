"""Whether money went out, came in, or came back."""

import re
import tomllib
from functools import cache

from app.ai.parser.lexicon import DATA
from app.ai.parser.text import Sentence, fold

GAP = r"(?: \S+){0,5}"
TIED = 9


@cache
def patterns() -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """For each kind of data/kinds.toml: (weight, pattern) pairs, heaviest first."""
    data = tomllib.loads((DATA / "kinds.toml").read_text(encoding="utf-8"))
    return {
        kind: [
            (int(weight), re.compile(rf"(?<!\S)(?:{'|'.join(map(pattern_of, phrases))})(?!\S)"))
            for weight, phrases in sorted(groups.items(), reverse=True)
            if phrases
        ]
        for kind, groups in data.items()
        if kind != "not_refund"
    }


def pattern_of(phrase: str) -> str:
    """The pattern of one phrase: "..." is a gap of up to five words."""
    return (
        GAP.join(re.escape(part.strip()).replace(r"\ ", " ") + " " for part in fold(phrase).split("..."))
        .replace(" " + GAP, GAP + " ")
        .strip()
    )


def spoken(sentence: Sentence) -> str:
    """The folded words with numbers as #, currency signs and marks left out."""
    words = [
        "#" if token.kind == "number" else token.word for token in sentence.tokens if token.kind in {"number", "word"}
    ]
    return " ".join(
        word
        for word in words
        if word
        not in {
            "rs",
            "inr",
            "rupees",
            "rupaye",
            "eur",
            "euro",
            "usd",
            "gbp",
            "k",
            "dollars",
            "bucks",
            "pounds",
            "quid",
            "lakh",
        }
    )


def strength(kind: str, text: str) -> int:
    """The weight of the heaviest phrase of a kind in the text, 0 for none."""
    return next((weight for weight, pattern in patterns()[kind] if pattern.search(text)), 0)


def find(sentence: Sentence) -> str:
    """ "income", "refund" or "expense"."""
    text = spoken(sentence)
    refund, income = strength("refund", text), strength("income", text)
    if (
        "refund" in text
        and "non refund" not in text
        and "refundable" not in text
        and "refund policy" not in text
        and refund >= 3
    ):
        return "refund"
    if max(refund, income) <= strength("not", text) and income < 5:
        return "expense"
    if income >= 5:
        return "income"
    if refund >= 3 or (refund and refund >= income):
        return "refund"
    return "income" if income >= 3 else "expense"
