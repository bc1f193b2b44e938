"""The seller or payee a text names."""

from rapidfuzz import fuzz

from app.services.parser.lexicon import LEADS, Hit, sellers
from app.services.parser.tables import table
from app.services.parser.text import Token, words_of

LONGEST_NAME = 4
LONGEST_OWN_NAME, SHORTEST_OWN_NAME = 2, 3
SHOP_WEIGHT = 3  # makers of goods, who seldom sell them themselves, weigh less
ALIKE = 60
SHORTEST_ACRONYM, LONGEST_ACRONYM = 3, 4


def find(tokens: tuple[Token, ...], hits: list[Hit], used: frozenset[int]) -> str | None:
    """The seller's name: a known one behind "at" or "from", an unknown one there, else the first known one."""
    known = [*sellers().find(tokens, guessing=False), *(hit for hit in hits if is_doubtful_name(tokens, hit))]
    known = [hit for hit in known if not inside_phrase(hit, hits)]
    used = used | {place for hit in known for place in range(hit.first, hit.last)}
    led = next((hit for hit in known if is_led(tokens, hit)), None)
    if led:
        return shown(tokens, led)
    unknown = unknown_name(tokens, hits, used) or named_shop(tokens, hits, used)
    if unknown:
        return unknown
    if not known:
        return capital_name(tokens, hits, used)
    shops = [hit for hit in known if hit.entry.weight >= SHOP_WEIGHT]
    return shown(tokens, (shops or known)[0])


def is_doubtful_name(tokens: tuple[Token, ...], hit: Hit) -> bool:
    """Whether a seller was found whose name is also a common word; two or three letters are too little then."""
    return hit.entry.name is not None and hit.trust < 1 and len(tokens[hit.first].word) > LONGEST_ACRONYM - 1


def shown(tokens: tuple[Token, ...], hit: Hit) -> str:
    """The seller's own spelling; as typed where that is another name ("Timmies" for Tim Hortons)."""
    typed = " ".join(token.raw for token in tokens[hit.first : hit.last])
    name = hit.entry.name or typed
    if plain(typed).startswith(plain(name)) or fuzz.ratio(plain(name), plain(typed)) >= ALIKE:
        return name
    if typed != typed.lower():
        return typed
    return typed.upper() if len(typed) <= LONGEST_ACRONYM else typed.title()


def plain(name: str) -> str:
    """Only the letters and digits of a name, folded."""
    return "".join(words_of(name))


def is_led(tokens: tuple[Token, ...], hit: Hit) -> bool:
    """Whether "at", "from" or the like leads to it."""
    before = [token.word for token in tokens[max(0, hit.first - 2) : hit.first]]
    return before[-1:] != [] and (before[-1] in LEADS or (before[-1] == "the" and before[0] in LEADS))


def inside_phrase(hit: Hit, hits: list[Hit]) -> bool:
    """Whether a seller named like a common word is only part of a longer phrase ("apple juice")."""
    return hit.entry.unsure and any(
        other.first <= hit.first and hit.last <= other.last and other.entry is not hit.entry and not other.entry.name
        for other in hits
    )


def unknown_name(tokens: tuple[Token, ...], hits: list[Hit], used: frozenset[int]) -> str | None:
    """Words behind "at" or "from" that are written like a name, or are no common words."""
    common = {place for hit in hits if not hit.entry.name for place in range(hit.first, hit.last)}
    for lead, token in enumerate(tokens):
        if token.word not in {"at", "from", "@", "bei", "chez"}:
            continue
        start = lead + 2 if [one.word for one in tokens[lead + 1 : lead + 2]] == ["the"] else lead + 1
        end = start
        while end < len(tokens) and end - start < LONGEST_NAME and is_part(tokens, end, used):
            end += 1
        places = range(start, end)
        if places and is_name(tokens, places, common):
            return " ".join(tokens[place].raw for place in places)
    return None


def named_shop(tokens: tuple[Token, ...], hits: list[Hit], used: frozenset[int]) -> str | None:
    """ "kamala bakery": up to two words in no list before what a shop calls itself."""
    listed = {place for hit in hits for place in range(hit.first, hit.last)}
    for place, token in enumerate(tokens):
        if token.word not in table("grammar")["names"]["shops"]:
            continue
        first = place
        while place - first < LONGEST_OWN_NAME and first > 0 and is_unlisted(tokens, first - 1, used, listed):
            first -= 1
        if first < place:
            return " ".join(token.raw for token in tokens[first : place + 1])
    return None


def is_unlisted(tokens: tuple[Token, ...], place: int, used: frozenset[int], listed: set[int]) -> bool:
    """Whether a token can be part of a name and is a word in no list."""
    return is_part(tokens, place, used) and place not in listed and len(tokens[place].word) >= SHORTEST_OWN_NAME


def capital_name(tokens: tuple[Token, ...], hits: list[Hit], used: frozenset[int]) -> str | None:
    """ "Dr Mehta", "Sharma Traders": words with capitals among words without, one of them in no list."""
    words = [place for place, token in enumerate(tokens) if token.kind == "word"]
    if not any(tokens[place].raw[:1].islower() for place in words):
        return None
    listed = {place for hit in hits if hit.trust == 1 for place in range(hit.first, hit.last)}
    for first in words:
        last = first
        while (
            last < len(tokens)
            and last - first < LONGEST_NAME
            and is_part(tokens, last, used)
            and tokens[last].raw[:1].isupper()
        ):
            last += 1
        before = tokens[first - 1].word if first else ""
        is_doctor = last - first > 1 and tokens[first].word == "dr"
        if is_doctor or (
            before not in table("grammar")["names"]["people"] and is_proper(tokens, range(first, last), listed)
        ):
            return " ".join(tokens[place].raw for place in range(first, last))
    return None


def is_proper(tokens: tuple[Token, ...], places: range, listed: set[int]) -> bool:
    """Whether capital words make a name: not only the first word of the text, and not only common words."""
    names = "".join(tokens[place].raw for place in places)
    acronym = len(names) >= SHORTEST_ACRONYM and names.isupper()
    return (
        len(places) > (1 if places.start == 0 and not acronym else 0)
        and any(place not in listed for place in places)
        and len(names) > 2
    )


def is_part(tokens: tuple[Token, ...], place: int, used: frozenset[int]) -> bool:
    """Whether a token can be part of a name."""
    token = tokens[place]
    return token.kind == "word" and place not in used and token.word not in table("grammar")["names"]["stops"]


def is_name(tokens: tuple[Token, ...], places: range, common: set[int]) -> bool:
    """Capitals, or a word that is in no list."""
    capitals = [tokens[place].raw[:1].isupper() for place in places]
    if all(capitals):
        return len(places) > 1 or places[0] not in common
    return places[0] not in common and len(tokens[places[0]].raw) > 2
