"""A short description: what was typed, without the amount, the day and the verb."""

import re

from app.services.parser.dates import Mention
from app.services.parser.tables import table
from app.services.parser.text import Sentence

LONGEST = 80
EDGES = " ,.;:-–+=@/(&)*"


def write(sentence: Sentence, mentions: list[Mention], used: frozenset[int]) -> str:
    """ "Groceries from Walmart" for "Bought groceries from Walmart for $45.50"; the whole text if nothing is left."""
    cut = [(mention.start, mention.end) for mention in mentions]
    cut += [(sentence.tokens[place].start, sentence.tokens[place].end) for place in used]
    kept = list(sentence.text)
    for start, end in cut:
        kept[start:end] = " " * (end - start)
    words = "".join(kept).split()
    leading, trailing = table("grammar")["description"]["leading"], table("grammar")["description"]["trailing"]
    while len(words) > 1 and words[0].lower().strip(EDGES) in leading | {""}:
        words.pop(0)
    while len(words) > 1 and words[-1].lower().strip(EDGES) in trailing | {""}:
        words.pop()
    short = re.sub(r"\s+([,.;:])", r"\1", " ".join(words)).strip(EDGES)
    short = (short if any(letter.isalnum() for letter in short) or (not short.isascii() and short) else sentence.text)[
        :LONGEST
    ].strip()
    return short[:1].upper() + short[1:]
