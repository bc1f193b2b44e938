"""Which numbers are no money: percentages, counts, measures, labels and the numbers in names."""

from app.services.parser.candidates import Candidate
from app.services.parser.context import DAY, NUMBER, Context
from app.services.parser.labels import HIGHEST_MODEL, SMALL_COUNT, is_labelled, is_smallest, is_soft_label, is_year
from app.services.parser.splits import MOST_PEOPLE
from app.services.parser.tables import table

NOT_MONEY = frozenset({"percent", "unit", "label"})
FEW_PEOPLE = 6
LEAST_RUPEES = 5  # nobody types a bare amount below
DEAREST_SINGLE = 20
MOST_AT_UNIT_PRICE = 200
PERCENT = frozenset({"%", "percent", "percentage", "pct", "prozent", "pourcent"})
NO_NOUN = frozenset({NUMBER, "for", "at", "on", "and", "to", "from", "in", "of", "with", "se", "ka", "ki", "ke"})
COUNTED_BEFORE = frozenset({"for", "with", "between", "among", "of", "table"})


def assign(context: Context, profile_currency: str) -> None:
    """Sets the role percent, unit or label where a number is no money; the others stay prices."""
    for candidate in reversed(context.found):
        candidate.role = plain_role(context, candidate)
    for candidate in context.found:
        if candidate.role == "price" and is_minor(context, candidate, profile_currency):
            hour = context.before(candidate, 1)[-1:] in (["at"], ["till"], ["until"])
            candidate.role = "label" if hour else "unit"


def plain_role(context: Context, candidate: Candidate) -> str:
    """percent, unit, label or price, by the nearest words alone."""
    behind = context.behind(candidate)
    after = behind[0] if behind else ""
    if after in PERCENT:
        return "percent"
    if candidate.currency is not None:
        return "price"
    if is_unit(context, candidate, behind):
        return "unit"
    if is_year(context, candidate) or is_labelled(context, candidate):
        return "label"
    if is_beside_better(context, candidate):
        return "unit" if is_unit_price(context.behind(candidate)[1:]) else "label"
    return "unit" if is_counted_plural(context, candidate, behind) else "price"


def is_unit(context: Context, candidate: Candidate, behind: list[str]) -> bool:
    """Whether the number counts or measures by itself: "two seats", "3x 1,20", "5-kg", "/ 3"."""
    after = behind[0] if behind and behind[:2] != ["am", DAY] else ""  # "Kino 12 am 3.11." in German
    measured = behind[1] if after == "-" and len(behind) > 1 else after
    return (
        candidate.counts
        or is_multiplier(context, candidate, behind)
        or is_measured(candidate, measured, offered=context.before(candidate, 2) == [NUMBER, "for"])
        or is_divisor(context, candidate)
    )


def is_multiplier(context: Context, candidate: Candidate, behind: list[str]) -> bool:
    """ "3x 1,20", "4 @ 89.99": a small count directly before a price."""
    small = candidate.currency is None and candidate.value <= MOST_PEOPLE and candidate.value % 1 == 0
    following = context.next(candidate)
    if not small or following is None or behind[:2] not in ([mark, NUMBER] for mark in ("x", "×", "*", "@")):
        return False
    return following.currency is not None or following.value >= candidate.value or following.value % 1 != 0


def is_divisor(context: Context, candidate: Candidate) -> bool:
    """ "1200 / 3": what an amount is divided by."""
    return context.before(candidate, 2) == [NUMBER, "/"] and candidate.value <= MOST_PEOPLE


def is_measured(candidate: Candidate, after: str, *, offered: bool) -> bool:
    """Whether a unit follows: 5 kg, 3 nights, 10k steps; not "250 ticket", nor a price `offered` for some."""
    counted = table("amounts")["counted"]
    if offered:
        return False
    if candidate.number.scaled:
        return after in counted["scaled"] and candidate.number.digits != "" and candidate.value < 100_000
    return after in counted["units"] and not (after in counted["bought"] and candidate.value > DEAREST_SINGLE)


def is_beside_better(context: Context, candidate: Candidate) -> bool:
    """Whether another price follows at once: of "movie at 7 450" the second is the amount."""
    following = context.next(candidate)
    return (
        following is not None
        and context.behind(candidate, 1) == [NUMBER]
        and following.role == "price"
        and candidate.value < following.value
    )


def is_counted_plural(context: Context, candidate: Candidate, behind: list[str]) -> bool:
    """ "3 bus passes": a small whole number before a plural within three words."""
    unit_price = any(is_unit_price(context.behind(one, 1)) for one in context.found if one is not candidate)
    highest = MOST_AT_UNIT_PRICE if unit_price else SMALL_COUNT
    if candidate.number.scaled or candidate.value > highest or candidate.value % 1:
        return False
    for word in behind[:3]:
        if word in NO_NOUN or word == "am" or not word.isalpha():
            return False
        plural = (
            len(word) > 3
            and word.endswith("s")
            and not word.endswith(("ss", "us"))
            and word not in table("grammar")["plural"]["no"]
        )
        if plural or word in table("amounts")["counted"]["units"]:
            return True
    return False


def is_minor(context: Context, candidate: Candidate, profile_currency: str) -> bool:
    """Whether a number is hardly an amount: too small, or a count, a name's number or an hour beside others."""
    whole = candidate.value % 1 == 0
    if candidate.currency is not None or candidate.number.scaled or not whole:
        return False
    if profile_currency == "INR" and 0 < candidate.value < LEAST_RUPEES and not is_part_of_sum(context, candidate):
        return True
    rivals = [one for one in context.found if one is not candidate and one.role not in NOT_MONEY]
    before = context.before(candidate)
    lead = before[-1] if before else ""
    if is_hour_or_party(context, candidate, lead, alone=not rivals):
        return True
    if not rivals:
        return False
    return is_soft_label(context, candidate, rivals, lead) or is_count(context, candidate, rivals, lead)


def is_part_of_sum(context: Context, candidate: Candidate) -> bool:
    """Whether even a small number is money: "+ 2 tip", "20 pages 2 each", "toffee 2"."""
    before, behind = context.before(candidate, 1), context.behind(candidate, 1)
    if len(context.found) == 1 and not behind:
        return True
    return (bool(before) and before[0] in {"+", "@", "plus"}) or (bool(behind) and behind[0] in {"tip", "each", "per"})


def is_hour_or_party(context: Context, candidate: Candidate, lead: str, *, alone: bool) -> bool:
    """ "dinner at 8", "table for 4": an hour, or a number of people at the end of the text."""
    behind = context.behind(candidate)
    counts = any(one.role == "unit" and not {"at", "for"} & set(context.behind(one, 1)) for one in context.found)
    is_hour = lead in {"at", "till", "until"}
    if (
        alone
        and lead in table("amounts")["label"]["vehicles"]
        and behind[:1]
        and behind[0] in table("amounts")["label"]["be"]
    ):
        return True
    if is_hour and alone:
        return candidate.value <= SMALL_COUNT and not counts and not is_unit_price(behind)
    if behind and behind[0] not in {NUMBER, ",", "at", "for", ".", "on", "with", "in"}:
        return False
    if is_hour:
        return candidate.value <= SMALL_COUNT and not counts and not is_unit_price(behind)
    return lead in COUNTED_BEFORE and candidate.value <= (FEW_PEOPLE if alone else DEAREST_SINGLE)


def is_unit_price(behind: list[str]) -> bool:
    """Whether "each" or the like follows."""
    return bool(behind) and behind[0] in {"each", "per", "/", "a"}


def is_count(context: Context, candidate: Candidate, rivals: list[Candidate], lead: str) -> bool:
    """Whether a small number beside larger ones counts something."""
    if candidate.value >= HIGHEST_MODEL or not is_smallest(candidate, rivals):
        return False
    behind, times = context.behind(candidate), table("amounts")["role"]["times"]
    after = behind[0] if behind else ""
    if lead in COUNTED_BEFORE and candidate.value <= DEAREST_SINGLE:
        return True
    if after in times or lead in times:
        return candidate.value <= 50 and not any(one.role == "unit" for one in context.found)
    if (
        candidate.value <= SMALL_COUNT
        and after.isalpha()
        and after not in table("amounts")["words"]["joiners"]
        and NUMBER in behind
    ):
        return candidate.value <= 3 or not is_listed(context.before(candidate), behind)
    return context.is_glued(candidate) or not candidate.number.digits


def is_listed(before: list[str], behind: list[str]) -> bool:
    """ "tea 10 biscuit 20": an item before the number, and the next number ends its own item."""
    item = bool(before) and before[-1].isalpha() and before[-1] not in table("amounts")["words"]["not_items"]
    return item and behind.index(NUMBER) == len(behind) - 1
