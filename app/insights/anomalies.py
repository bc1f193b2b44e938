"""Unusual payments: far above what is usual at the payee, else in the category, else altogether; or charged twice.

An amount is compared with all others, later ones included, so that a price that stays is no oddity. Refunds and income
are none. Why these bounds: docs/decisions/insights.md.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from math import exp, log
from statistics import median
from typing import NamedTuple

from bson import ObjectId

from app.insights import double_charges, payees
from app.insights.robust import Amounts
from app.models.transactions import Kind
from app.transactions.ledger_service import Line

Groups = dict[tuple[str, str], list[Line]]
UNUSUAL = 3.4  # the mean of how far out an amount is, and how rare it is, as z-scores
RARE = 2.9  # enough alone at a payee that is new: one in 500
LEAST_FACTOR = log(2)
FEW = 3  # others at a payee that tell what is usual there
FEW_OF_CATEGORY = 10
FEW_PAYEES = 3  # others in a category that tell what one more may cost
# Where a premium, a term's fees, a journey or a hospital's bill may come from somebody new, as dear as nothing before.
NOW_AND_THEN = frozenset({"Bills & Fees", "Education", "Health & Wellness", "Housing", "Travel"})
ANY_SPREAD = 0.5  # where nothing tells how far amounts vary
LEAST_SPREAD = 0.15
TAIL = 0.5  # a normal distribution's mean excess over its dearest fifth to tenth, in standard deviations
PRICED = 0.2  # chance that two payments cost the same, from which on a payee has prices
PRICE_FACTOR = log(1.35)
PRICE_SHARE = 0.01  # of a payee's payments: an amount that comes more often is one of its prices


class Why(StrEnum):
    """What a payment is unusual for."""

    PRICE = "price"
    PAYEE = "payee"
    CATEGORY = "category"
    EVERYTHING = "everything"
    TWICE = "twice"


class Anomaly(NamedTuple):
    """An unusual payment; what was expected in minor units, and the dearest of the others that are clearly less."""

    line: Line
    why: Why
    score: float
    expected: int
    dearest: int


def find(lines: Iterable[Line]) -> list[Anomaly]:
    """The unusual ones among expenses, newest first.

    Args:
        lines: of one currency, oldest first.
    """
    groups = payees.grouped(line for line in lines if line.type == Kind.EXPENSE)
    twice = {line.id: Anomaly(line, Why.TWICE, UNUSUAL, 0, 0) for line in double_charges.find(groups)}
    groups = _without(groups, twice)
    known = {anomaly.line.id: anomaly for anomaly in at_payees(groups)}
    new = firsts(_without(groups, known))
    return sorted([*twice.values(), *known.values(), *new], key=_recency, reverse=True)


def _without(groups: Groups, found: Container[ObjectId]) -> Groups:
    left = {payee: [line for line in paid if line.id not in found] for payee, paid in groups.items()}
    return {payee: paid for payee, paid in left.items() if paid}


def _recency(anomaly: Anomaly) -> tuple[date, datetime, ObjectId]:
    return anomaly.line.local_date, anomaly.line.moment, anomaly.line.id


def at_payees(groups: Groups) -> Iterator[Anomaly]:
    """Those that are unusual for a payee with some history."""
    amounts = {payee: Amounts(line.amount for line in paid) for payee, paid in groups.items() if len(paid) > FEW}
    spreads = _spreads(amounts)
    for (payee, category), known in amounts.items():
        paid, typical = groups[payee, category], spreads.get(category, ANY_SPREAD)
        has_prices = _same_again(paid) >= PRICED
        for line in paid:
            if anomaly := _off_price(line, known) if has_prices else _off_range(line, known, typical):
                yield anomaly


def _spreads(amounts: dict[tuple[str, str], Amounts]) -> dict[str, float]:
    """How far amounts usually vary at a payee, by category."""
    found: dict[str, list[float]] = defaultdict(list)
    for (_, category), known in amounts.items():
        if known.all.spread > 0:
            found[category].append(max(LEAST_SPREAD, known.all.spread))
    return {category: median(spreads) for category, spreads in found.items()}


def _same_again(paid: list[Line]) -> float:
    """The chance that two payments cost the same."""
    counts = Counter(line.amount for line in paid).values()
    return sum(count * (count - 1) for count in counts) / (len(paid) * (len(paid) - 1))


def _off_price(line: Line, known: Amounts) -> Anomaly | None:
    above = log(line.amount) - known.usual(line.amount).middle
    if above < PRICE_FACTOR or known.same(line.amount) > PRICE_SHARE * len(known):
        return None
    return _anomaly(line, Why.PRICE, UNUSUAL * above / PRICE_FACTOR, known)


def _off_range(line: Line, known: Amounts, typical: float) -> Anomaly | None:
    if log(line.amount) - known.all.middle < LEAST_FACTOR or known.same(line.amount) > PRICE_SHARE * len(known):
        return None
    score = (known.distance(line.amount, typical) + known.rarity(line.amount, TAIL * typical)) / 2
    return _anomaly(line, Why.PAYEE, score, known) if score >= UNUSUAL else None


def firsts(groups: Groups) -> Iterator[Anomaly]:
    """Those at payees without history that are unusual for their category, or for everything where that is new."""
    of_category: dict[str, list[int]] = defaultdict(list)
    for line in chain.from_iterable(groups.values()):
        of_category[line.category].append(line.amount)
    categories = {name: Amounts(amounts) for name, amounts in of_category.items()}
    sold_by = Counter(category for _, category in groups)
    everything = Amounts(chain.from_iterable(of_category.values()))
    for paid in groups.values():
        for line in paid if len(paid) <= FEW else ():
            others = [other.amount for other in paid if other is not line]
            if others and log(line.amount / max(others)) < LEAST_FACTOR:
                continue  # it comes again
            category = categories[line.category]
            is_known = len(category) > FEW_OF_CATEGORY and sold_by[line.category] > FEW_PAYEES
            known, why = (category, Why.CATEGORY) if is_known else (everything, Why.EVERYTHING)
            if len(known) > FEW_OF_CATEGORY and (anomaly := _beyond(line, known, why)):
                yield anomaly


def _beyond(line: Line, known: Amounts, why: Why) -> Anomaly | None:
    if log(line.amount) - known.all.middle < LEAST_FACTOR:
        return None
    rarity = known.rarity(line.amount, TAIL * ANY_SPREAD)
    score = (known.distance(line.amount, ANY_SPREAD) + rarity) / 2
    is_everyday = why == Why.CATEGORY and line.category not in NOW_AND_THEN
    is_rare = is_everyday and rarity >= RARE
    return _anomaly(line, why, max(score, rarity), known) if is_rare or score >= UNUSUAL else None


def _anomaly(line: Line, why: Why, score: float, known: Amounts) -> Anomaly:
    dearest = known.dearest_below(line.amount)
    return Anomaly(line, why, score, round(exp(known.usual(line.amount).middle)), round(exp(dearest or 0)))
