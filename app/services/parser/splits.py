"""A bill split between people whose own share is not stated."""

import re
from decimal import Decimal

from app.services.parser.context import NUMBER, Context
from app.services.parser.tables import table

MOST_PEOPLE = 40


def shared(context: Context, total: Decimal) -> Decimal:
    """The person's own part of `total` where the text splits it, else `total`."""
    shown = zip(context.words, context.tokens, strict=True)
    people = people_of(" ".join(token.word if word == NUMBER else word for word, token in shown))
    return total / people if people else total


def people_of(text: str) -> int:
    """How many share the bill in a folded text; 0 where nothing is split."""
    split = table("amounts")["split"]
    divided = re.search(r"(?<!\S)(?:\d[\d.,]+\d|\d+\.\d) / (\d{1,2})(?!\S)", text)
    if divided:
        return counted(divided[1])
    together = re.search(r"\b(?:between|among|amongst) (\d{1,2}) (?:of us|people|friends|guys|mates|flatmates)\b", text)
    if together:
        return counted(together[1])
    if not any(re.search(rf"\b{verb}\b", text) for verb in (*split["verbs"], *split["half"], *split["halves"])):
        return 0
    count = rf"(\d{{1,2}}|{'|'.join(table('numbers')['plain'])})"
    ways = re.search(rf"\b{count} (?:- )?ways?\b", text) or re.search(
        rf"\b(?:between|among|amongst|by|into|in|across|durch) (?:the )?{count}\b(?! ?(?:rs|dollars|euro))", text
    )
    others = re.search(
        rf"\b(?:with|me and|me \+|i and|us and) (?:my )?{count} (?:{'|'.join(split['others_after'])})\b", text
    )
    people = re.search(rf"\b{count} (?:{'|'.join(split['people_after'])})\b", text)
    for found, oneself in ((ways, 0), (others, 1), (people, 0)):
        if found:
            return counted(found[1]) + oneself
    return 2 if is_halved(text) else 0


def counted(written: str) -> int:
    """The number of people written; 0 if it can't be one."""
    value = int(written) if written.isdigit() else int(table("numbers")["plain"][written])
    return value if 1 < value <= MOST_PEOPLE else 0


def is_halved(text: str) -> bool:
    """Whether the text speaks of halves without a number of people."""
    split = table("amounts")["split"]
    half = any(re.search(rf"\b{phrase} (?:rs |\$ |€ |£ |₹ )?\d", text) for phrase in split["half"])
    return half or any(phrase in text for phrase in split["halves"])
