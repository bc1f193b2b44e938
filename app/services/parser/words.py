"""The content words of a text, for comparing texts with each other."""

import datetime
from functools import cache

from app.services.parser import currency, dates, numbers
from app.services.parser.lexicon import singular
from app.services.parser.tables import read as read_data
from app.services.parser.text import read

SOME_DAY = datetime.date(2000, 1, 1)
SHORTEST = 2


@cache
def stop_words() -> frozenset[str]:
    """The words of data/stop_words.txt."""
    return frozenset(read_data("stop_words.txt").split())


def content_words(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, folded and singular, without numbers, days, currencies and stop words."""
    sentence = read(text)
    _, mentions = dates.find(sentence.folded, SOME_DAY, "INR")
    tokens = sentence.tokens
    skipped = {place for mark in currency.find(tokens, "INR") for place in range(mark.first, mark.last)}
    return frozenset(
        singular(token.word)
        for place, token in enumerate(tokens)
        if token.kind == "word"
        and place not in skipped
        and not numbers.is_number_word(token.word)
        and token.word not in stop_words()
        and (len(token.word) >= SHORTEST or not token.word.isascii())
        and not any(mention.start < token.end and token.start < mention.end for mention in mentions)
    )
