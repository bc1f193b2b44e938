"""The category of a text, from the words and sellers found in it."""

from collections import defaultdict
from collections.abc import Sequence

from app.ai.parser.amounts import Part
from app.ai.parser.lexicon import Hit
from app.ai.parser.text import Token

OTHER = "Other"
NOTHING_KNOWN = "Shopping"
TO_SOMEBODY = frozenset({"to", "ko", "an"})  # with nothing else known: money sent to a person
# What stands behind these says where or what for, less often what was bought.
AFTER = {
    "to": 0.35,
    "near": 0.3,
    "at": 0.6,
    "in": 0.55,
    "from": 0.75,
    "for": 0.75,
    "with": 0.45,
    "after": 0.3,
    "before": 0.3,
    "during": 0.4,
    "outside": 0.3,
    "via": 0.5,
    "by": 0.8,
    "se": 0.8,
    "zum": 0.4,
    "zur": 0.4,
    "beim": 0.6,
    "im": 0.6,
    "am": 0.6,
    "pour": 0.6,
    "para": 0.6,
    "fur": 0.6,
    "of": 0.9,
    "while": 0.3,
    "on": 0.9,
    "back": 0.9,
}
# In Hindi they stand behind the place: "office se ghar".
BEFORE = {"se": 0.6, "tak": 0.4, "ke": 0.7, "ko": 0.6, "pe": 0.7, "par": 0.7, "mein": 0.7, "me": 0.7}
HIGHER_FOR_LENGTH = 0.6
SMALL_PART, SMALL_PART_FACTOR = 4, 0.3


def scores(tokens: tuple[Token, ...], hits: list[Hit], parts: Sequence[Part] = ()) -> dict[str, float]:
    """For each category the sum of its hits' weights, less for what only names a place, a purpose or a small part."""
    found: dict[str, float] = defaultdict(float)
    earlier = False
    for hit in hits:
        if not hit.entry.category:
            continue
        weight = hit.entry.weight * hit.trust * (1 + HIGHER_FOR_LENGTH * (hit.last - hit.first - 1) / 2)
        found[hit.entry.category] += weight * place_factor(tokens, hit, earlier=earlier) * part_factor(hit, parts)
        earlier = True
    return found


def part_factor(hit: Hit, parts: Sequence[Part]) -> float:
    """How much a hit counts in a sum: an item that is a small part of it ("sleeper 1150 + insurance 15") hardly does."""
    if len(parts) < 2:
        return 1.0
    own = next((part for part in parts if part.place >= hit.last), parts[-1])
    return SMALL_PART_FACTOR if own.value * SMALL_PART < max(part.value for part in parts) else 1.0


def place_factor(tokens: tuple[Token, ...], hit: Hit, *, earlier: bool) -> float:
    """How much a hit counts where a preposition makes it a place or a purpose."""
    before = [token.word for token in tokens[max(0, hit.first - 3) : hit.first] if token.kind == "word"]
    factor = next((AFTER[word] for word in reversed(before) if word in AFTER), 1.0) if before else 1.0
    if hit.entry.name and factor > 0.35:
        factor = max(factor, 0.8)
    behind = tokens[hit.last].word if hit.last < len(tokens) else ""
    if behind in BEFORE and hit.last + 1 < len(tokens):
        factor = min(factor, BEFORE[behind])
    return factor if earlier or factor < 0.5 else 1.0 if factor != 1.0 and behind not in BEFORE else factor


def find(tokens: tuple[Token, ...], hits: list[Hit], kind: str, parts: Sequence[Part] = ()) -> str:
    """The category; income is Other whatever it is for."""
    if kind == "income":
        return OTHER
    found = scores(tokens, hits, parts)
    if not found:
        return OTHER if any(token.word in TO_SOMEBODY for token in tokens) else NOTHING_KNOWN
    return max(found, key=lambda name: found[name])
