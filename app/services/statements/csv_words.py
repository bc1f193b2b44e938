"""The names that banks and trackers give to columns and values, in the languages of common exports.

They are data: `data/words.json`. Of several columns with the same role the one whose name stands first there wins.
"""

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

WORDS = json.loads((Path(__file__).parent / "data" / "words.json").read_text(encoding="utf-8"))
SIGNS = "€$£¥₹"


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name without case, accents, width and punctuation: "Débit (€)" and "debit" compare equal but for the sign."""
    apart = unicodedata.normalize("NFKD", name.strip().strip('="\t').casefold())
    bare = unicodedata.normalize("NFC", "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f"))
    kept = (letter if unicodedata.category(letter)[0] in "LNM" or letter in SIGNS else " " for letter in bare)
    return " ".join("".join(kept).split())


def _ranked(names: Iterable[str]) -> dict[str, int]:
    ranked: dict[str, int] = {}
    for rank, name in enumerate(names):
        ranked.setdefault(fold(name), rank)
    return ranked


RANKS = {role: _ranked(names) for role, names in WORDS["columns"].items()}
# Words that tell what a column is for where its whole name is unknown, and words that say it is for something else.
STEMS = {role: frozenset(words) for role, words in WORDS["stems"].items()}
OTHER_STEMS = frozenset(WORDS["other_stems"])
KIND_OF = {word: kind for kind, words in WORDS["kinds"].items() for word in _ranked(words)}
# No money moved, or not yet for good: a later download has the line as it was booked.
UNBOOKED = frozenset(_ranked(WORDS["unbooked"]))
FOOTERS = tuple(_ranked(WORDS["footers"]))


def is_sum(cell: str) -> bool:
    """Whether a cell says that its row is a sum or a balance: "Total", "Opening balance on …", "合计"."""
    said = fold(cell)
    return any(said.startswith(word) and (said[len(word) :][:1] in ("", " ") or not word.isascii()) for word in FOOTERS)


def kind_of(cell: str) -> str | None:
    """What a word of a type or debit/credit column says: expense, income, refund; None for any other word."""
    return KIND_OF.get(fold(cell)) or {"-": "expense", "+": "income"}.get(cell.strip())
