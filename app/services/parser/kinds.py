"""Whether money went out, came in, or came back."""

import re
from functools import cache

from app.services.parser.tables import table
from app.services.parser.text import Sentence, fold

GAP = r"(?: \S+){0,5}"
CERTAIN, DEFINITE, CLEAR = 10, 5, 3
REFUND_WORDS = frozenset({"refund", "refunded", "refunds", "refnd", "refud", "reversed", "reversal", "chargeback"})


@cache
def patterns() -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """For refund, income and not: (weight, pattern) pairs, heaviest first."""
    return {
        kind: [
            (int(weight), re.compile(rf"(?<!\S)(?:{'|'.join(map(pattern_of, phrases))})(?!\S)"))
            for weight, phrases in sorted(table("kinds")[kind].items(), reverse=True)
        ]
        for kind in ("refund", "income", "not")
    }


def pattern_of(phrase: str) -> str:
    """The pattern of one phrase: "..." is a gap of up to five words; behind "re:" it is a pattern already."""
    if phrase.startswith("re:"):
        return phrase[3:]
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


def find(sentence: Sentence, *, has_shop: bool, has_goods: bool) -> str:
    """ "income", "refund" or "expense"; `has_shop`, `has_goods`: the text names a shop, or what money is spent on."""
    text = spoken(sentence)
    words = set(text.split())
    refund, income = strength("refund", text), strength("income", text)
    if is_pay_to_somebody(words):
        return "expense"
    if words & REFUND_WORDS and not words & {"non", "policy", "pending", "awaited"}:
        return "refund"
    against = strength("not", text)
    if max(refund, income) <= against and (income < DEFINITE or against >= CERTAIN):
        return "expense"
    lent = "returned" in words and not has_goods and not words & set(table("kinds")["shop"]["words"])
    from_person = not has_shop and (is_from_person(words) or lent)
    if refund >= CLEAR and income <= refund and not (income >= CLEAR and from_person):
        return "refund"
    if income >= CLEAR or (refund and lent and from_person):
        return "income"
    return "refund" if refund > income else "expense"


def is_pay_to_somebody(words: set[str]) -> bool:
    """Whether wages go to household help or staff ("cook's wages"), not to the person."""
    payee = table("kinds")["payee"]
    return bool(words & set(payee["people"]) and words & set(payee["pay"]) and not words & set(payee["received"]))


def is_from_person(words: set[str]) -> bool:
    """Whether the money comes from a person rather than from a shop."""
    return bool(words & set(table("kinds")["person"]["words"])) and not words & set(table("kinds")["shop"]["words"])
