"""The amount of a text and its currency."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.core.money import DECIMALS, LARGEST_AMOUNT
from app.services.parser import arithmetic, candidates, roles
from app.services.parser.candidates import Candidate
from app.services.parser.counts import NOT_MONEY
from app.services.parser.dates import Mention
from app.services.parser.lexicon import HINT, Hit
from app.services.parser.tables import table
from app.services.parser.text import Sentence

HIGHEST_SCORE = 100
RESULT = re.compile(r"^(?:[A-Z][\w.]+ ){1,2}\d{1,2},? (?:[A-Z][\w.]+ ){1,2}\d{1,2}(?![\w.,])")
INTENTION = re.compile(
    r"(?:remind(?:er)?|budget (?:for|is|of|set|this|next)|wishlist|to-?do:|(?:saving )?goal (?:is|of|for))\b"
    r"|(?:undo|delete|remove|export|edit|show)\b.*\b(?:last|entry|entries|transactions?|expenses?|data|records?)\b"
)
ORDER_NUMBER = re.compile(r"order (?:no\.? |number |#)?\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """A price of the text: its value and the place of its first token."""

    value: Decimal
    place: int


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money, and the places of the tokens that were read as numbers or currency."""

    value: Decimal
    currency: str
    places: frozenset[int]
    parts: tuple[Part, ...]
    profile_currency: str


def find(sentence: Sentence, mentions: list[Mention], hits: list[Hit], profile_currency: str) -> Amount | None:
    """The amount of the text, or None where there is none that can be recorded."""
    found = candidates.find(sentence, mentions, hits, profile_currency)
    if is_intention(sentence):
        return None
    if not any(one.currency for one in found) and (is_question(sentence) or is_result(sentence, hits, found)):
        return None
    context = roles.assign(sentence.tokens, found, mentions, profile_currency)
    combined = arithmetic.combine(context, found)
    if combined is None:
        return None
    value, source = combined
    currency = source.currency or named_elsewhere(found) or profile_currency
    value = value.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), ROUND_HALF_UP)
    if not 0 < value <= LARGEST_AMOUNT:
        return None
    places = frozenset(place for one in found if one.role not in NOT_MONEY for place in range(one.first, one.last))
    parts = tuple(Part(one.value, one.first) for one in found if one.role == "price")
    return Amount(value, currency, places, parts, profile_currency)


def is_question(sentence: Sentence) -> bool:
    """Whether the text asks something instead of recording it."""
    first = sentence.tokens[0].word if sentence.tokens else ""
    return first in table("amounts")["words"]["questions"] and sentence.folded.endswith("?")


def is_intention(sentence: Sentence) -> bool:
    """Whether the text reminds or plans: no money moved."""
    return INTENTION.match(sentence.folded) is not None


def is_result(sentence: Sentence, hits: list[Hit], found: list[Candidate]) -> bool:
    """Whether the text tells how a match ended ("Rovers 2 United 0"), or is an order's number."""
    words, told_by = {token.word for token in sentence.tokens}, table("amounts")["words"]
    if words & set(told_by["sport"]) and not words & set(told_by["seats"]):
        return True
    small = len(found) == 2 and all(one.value < HIGHEST_SCORE and one.number.digits.isdigit() for one in found)
    buys = any(hit.entry.category and hit.trust == 1 and (small or hit.entry.weight > HINT) for hit in hits)
    pairs = len(found) != 1 and bool(words & set(told_by["scores"]))
    unlisted = sentence.folded.title() if all(hit.trust < 1 for hit in hits) else sentence.text
    named = small and RESULT.search(unlisted) is not None
    return ((pairs or named) and not buys) or ORDER_NUMBER.fullmatch(sentence.folded) is not None


def named_elsewhere(found: list[Candidate]) -> str | None:
    """The currency of any other number of the text."""
    return next((one.currency for one in found if one.currency), None)
