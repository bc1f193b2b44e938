"""The words around the numbers of a text."""

from app.services.parser.candidates import Candidate
from app.services.parser.dates import Mention
from app.services.parser.tables import table
from app.services.parser.text import Token

DAY = "@day"  # stands for the words of a date
NUMBER = "#"  # stands for a number with its currency
REACH = 6


class Context:
    """The words before and behind candidates, with every number written as # and every date as @day."""

    def __init__(self, tokens: tuple[Token, ...], found: list[Candidate], mentions: list[Mention]) -> None:
        self.tokens = tokens
        self.found = found
        numbers = {place for one in found for place in range(one.first, one.last)}
        starts = {one.first for one in found}
        self.words = [NUMBER if place in numbers else token.word for place, token in enumerate(tokens)]
        for place, token in enumerate(tokens):
            if any(mention.start < token.end and token.start < mention.end for mention in mentions):
                self.words[place] = DAY
        self.shown = [place for place in range(len(tokens)) if place not in numbers or place in starts]

    def before(self, candidate: Candidate, reach: int = REACH) -> list[str]:
        """The words before it, nearest last."""
        return [self.words[place] for place in self.shown if place < candidate.first][-reach:]

    def behind(self, candidate: Candidate, reach: int = REACH) -> list[str]:
        """The words behind it, nearest first."""
        return [self.words[place] for place in self.shown if place >= candidate.last][:reach]

    def next(self, candidate: Candidate) -> Candidate | None:
        """The number after it."""
        place = self.found.index(candidate) + 1
        return self.found[place] if place < len(self.found) else None

    def previous(self, candidate: Candidate) -> Candidate | None:
        """The number before it."""
        place = self.found.index(candidate)
        return self.found[place - 1] if place else None

    def is_glued(self, candidate: Candidate) -> bool:
        """Whether the digits follow letters without a space ("samosa45")."""
        place = candidate.number.first
        before = self.tokens[place - 1] if place else None
        return before is not None and before.kind == "word" and before.end == self.tokens[place].start


def stripped(before: list[str]) -> list[str]:
    """The words before a number without "about", "only" and the like at their end."""
    words = list(before)
    while words and words[-1] in table("amounts")["words"]["fillers"]:
        words.pop()
    return words


def ends(text: str, phrases: list[str]) -> bool:
    """Whether the text ends with one of the phrases, as whole words."""
    return any(text == phrase or text.endswith(" " + phrase) for phrase in phrases)


def starts(text: str, phrases: list[str]) -> bool:
    """Whether the text starts with one of the phrases, as whole words."""
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)
