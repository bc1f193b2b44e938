"""The person's own earlier merchants, against which misread names are put right."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from app.services.receipt_parser.merchants import key

SAME = 86.0  # of 100: a letter in seven may be misread
SHORTEST = 5  # in shorter names one letter makes another name
MOST_KNOWN = 2_000
LEAST_SHARE = 0.03  # how likely a name must be at least to be looked for among those known
KNOWN_CHANCE = 0.95


def best(names: Sequence[tuple[str, float]], merchants: Sequence[str]) -> str | None:
    """The earlier merchant that one of the likely names is, or None; the likeliest name that is one decides.

    `names` are candidates with their shares of likelihood.
    """
    keys = {key(merchant): merchant for merchant in merchants[:MOST_KNOWN]}
    if not keys:
        return None
    for name, share in sorted(names, key=lambda one: -one[1]):
        compared = key(name)
        if share < LEAST_SHARE:
            return None
        if compared in keys:
            return keys[compared]
        found = process.extractOne(compared, list(keys), scorer=fuzz.ratio, score_cutoff=SAME)
        if found and min(len(compared), len(found[0])) >= SHORTEST:
            return keys[found[0]]
    return None
