"""The requests that the measurements send: repeated ones, and ones that never come twice."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from bench.load import Load, Request
from bench.words import GOODS

TRANSACTIONS = "/api/transactions/"
SUMMARY = f"{TRANSACTIONS}summary"
HISTORY = f"{TRANSACTIONS}history"
BUDGETS = "/api/budgets/"
ANALYTICS = "/api/analytics/"
CATEGORIES = f"{TRANSACTIONS}categories"
SHORTEST, LONGEST = 4, 12  # letters of a search that finds much
Headers = dict[str, str]


def repeated(address: str, path: str, headers: Headers | None = None, connections: int = 8) -> Load:
    """The same GET again and again."""
    return Load(address, [Request(path)], headers or {}, connections)


def varied(address: str, path: str, headers: Headers | None = None) -> Load:
    """The newest up to moments of which none comes twice, so that no answer can have been kept."""
    now = datetime.now().astimezone()
    joint = "&" if "?" in path else "?"
    moments = (now - timedelta(milliseconds=number) for number in count())
    # The plus sign of the offset would be read as a space.
    texts = (moment.isoformat(timespec="milliseconds").replace("+", "%2B") for moment in moments)
    return Load(address, (Request(f"{path}{joint}end_date={text}") for text in texts), headers or {})


def searching(address: str, path: str, words: Iterator[str], headers: Headers | None = None) -> Load:
    """Searches for the next of the words."""
    return Load(address, (Request(f"{path}?search={word}") for word in words), headers or {}, prepared=3000)


def parts_of_words() -> Iterator[str]:
    """What people type who look for what they often buy: parts of sellers and things, shuffled, without end."""
    phrases = [phrase.lower() for goods in GOODS.values() for phrase in (*goods.sellers, *goods.things)]
    parts = {
        phrase[start : start + length]
        for phrase in phrases
        for length in range(SHORTEST, LONGEST)
        for start in range(len(phrase) - length + 1)
    }
    plain = sorted(part for part in parts if part.isascii() and part.isalpha())
    rng = random.Random(len(plain))  # noqa: S311
    while True:
        yield from rng.sample(plain, len(plain))


def numbers() -> Iterator[str]:
    """The beginning of a reference number, of which a hundred thousand entries hold a few."""
    rng = random.Random(4)  # noqa: S311
    while True:
        yield from (f"%23{number:04d}" for number in rng.sample(range(10_000), 10_000))


def nowhere() -> Iterator[str]:
    """What stands in no entry, each another."""
    return (f"qx{number}" for number in count(10**6))


SEARCHES = {"finds much": parts_of_words, "finds a few": numbers, "finds nothing": nowhere}
