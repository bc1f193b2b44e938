"""What each number of a text stands for: a price, a count, a share, change, an old price and so on."""

import re
from decimal import Decimal

from app.ai.parser.candidates import Candidate, table
from app.ai.parser.dates import Mention
from app.ai.parser.text import Token

SMALL_COUNT = 12
# In this order: the first that fits gives the role.
WORDED_ROLES = ("share", "discount", "change", "included", "tip", "now", "later", "old", "total", "each")
DAY = "@day"  # stands for the words of a date
NOT_MONEY = frozenset({"percent", "unit", "label"})
PERCENT = frozenset({"%", "percent", "percentage", "pct", "prozent", "pourcent"})
NOT_PLURAL = frozenset(
    "this is was has his its us plus gas bus yes less cash always paris texas swiss plus atlas rs kids mrs ms tops us dues bills fees news sales taxes charges".split()
)


class Context:
    """The words before and behind candidates, with every number written as #."""

    def __init__(self, tokens: tuple[Token, ...], found: list[Candidate], mentions: list[Mention]) -> None:
        self.tokens = tokens
        numbers = {place for one in found for place in range(one.first, one.last)}
        starts = {one.first for one in found}
        self.words = ["#" if place in numbers else token.word for place, token in enumerate(tokens)]
        for place, token in enumerate(tokens):
            if any(mention.start < token.end and token.start < mention.end for mention in mentions):
                self.words[place] = DAY
        self.shown = [place for place in range(len(tokens)) if place not in numbers or place in starts]

    def before(self, candidate: Candidate, reach: int = 6) -> list[str]:
        """The words before it, nearest last."""
        return [self.words[place] for place in self.shown if place < candidate.first][-reach:]

    def behind(self, candidate: Candidate, reach: int = 6) -> list[str]:
        """The words behind it, nearest first."""
        return [self.words[place] for place in self.shown if place >= candidate.last][:reach]


def assign(tokens: tuple[Token, ...], found: list[Candidate], mentions: list[Mention]) -> Context:
    """Sets the role of every candidate; returns the context they were read in."""
    context = Context(tokens, found, mentions)
    for candidate in found:
        candidate.role = plain_role(context, candidate)
    money = [one for one in found if one.role not in NOT_MONEY]
    for candidate in money:
        if len(money) > 1 and is_minor(context, candidate, money):
            candidate.role = "unit"
    money = [one for one in money if one.role not in NOT_MONEY]
    for candidate in money:
        candidate.role = worded_role(context, candidate, alone=len(money) == 1)
    if not any(one.role == "share" for one in money):
        give_share(context, money)
    return context


def give_share(context: Context, money: list[Candidate]) -> None:
    """"2400 at the grill as my share, 7200 in all": the share named at a distance behind its number."""
    for candidate in money:
        behind = context.behind(candidate, 12)
        own = " ".join(behind[: behind.index("#")] if "#" in behind else behind)
        if any(f" {phrase}" in f" {own}" for phrase in ("as my share", "for my share", "was my share", "is my share", "my share only")):
            candidate.role = "share"
            return


def plain_role(context: Context, candidate: Candidate) -> str:
    """percent, unit, label or price, by the nearest words alone."""
    behind, before = context.behind(candidate), context.before(candidate)
    after, lead = behind[0] if behind else "", before[-1] if before else ""
    if after in PERCENT:
        return "percent"
    if candidate.currency is not None:
        return "price"
    if (
        after in table()["counted"]["units"]
        and not candidate.number.scaled
        and not is_priced_thing(context, candidate, after)
    ):
        return "unit"
    if (lead in table()["label"]["hard"] or lead == "#") and candidate.number.digits.isdigit():
        return "label"
    if (
        len(before) > 1
        and lead in {".", ":"}
        and before[-2] in {"no", "nr", "ref", "pnr", "id", "txn", "sem", "std", "apt", "num"}
    ):
        return "label"
    if (
        lead == "-"
        and len(before) > 1
        and candidate.number.digits.isdigit()
        and before[-2] in {"flat", "sector", "block"}
    ):
        return "label" if "#" in behind else "price"
    if is_flight_number(context, candidate):
        return "label"
    return "unit" if is_counted_plural(candidate, behind) or is_bare_group(candidate, before, behind) else "price"


def is_priced_thing(context: Context, candidate: Candidate, after: str) -> bool:
    """ "250 ticket", "450 no": a price before a singular noun that also serves as unit."""
    singular = {
        "ticket",
        "room",
        "meal",
        "ride",
        "trip",
        "visit",
        "session",
        "lesson",
        "no",
        "seat",
        "share",
        "set",
        "item",
        "unit",
        "time",
        "wale",
        "wali",
        "sem",
        "semester",
        "am",
        "pm",
        "zone",
        "box",
        "plate",
        "tin",
        "can",
        "glass",
        "pack",
        "bag",
        "star",
        "couple",
        "student",
        "round",
        "pair",
        "dost",
        "log",
        "card",
    }
    return after in singular and candidate.value > 20


def is_flight_number(context: Context, candidate: Candidate) -> bool:
    """AI 2134 or 6E 512 behind a flight or a train."""
    before = context.before(candidate, 3)
    code = len(before) > 1 and re.fullmatch(r"[a-z]{2}|e", before[-1]) is not None
    return (
        code
        and not {"flight", "flt", "vuelo", "flug", "vol", "train"}.isdisjoint(context.before(candidate, 4))
        and before[-1] not in {"to", "of", "in", "se", "ka", "ki", "at", "rs"}
        and 3 <= len(candidate.number.digits) <= 4
    )


def is_counted_plural(candidate: Candidate, behind: list[str]) -> bool:
    """ "2 movie tickets": a small whole number before a plural within three words."""
    if candidate.number.scaled or candidate.value > SMALL_COUNT or candidate.value % 1:
        return False
    if not behind or not behind[0].isalpha():
        return False
    for word in behind[:3]:
        if (
            word in {"#", ",", "for", "at", "on", "and", "to", "from", "in", "of", "with", "se", "ka", "ki", "ke"}
            or not word.isalpha()
        ):
            return False
        if word in table()["counted"]["units"] or (
            len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) and word not in NOT_PLURAL
        ):
            return True
    return False


def is_bare_group(candidate: Candidate, before: list[str], behind: list[str]) -> bool:
    """ "class 10 books": the label of a school class."""
    return before[-1:] == ["class"] and candidate.value <= SMALL_COUNT and bool(behind)


def is_minor(context: Context, candidate: Candidate, money: list[Candidate]) -> bool:
    """Whether a number is hardly an amount beside the others: a count, a name's number, an hour."""
    if candidate.currency is not None or candidate.number.scaled:
        return False
    before, behind = context.before(candidate), context.behind(candidate)
    lead, after = before[-1] if before else "", behind[0] if behind else ""
    rivals = [one for one in money if one is not candidate and one.role not in NOT_MONEY]
    if not rivals:
        return False
    whole = candidate.value % 1 == 0
    if whole and lead in table()["label"]["soft"] and any(one.currency for one in rivals):
        return True
    if (
        whole
        and lead in table()["label"]["soft"]
        and not (
            after in {",", "+", "and", "&"}
            or lead in {"tip", "bill", "order", "ticket", "bus", "train", "flight", "tram", "car", "bike"}
            and not is_smallest(candidate, rivals)
        )
    ):
        return True
    if not whole or candidate.value > 99 or not is_smallest(candidate, rivals):
        return False
    if (
        lead in {"for", "with", "between", "among", "at", "of"}
        and candidate.value <= 20
        and (lead != "at" or after in {"#", ""})
    ):
        return lead != "at" or context.before(candidate, 9).count("#") == 0 or True
    if after in table()["role"]["times"] or lead in table()["role"]["times"]:
        return candidate.value <= 50 and not any(one.role == "unit" for one in money)
    if (
        candidate.value <= SMALL_COUNT
        and after.isalpha()
        and after not in table()["words"]["joiners"]
        and "#" in behind
    ):
        return not is_listed(before, behind)
    if glued_to_word(context, candidate):
        return True
    return not candidate.number.digits


def is_smallest(candidate: Candidate, rivals: list[Candidate]) -> bool:
    """Whether no rival is smaller."""
    return all(candidate.value <= one.value for one in rivals)


def is_listed(before: list[str], behind: list[str]) -> bool:
    """ "tea 10 biscuit 20": an item before the number, and the next number ends its own item."""
    place = behind.index("#")
    return (
        bool(before)
        and before[-1].isalpha()
        and before[-1]
        not in {
            "got",
            "bought",
            "had",
            "liya",
            "liye",
            "le",
            "x",
            "for",
            "the",
            "ordered",
            "paid",
            "ate",
            "took",
            "i",
            "and",
        }
        and place == len(behind) - 1
    )


def glued_to_word(context: Context, candidate: Candidate) -> bool:
    """Whether the digits follow letters without a space."""
    place = candidate.number.first
    return (
        place > 0
        and context.tokens[place - 1].kind == "word"
        and context.tokens[place - 1].end == context.tokens[place].start
    )


def worded_role(context: Context, candidate: Candidate, *, alone: bool) -> str:
    """The role that the words around a price name."""
    roles, before, behind = table()["role"], context.before(candidate), context.behind(candidate)
    lead = " ".join(stripped(before))
    exact_lead, after = " ".join(before), " ".join(behind)
    for name in WORDED_ROLES:
        if alone and name in {"later", "old", "change", "discount", "included", "now"}:
            continue
        if name == "change" and not set(roles["gave"]) & set(context.words):
            continue
        if ends(exact_lead, roles[f"{name}_before"] if f"{name}_before" in roles else []) or (
            name not in {"each", "later"} and ends(lead, roles[f"{name}_before"])
        ):
            return name
        if starts(after, roles[f"{name}_after"]) and not belongs_to_next(context, candidate, name):
            return name
    return "price"


def belongs_to_next(context: Context, candidate: Candidate, role: str) -> bool:
    """Whether the role's word behind a number rather introduces the next one ("1999 was 2499", "500 tip 50")."""
    behind = context.behind(candidate)
    if role not in {"tip", "total", "discount", "change", "now", "later", "share", "included"} or "#" not in behind:
        return False
    place = behind.index("#")
    if role in {"included"}:
        return True
    between = behind[:place]
    return "," not in between and "+" not in between and place <= 2 and "and" not in between


def stripped(before: list[str]) -> list[str]:
    """The words before a number without "about", "only" and the like at their end."""
    words = list(before)
    while words and words[-1] in table()["words"]["fillers"]:
        words.pop()
    return words


def ends(text: str, phrases: list[str]) -> bool:
    """Whether the text ends with one of the phrases, as whole words."""
    return any(text == phrase or text.endswith(" " + phrase) for phrase in phrases)


def starts(text: str, phrases: list[str]) -> bool:
    """Whether the text starts with one of the phrases, as whole words."""
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)


def value_sum(found: list[Candidate]) -> Decimal:
    """The sum of the candidates' values."""
    return sum((one.value for one in found), Decimal(0))
