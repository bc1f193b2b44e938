"""The category of a text, from the words and sellers found in it."""

from collections import defaultdict
from collections.abc import Sequence

from app.services.parser.amounts import Amount, Part
from app.services.parser.lexicon import HINT, Hit
from app.services.parser.tables import table
from app.services.parser.text import Token

OTHER = "Other"
NOTHING_KNOWN = "Shopping"
TO_SOMEBODY = frozenset(
    {"to", "ko", "an", "back", "owed", "udhar", "udhaar"}
)  # with nothing else known: money sent to a person
HIGHER_FOR_LENGTH = 0.6
SMALL_PART, SMALL_PART_FACTOR = 4, 0.3
FAR, HALF, SELLER_FACTOR = 0.35, 0.5, 0.8
FURTHER = 0.6  # each further hit of a category counts less than its best: five vegetables are no stronger than a cafe
HARDLY = 0.2
MODIFIER = 0.75


def scores(tokens: tuple[Token, ...], hits: list[Hit], amount: Amount) -> dict[str, float]:
    """For each category the sum of its hits' weights, less for what only names a place, a purpose or a small part."""
    weights: dict[str, list[float]] = defaultdict(list)
    earlier = False
    for hit in hits:
        if not hit.entry.category:
            continue
        weight = hit.entry.weight * hit.trust * (1 + HIGHER_FOR_LENGTH * (hit.last - hit.first - 1) / 2)
        weight *= place_factor(tokens, hit, earlier=earlier) * part_factor(hit, amount.parts)
        weights[category_of(hit, amount.profile_currency)].append(weight * company_factor(tokens, hit, hits))
        earlier = True
    return {name: max(found) + FURTHER * (sum(found) - max(found)) for name, found in weights.items()}


def company_factor(tokens: tuple[Token, ...], hit: Hit, hits: list[Hit]) -> float:
    """How much a hit counts beside the others: a membership, a tax within the price, goods named with their shop."""
    generic, entry = table("grammar")["generic"], hit.entry
    others = [other.entry for other in hits if other is not hit]
    if entry.phrase in generic["words"] and any(other.category in generic["categories"] for other in others):
        return HARDLY
    if entry.phrase in generic["tax"] and hit.first and tokens[hit.first - 1].word in generic["included"] and others:
        return HARDLY
    kinds = {(other.category, other.section) for other in others}
    if entry.category == "Groceries" and entry.section == "staple" and ("Food & Dining", "place") in kinds:
        return HALF
    is_dish = entry.category == "Food & Dining" and entry.section == "dish"
    if is_dish and kinds & {("Groceries", "quick"), ("Groceries", "shop")}:
        return HALF
    return MODIFIER if is_modifier(hit, hits) else 1.0


def is_modifier(hit: Hit, hits: list[Hit]) -> bool:
    """Whether the next word is the thing and this one only says which ("gym shoes", "baby shower cake")."""
    heads = (
        other for other in hits if other.first == hit.last and other.trust == 1 and other.entry.section != "picture"
    )
    return (
        hit.entry.name is None
        and hit.entry.category != OTHER
        and any(head.entry.category and head.entry.weight > HINT for head in heads)
    )


def category_of(hit: Hit, profile_currency: str) -> str:
    """The category of a hit where the person lives: "gas" is fuel in North America."""
    for regional in table("grammar")["regional"]:
        if hit.entry.phrase in regional["words"] and profile_currency in regional["currencies"]:
            return str(regional["category"])
    return hit.entry.category


def part_factor(hit: Hit, parts: Sequence[Part]) -> float:
    """How much a hit counts in a sum: a small part of it ("sleeper 1150 + insurance 15") hardly does."""
    if len(parts) < 2:
        return 1.0
    own = next((part for part in parts if part.place >= hit.last), parts[-1])
    return SMALL_PART_FACTOR if own.value * SMALL_PART < max(part.value for part in parts) else 1.0


def place_factor(tokens: tuple[Token, ...], hit: Hit, *, earlier: bool) -> float:
    """How much a hit counts where a preposition makes it a place or a purpose."""
    places, trailing = table("grammar")["place"], table("grammar")["place_before"]
    before = [token.word for token in tokens[max(0, hit.first - 3) : hit.first] if token.kind == "word"]
    factor = float(next((places[word] for word in reversed(before) if word in places), 1))
    if hit.entry.name and factor > FAR:
        factor = max(factor, SELLER_FACTOR)
    behind = tokens[hit.last].word if hit.last + 1 < len(tokens) else ""
    if behind in trailing:
        return min(factor, float(trailing[behind]))
    return factor if earlier or factor < HALF else 1.0


def find(tokens: tuple[Token, ...], hits: list[Hit], kind: str, amount: Amount) -> str:
    """The category; income is Other whatever it is for."""
    if kind == "income":
        return OTHER
    found = scores(tokens, hits, amount)
    if not found:
        return OTHER if any(token.word in TO_SOMEBODY for token in tokens) else NOTHING_KNOWN
    return max(found, key=lambda name: found[name])
