"""Text as it is compared: in searches, and as the name of a payee."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

NOISE = re.compile(r"[\W\d_]+")
# Endings stand behind three letters or more, or E.ON would be one.
WEB = re.compile(r"(?:https?://)?\bwww\.|(?<=\w{3})\.(?:com?|net|org|[a-z]{2})(?:\.[a-z]{2})?(?![\w.])")
WORD = re.compile(r"\w+")
MOST_WORDS = 800  # a receipt of two pages has some 300
LONGEST_WORD = 32
SHORTEST_PART = 3


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms and case removed (Unicode NFKC, casefold)."""
    # Without the dot above that the Turkish capital I leaves behind, which no lower-case i has.
    return unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "")


@lru_cache(maxsize=10_000)  # most of a long ledger is paid to the same few
def payee(name: str) -> str:
    """A payee's name as it is compared: folded, without what is of a web address, and without numbers and signs.

    Only where nothing would be left these stay.
    """
    return NOISE.sub(" ", WEB.sub(" ", fold(name))).strip() or name


def words(text: str) -> list[str]:
    """The folded words of a text, in their order; what stands between letters and digits separates them."""
    return [word[:LONGEST_WORD] for word in WORD.findall(fold(text))]


def keys(names: Iterable[str | None], text: str) -> list[str]:
    """What the beginnings of searched words are looked up in: sorted, each once, at most MOST_WORDS.

    Args:
        names: short texts that are found by any part of a word (of SHORTEST_PART letters or more).
        text: a long one, found by the beginnings of its words.
    """
    found: dict[str, None] = {}
    for key in _keys(names, text):
        found[key] = None
        if len(found) == MOST_WORDS:
            break
    return sorted(found)


def _keys(names: Iterable[str | None], text: str) -> Iterator[str]:
    named = [word for name in names if name for word in words(name)]
    yield from named
    yield from words(text)
    for word in named:
        yield from (word[start:] for start in range(1, len(word) - SHORTEST_PART + 1))
