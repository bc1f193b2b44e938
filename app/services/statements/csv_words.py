"""The names that banks and trackers give to columns and values, in the languages of common exports.

They are data: `data/words.json`. Of several columns with the same role the one whose name stands first there wins.
"""

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from app.services.statements.texts import without_accents

WORDS = json.loads((Path(__file__).parent / "data" / "words.json").read_text(encoding="utf-8"))
SIGNS = "€$£¥₹"
LONGEST = 200  # of a name or value that is compared; a cell can have a mebibyte, and folded ones are kept


def fold(name: str) -> str:
    """A name without case, accents, width and punctuation: "Débit (€)" and "debit" compare equal but for the sign."""
    return _folded(name[:LONGEST])


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    bare = without_accents(name.strip().strip('="\t').casefold())
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
# Names of dates in languages that never write the month first. Spanish isn't among them: Puerto Rico and Panama do.
MONTH_NEVER_FIRST = frozenset(_ranked(WORDS["month_never_first"]))
FREQUENT = {language: frozenset("".join(letters)) for language, letters in WORDS["frequent"].items()}
KIND_OF = {word: kind for kind, words in WORDS["kinds"].items() for word in _ranked(words)}
# No money moved, or not yet for good: a later download has the line as it was booked.
UNBOOKED = frozenset(_ranked(WORDS["unbooked"]))
CARD_PAYMENTS = tuple(_ranked(WORDS["card_payments"]))
FOOTERS = tuple(_ranked(WORDS["footers"]))


def usual_letters(text: str, language: str) -> float:
    """How many of a text's letters beyond ASCII are frequent in Chinese or Japanese, from 0 to 1.

    Kana are Japanese; those of half width count half, because in Shift_JIS any byte is one.
    """
    letters = [letter for letter in text if letter > "\u007f"]
    frequent = FREQUENT[language]
    kana = "\u3041", "\u30fe"
    usual = sum(
        1.0
        if letter in frequent or (language == "Japanese" and kana[0] <= letter <= kana[1])
        else 0.5
        if language == "Japanese" and "\uff66" <= letter <= "\uff9f"
        else 0.0
        for letter in letters
    )
    return usual / len(letters) if letters else 0.0


def is_sum(cell: str) -> bool:
    """Whether a cell says that its row is a sum or a balance: "Total", "Opening balance on …", "合计"."""
    said = fold(cell)
    return any(said.startswith(word) and (said[len(word) :][:1] in ("", " ") or not word.isascii()) for word in FOOTERS)


def pays_card(cell: str) -> bool:
    """Whether a cell is what card companies write of a payment to them: "AUTOPAY", "Payment - thank you"."""
    said = fold(cell)
    return said in ("payment", "payments") or any(words in said for words in CARD_PAYMENTS)


def month_may_be_first(name: str) -> bool:
    """Whether a file may write the month first whose dates have a name: not where its language never does."""
    words = MONTH_NEVER_FIRST & STEMS["date"] & set(fold(name).split())
    return fold(name) not in MONTH_NEVER_FIRST and not words


def kind_of(cell: str) -> str | None:
    """What a word of a type or debit/credit column says: expense, income, refund; None for any other word."""
    return KIND_OF.get(fold(cell)) or {"-": "expense", "+": "income"}.get(cell.strip())
