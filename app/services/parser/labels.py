"""Which numbers are labels: the number of a flat, a flight, a bus, an order, a model or a year."""

import re

from app.services.parser.candidates import Candidate
from app.services.parser.context import NUMBER, Context
from app.services.parser.tables import table

FIRST_YEAR, LAST_YEAR = 1990, 2100
HIGHEST_MODEL, HIGHEST_ROOM, HIGHEST_HOME, SMALL_COUNT, MOST_DAYS = 100, 1000, 10_000, 12, 60
NO_AIRLINE = frozenset({"to", "of", "in", "se", "ka", "ki", "at", "rs"})


def is_labelled(context: Context, candidate: Candidate) -> bool:
    """Whether the number names something: flat 1203, pnr 4512345678, UK 871, pixel 9."""
    before = context.before(candidate)
    if not before or not re.fullmatch(r"\d+(?:\.\d)?", candidate.number.digits):
        return False
    lead = before[-1]
    if is_label(candidate, before):
        return True
    if lead in table("amounts")["label"]["soft"] and set(table("amounts")["words"]["no_journey"]) & set(context.words):
        return True
    if lead == "-" and len(before) > 1 and before[-2] in {"flat", "sector", "block"}:
        return context.next(candidate) is not None
    if lead == "class" and candidate.value <= SMALL_COUNT:
        return bool(context.behind(candidate))
    return is_flight(context, candidate, before) or is_site(context, candidate, lead)


def is_year(context: Context, candidate: Candidate) -> bool:
    """ "2026 calendar 12": a year before what is made for it, beside another number."""
    named = context.behind(candidate, 1)
    is_named = bool(named) and named[0] in table("amounts")["label"]["year_of"]
    return is_named and FIRST_YEAR <= candidate.value <= LAST_YEAR and len(context.found) > 1


def is_label(candidate: Candidate, before: list[str]) -> bool:
    """Whether the words before a number make it a label, whatever stands elsewhere."""
    label, lead = table("amounts")["label"], before[-1]
    if lead in label["hours"] and candidate.value <= SMALL_COUNT:
        return len(before) < 2 or before[-2] not in {*label["day_kinds"], "paid", "the", "#"}
    if lead in label["days"] and candidate.value <= MOST_DAYS:
        return len(before) < 2 or before[-2] not in label["day_kinds"]
    if lead in label["hard"]:
        return True
    highest = {"homes": HIGHEST_HOME, "products": HIGHEST_MODEL, "places": HIGHEST_ROOM}
    if any(lead in label[kind] and candidate.value < limit for kind, limit in highest.items()):
        return True
    if lead in label["yearly"] and FIRST_YEAR <= candidate.value <= LAST_YEAR:
        return True
    return len(before) > 1 and lead in {".", ":", "is", "-"} and before[-2] in label["named"]


def is_flight(context: Context, candidate: Candidate, before: list[str]) -> bool:
    """Whether it is a flight's number behind the airline's letters: "flight UK 871", "AI 505 to mumbai 6200"."""
    if not 3 <= len(candidate.number.digits) <= 4:
        return False
    letters, label = before[-1], table("amounts")["label"]
    typed = context.tokens[candidate.number.first - 1].raw
    if letters in label["airlines"] and typed.isupper() and len(context.found) > 1:
        return True
    named = not {"flight", "flt", "vuelo", "flug", "vol"}.isdisjoint(before[-4:])
    return named and re.fullmatch(r"[a-z]{2}", letters) is not None and letters not in NO_AIRLINE


def is_site(context: Context, candidate: Candidate, lead: str) -> bool:
    """ "house no 14 street 9": where somebody is, beside another such number and no price."""
    others = [one for one in context.found if one is not candidate]
    is_place = lead in table("amounts")["label"]["sites"] and candidate.value < HIGHEST_ROOM
    if is_place and not others:
        return bool(set(table("amounts")["label"]["rides"]) & set(context.words))
    return is_place and all(one.role == "label" or is_label_alone(context, one) for one in others)


def is_label_alone(context: Context, candidate: Candidate) -> bool:
    """Whether the words directly before a number without currency make it a label."""
    before = context.before(candidate)
    return candidate.currency is None and bool(before) and is_label(candidate, before)


def is_soft_label(context: Context, candidate: Candidate, rivals: list[Candidate], lead: str) -> bool:
    """Whether a word before it often has a number that is none of money ("bus 24"), and a better amount is there."""
    if lead not in table("amounts")["label"]["soft"]:
        return False
    if any(one.currency for one in rivals):
        return True
    behind = context.behind(candidate)
    listed = bool(behind) and behind[0] in {",", "+", "and", "&", "aur"}
    if (behind[:1] == ["fare"] and NUMBER in behind) or (behind[:1] == [NUMBER] and lead in {"bus", "tram", "train"}):
        return True
    return not listed and not (lead in table("amounts")["label"]["vehicles"] and not is_smallest(candidate, rivals))


def is_smallest(candidate: Candidate, rivals: list[Candidate]) -> bool:
    """Whether no rival is smaller."""
    return all(candidate.value <= one.value for one in rivals)
