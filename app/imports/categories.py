"""The category of a row: the file's own, else the person's habit, else what its words say."""

import re
import tomllib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from app.core.types import CATEGORIES
from app.services.parser import purchases

OTHER = "Other"
DATA = Path(__file__).parent / "data" / "categories.toml"
STEPS = re.compile(r"\s*[:/>|]\s*")  # "Food:Groceries", of which the last part says most
MOST_TEXTS = 20_000


@cache
def names() -> dict[str, str]:
    """Our category by what banks and other programs call theirs, in lower case."""
    found = {name: ours for ours, theirs in tomllib.loads(DATA.read_text(encoding="utf-8")).items() for name in theirs}
    return {**found, **{ours.casefold(): ours for ours in CATEGORIES}}


def own(category: str | None) -> str | None:
    """Ours for what a file calls its category; None for none, and for one that nobody knows."""
    if not category:
        return None
    whole = " ".join(category.casefold().split())
    parts = [whole, *reversed(STEPS.split(whole))]
    return next((names()[part] for part in parts if part in names()), None)


class Categories:
    """The categories of the rows of one file."""

    def __init__(self, habit: Callable[[str], str | None], currency: str) -> None:
        """`currency` stands for where the person lives."""
        self._habit = habit
        self._currency = currency
        self._read = lru_cache(maxsize=MOST_TEXTS)(self._of_words)

    def of(self, kind: str, category: str | None, merchant: str | None, description: str) -> str:
        """The category of a row of that type; `category` is in the file's own words."""
        if named := own(category):
            return named
        if kind == "income":  # as for what is entered
            return OTHER
        chosen = self._habit(merchant) if merchant else None
        return chosen or self._read(merchant or "", words(description), words(category or "")) or OTHER

    def _of_words(self, merchant: str, description: str, category: str) -> str | None:
        texts = [text for text in (description, category) if text]
        return purchases.category(merchant or None, texts, self._currency)


def words(text: str) -> str:
    """A text without its numbers, which differ from row to row and say nothing."""
    return " ".join(word for word in text.split() if not any(letter.isdigit() for letter in word))
