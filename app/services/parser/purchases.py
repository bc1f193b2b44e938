"""The category of a purchase, from the names of its seller and of what was bought."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

from app.services.parser import categories
from app.services.parser.amounts import Amount
from app.services.parser.lexicon import vocabulary
from app.services.parser.text import read

MOST_NAMES = 50


def category(seller: str | None, names: Iterable[str], profile_currency: str) -> str | None:
    """The category of the seller, or where that tells nothing, of most of what was bought; None if that doesn't, too.

    `profile_currency` (ISO 4217) stands for where the person lives.
    """
    found = _scores([seller] if seller else [], profile_currency) or _scores(names, profile_currency)
    return max(found, key=lambda name: found[name]) if found else None


def _scores(texts: Iterable[str], profile_currency: str) -> dict[str, float]:
    without_prices = Amount(Decimal(0), profile_currency, frozenset(), (), profile_currency)
    summed: dict[str, float] = defaultdict(float)
    for text in islice(texts, MOST_NAMES):
        tokens = read(text).tokens
        for name, score in categories.scores(tokens, vocabulary().find(tokens), without_prices).items():
            summed[name] += score
    return summed
