"""The vocabulary: phrases with what they stand for, found in a text even when misspelt, glued or inflected."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.services.parser.tables import DATA
from app.services.parser.text import Token, words_of

LONGEST_PHRASE = 6
HINT = 3  # entries up to this weight only hint at their category
UNSURE_TRUST = 0.5
SHORTEST_GUESS = 5
SHORTEST_SELLER_GUESS, TWO_SLIPS = 7, 10  # short names and words are too easily mistaken for others
OWN_TAIL = 7  # letters of a compound's last part that tell enough whatever stands before it
NO_PLURAL = ("ss", "us", "sis", "tis", "nis", "ris", "bis")
LEADS = frozenset(["at", "from", "@", "bei", "chez", "von", "vom", "via", "by"])
SECTION = re.compile(r"\[([a-z ]+?)\s+(\d+(?:\.\d+)?)\]")
CATEGORIES = {
    "food": "Food & Dining",
    "transportation": "Transportation",
    "utilities": "Utilities",
    "housing": "Housing",
    "shopping": "Shopping",
    "entertainment": "Entertainment",
    "health": "Health & Wellness",
    "groceries": "Groceries",
    "bills": "Bills & Fees",
    "travel": "Travel",
    "education": "Education",
    "other": "Other",
    "neutral": "",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase of the vocabulary: its category ("" if it says nothing), its weight, and its name if it is a seller."""

    phrase: str
    category: str
    weight: float
    section: str = ""  # the heading it stands under
    name: str | None = None  # the seller as it writes itself
    unsure: bool = False  # a common word too: a seller only where the text shows it


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found at tokens[first:last]; `trust` is lower when the spelling had to be guessed."""

    entry: Entry
    first: int
    last: int
    trust: float = 1.0


def singular(word: str) -> str:
    """A rough singular, the same for both forms of a word."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(NO_PLURAL):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses", "oes")) else word[:-1]


SOUNDS = (("aa", "a"), ("ee", "i"), ("oo", "u"), ("ph", "f"), ("w", "v"), ("z", "j"), ("ck", "k"), ("chh", "ch"))
DOUBLED = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """A key that the usual spellings of one transliterated Hindi word share (sabzi, sabji, subzi → sabji)."""
    for written, key in SOUNDS:
        word = word.replace(written, key)
    return DOUBLED.sub(r"\1", word)


class Lexicon:
    """Finds the longest known phrases of a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.exact: dict[tuple[str, ...], Entry] = {}
        self.singulars: dict[tuple[str, ...], Entry] = {}
        self.sounds: dict[str, Entry] = {}
        self.names: dict[tuple[str, ...], Entry] = {}  # sellers named like a common word
        for entry in entries:
            self.add(entry)
        self.spellings: dict[tuple[str, int], list[str]] = defaultdict(list)  # by first letter and length
        for key in self.exact:
            if len(key) == 1 and len(key[0]) >= SHORTEST_GUESS - 1:
                self.spellings[key[0][0], len(key[0])].append(key[0])

    def add(self, entry: Entry) -> None:
        """Makes one entry findable; the first entry of a phrase wins."""
        key = words_of(entry.phrase)
        if not key or (len("".join(key)) == 1 and key[0].isascii()):
            return
        if entry.unsure:
            self.names.setdefault(key, entry)
            return
        self.exact.setdefault(key, entry)
        if entry.name is None:
            self.singulars.setdefault(tuple(map(singular, key)), entry)
        if len(key) > 1 and len("".join(key)) >= 6:
            self.exact.setdefault(("".join(key),), entry)
        if len(key) == 1 and len(key[0]) >= 4:
            self.sounds.setdefault(sound(key[0]), entry)

    def find(self, tokens: tuple[Token, ...], *, guessing: bool = True) -> list[Hit]:
        """The phrases of `tokens`, longest first at each place, none overlapping; `guessing` allows other spellings."""
        places = [place for place, token in enumerate(tokens) if token.kind in {"word", "number"}]
        words = [tokens[place].word for place in places]
        hits, at = [], 0
        while at < len(words):
            found = self.at(words, at, guessing=guessing)
            name = self.names.get((words[at],))
            if name and (found is None or found[1] == 1) and (found is None or is_meant(tokens, places[at])):
                found = (name, 1, 1.0 if found or is_meant(tokens, places[at]) else UNSURE_TRUST)
            if found is None:
                at += 1
                continue
            entry, length, trust = found
            hits.append(Hit(entry, places[at], places[at + length - 1] + 1, trust))
            at += length
        return hits

    def at(self, words: list[str], at: int, *, guessing: bool) -> tuple[Entry, int, float] | None:
        """(entry, how many words it takes, trust) of the longest phrase that starts at words[at]."""
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            key = tuple(words[at : at + length])
            entry = self.exact.get(key) or self.singulars.get(tuple(map(singular, key)))
            if entry is None and length == 2 and len("".join(key)) >= 6:
                entry = self.exact.get(("".join(key),))
            if entry is not None:
                return entry, length, 1.0
        guessed = self.guess(words[at]) if guessing and (words[at],) not in self.names else None
        return (guessed[0], 1, guessed[1]) if guessed else None

    def guess(self, word: str) -> tuple[Entry, float] | None:
        """(entry, trust) for a word that is not in the vocabulary as written, or None."""
        if len(word) < SHORTEST_GUESS or word.isdigit():
            return None
        heard = self.sounds.get(sound(word))
        if heard is not None:
            return heard, 0.9
        joined = self.compound(word) if len(word) >= 7 else None
        if joined is not None:
            return joined, 0.9
        near = self.similar(word)
        return (near, 0.7) if near is not None else None

    def compound(self, word: str) -> Entry | None:
        """The meaning of a word written as one ("Stromrechnung", "dogfood"): its last part's, else its first part's."""
        first_part = None
        for cut in range(3, len(word) - 3):
            tail = self.exact.get((word[cut:],))
            head = self.exact.get((word[:cut],)) or (
                self.exact.get((word[: cut - 1],)) if word[cut - 1] in "sn" else None
            )
            known_head = head is not None and head.weight >= 3
            if tail is None or not (known_head or len(word) - cut >= OWN_TAIL):
                continue
            if tail.weight >= 3:
                return tail
            if known_head and tail.weight > 0:
                first_part = head
        return first_part

    def similar(self, word: str) -> Entry | None:
        """The known word one slip away (two in long words) that starts with the same letter."""
        slips = 1 if len(word) < TWO_SLIPS else 2
        near = [known for longer in (0, -1, 1) for known in self.spellings.get((word[0], len(word) + longer), ())]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        entry = self.exact[(found[0],)] if found else None
        return None if entry and entry.name and len(word) < SHORTEST_SELLER_GUESS else entry


def is_meant(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a name that is also a common word is a name here: behind "at" or "from", or the only capital word."""
    before = tokens[place - 1].word if place else ""
    if before == "the" and place > 1:
        before = tokens[place - 2].word
    capitals = [token for token in tokens if token.kind == "word" and token.raw[:1].isupper()]
    words = [token for token in tokens if token.kind == "word"]
    return before in LEADS or (
        tokens[place] in capitals and (place > 0 or len(words) == 1) and len(capitals) < len(words)
    )


@cache
def vocabulary() -> Lexicon:
    """The lexicon of the data files, loaded once."""
    return Lexicon(entries())


@cache
def sellers() -> Lexicon:
    """The lexicon of the sellers alone, for the name in a phrase like "Airtel recharge"."""
    return Lexicon(entry for entry in entries() if entry.name)


def entries() -> Iterator[Entry]:
    """All entries of data/words and data/sellers; `neutral` words come first so that they block look-alikes."""
    for stem, category in sorted(CATEGORIES.items(), key=lambda item: item[0] != "neutral"):
        for folder in ("words", "sellers"):
            path = DATA / folder / f"{stem}.txt"
            if path.exists():
                yield from read_entries(path, category, sellers=folder == "sellers")


def read_entries(path: Path, category: str, *, sellers: bool) -> Iterator[Entry]:
    """Entries of one file: `[name weight]` headings, comma-separated phrases; sellers may add `= alias / alias`."""
    section, weight = "", 1.0
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = SECTION.fullmatch(line.strip())
        if heading:
            section, weight = heading[1], float(heading[2])
        elif not line.startswith("#"):
            for item in filter(None, map(str.strip, line.split(","))):
                kind = Entry("", category, weight, section)
                yield from seller_entries(item, kind) if sellers else word_entries(item, kind)


def word_entries(phrase: str, kind: Entry) -> Iterator[Entry]:
    """The entry of a word, and of its spelling without umlauts (ae for ä); `kind` has all but the phrase."""
    yield replace(kind, phrase=phrase)
    spelt_out = phrase.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    if spelt_out != phrase.lower():
        yield replace(kind, phrase=spelt_out)


def seller_entries(item: str, kind: Entry) -> Iterator[Entry]:
    """The entries of one seller: its name (a trailing ? marks a common word) and its aliases."""
    name, _, aliases = item.partition("=")
    name = name.strip()
    unsure = name.endswith("?")
    name = name.rstrip("?")
    yield replace(kind, phrase=name, name=name, unsure=unsure)
    for alias in filter(None, map(str.strip, aliases.split("/"))):
        yield replace(kind, phrase=alias.rstrip("?"), name=name, unsure=alias.endswith("?"))
