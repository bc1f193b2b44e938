"""Text as it is compared in searches."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

WORD = re.compile(r"\w+")
MOST_WORDS = 800  # a receipt of two pages has some 300
LONGEST_WORD = 32
SHORTEST_PART = 3


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms and case removed (Unicode NFKC, casefold)."""
    # Without the dot above that the Turkish capital I leaves behind, which no lower-case i has.
    return unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "")


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
