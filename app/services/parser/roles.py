"""What the words around a price say of it: a share, a tip, change, an old price, a total, a unit price."""

import re

from app.services.parser import counts
from app.services.parser.candidates import Candidate
from app.services.parser.context import NUMBER, Context, ends, starts, stripped
from app.services.parser.counts import NOT_MONEY
from app.services.parser.dates import Mention
from app.services.parser.tables import table
from app.services.parser.text import Token

# In this order: the first that fits gives the role.
ROLES = ("share", "discount", "change", "included", "tip", "now", "later", "old", "total", "each")
ONLY_BESIDE_OTHERS = frozenset({"later", "old", "change", "discount", "included", "now"})
MAY_INTRODUCE_NEXT = frozenset({"tip", "total", "discount", "change", "now", "later", "share"})
EXACT = frozenset({"each", "later"})  # fillers before these make a difference ("of", "at")
OWN_BEHIND = ("as my share", "for my share", "was my share", "is my share", "my share only")
OWN_BEFORE = re.compile(r"\bmy (?:own )?(?:share|part|half|portion|bit|contribution|cut)\b[^#,.;]*$")


def assign(
    tokens: tuple[Token, ...], found: list[Candidate], mentions: list[Mention], profile_currency: str
) -> Context:
    """Sets the role of every candidate; returns the context they were read in."""
    context = Context(tokens, found, mentions)
    counts.assign(context, profile_currency)
    money = [one for one in found if one.role not in NOT_MONEY]
    for candidate in money:
        candidate.role = worded_role(context, candidate, alone=len(money) == 1)
    if not any(one.role == "share" for one in money):
        give_share(context, money)
    return context


def give_share(context: Context, money: list[Candidate]) -> None:
    """The share named at a distance: "2400 at the grill as my share", "my part of the dinner was 350"."""
    for candidate in money:
        behind = context.behind(candidate, 12)
        own = " ".join(behind[: behind.index(NUMBER)] if NUMBER in behind else behind)
        if any(f" {phrase}" in f" {own}" for phrase in OWN_BEHIND) or OWN_BEFORE.search(
            " ".join(context.before(candidate, 10))
        ):
            candidate.role = "share"
            return


def worded_role(context: Context, candidate: Candidate, *, alone: bool) -> str:
    """The role that the words around a price name."""
    roles, before = table("amounts")["role"], context.before(candidate)
    exact, lead, after = " ".join(before), " ".join(stripped(before)), " ".join(context.behind(candidate))
    for name in ROLES:
        if (alone and name in ONLY_BESIDE_OTHERS) or (name == "change" and not set(roles["gave"]) & set(context.words)):
            continue
        led_by, followed_by = roles[f"{name}_before"], roles[f"{name}_after"]
        if ends(exact, led_by) or (name not in EXACT and ends(lead, led_by)):
            return name
        if starts(after, followed_by) and not introduces_next(context, candidate, name):
            return name
    return "price"


def introduces_next(context: Context, candidate: Candidate, role: str) -> bool:
    """Whether the role's word behind a number rather belongs to the next one ("500 tip 50")."""
    behind = context.behind(candidate)
    if NUMBER not in behind:
        return False
    if role == "included":
        return True
    between = behind[: behind.index(NUMBER)]
    return role in MAY_INTRODUCE_NEXT and len(between) <= 2 and not {",", "+", "and", "for"} & set(between)
