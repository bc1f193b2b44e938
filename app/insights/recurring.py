"""Recurring payments: what is paid to the same payee again and again on a schedule.

Of one payee's payments those are taken together that have the same amount, or amounts that follow one another (a price
that rose), or that are close. What is left is looked through again: a seller may have two subscriptions and a shop.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import exp, log
from statistics import median
from typing import NamedTuple

from app.insights import payees, schedules
from app.insights.schedules import Schedule
from app.models.transactions import Kind
from app.transactions.ledger_service import Line

SAME = 0.005  # by which two amounts of one price may differ
CLOSE = (0.03, 0.15, 0.4)  # steps between sorted amounts at which they are parted, tried one after the other
SAME_AGAIN = log(0.35)  # a guess at how rarely two purchases in a row cost the same by chance
MOST_SAME = 6
NOTHING_ELSE = log(0.05)  # the same, that all that was ever paid to somebody is on time without a miss
SURE = log(0.003)  # chance below which days are no coincidence
MOST_STREAMS = 4  # of one payee
MOST_LEVELS = 30
AFTER_A_MISS = 0.7  # how sure it still is that it goes on when the last payment didn't come
RECENT = 5  # payments whose median amount is expected next
A_YEAR = (350, 380)  # days between payments that make a yearly one if the payee was paid nothing else
YEARLY_STEP = 1.25  # by which their amounts may differ
BY_CHANCE = log(0.4)  # a guess at how often two of them come about by accident
# Who goes shopping every Saturday pays ever other amounts; a bill for half a year's heating differs more than a lesson.
MOST_SPREAD = {"weekly": 0.2, "fortnightly": 0.2, "monthly": 0.5, "quarterly": 0.7, "yearly": 0.5}


class PriceRise(NamedTuple):
    """A price that rose, in minor units, and the first day it was paid."""

    before: int
    after: int
    since: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """A recurring payment; amounts in minor units, days local."""

    merchant: str
    category: str
    amount: int  # expected next
    cadence: str
    last_date: str
    next_date: str
    payments: int
    missed: int
    confidence: float  # 0..1
    price_rise: PriceRise | None


def find(lines: Sequence[Line], today: date) -> list[Recurring]:
    """The payments that recur and are not over, by the next date.

    Args:
        lines: of one currency, oldest first; only expenses are looked at.
        today: local.
    """
    by_payee: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.type == Kind.EXPENSE and (payee := payees.key(line)):
            by_payee[payee].append(line)
    found = [stream for paid in by_payee.values() for stream in _of_payee(paid, today)]
    return sorted(found, key=lambda stream: (stream.next_date, stream.merchant, stream.amount))


def _of_payee(paid: list[Line], today: date) -> Iterator[Recurring]:
    if yearly := _nothing_but_yearly(paid, today):
        yield yearly
        return
    everything = len(paid)
    for _ in range(MOST_STREAMS):
        best = min(_streams(paid, everything), key=lambda stream: stream[0], default=None)
        if best is None:
            return
        _, schedule, stream = best
        hits = {id(stream[index]) for index in schedule.hits}
        paid = [line for line in paid if id(line) not in hits]
        if described := _described([stream[index] for index in schedule.hits], schedule, today, best[0]):
            yield described


def _streams(paid: list[Line], everything: int) -> Iterator[tuple[float, Schedule, list[Line]]]:
    """Groups of payments that follow a schedule, with the logarithm of the chance that they do so by accident."""
    for group in _groups(paid):
        schedule = schedules.find([line.local_date for line in group])
        amounts = [group[index].amount for index in schedule.hits] if schedule else []
        if schedule is None or _spread(amounts) > MOST_SPREAD[schedule.cadence.name]:
            continue
        again = sum(_is_same(before, after) for before, after in pairwise(amounts))
        chance = schedule.log_chance + min(again, MOST_SAME) * SAME_AGAIN
        if schedule.coverage == 1 and len(schedule.hits) == everything:
            chance += NOTHING_ELSE
        if chance < SURE:
            yield chance, schedule, group


def _spread(amounts: Sequence[int]) -> float:
    """How far amounts usually are from the one before, as a logarithm: 0 for a price that rose once."""
    return median([abs(log(after / before)) for before, after in pairwise(amounts)])


def _groups(paid: list[Line]) -> Iterator[list[Line]]:
    if len(paid) < 3:
        return
    yield paid
    ordered = sorted(paid, key=lambda line: line.amount)
    levels = _parted(ordered, SAME)
    for step in CLOSE:
        yield from (group for group in _parted(ordered, step) if 3 <= len(group) < len(paid))
    yield from (level for level in levels if 3 <= len(level) < len(paid))
    yield from _successions(levels)


def _parted(ordered: list[Line], step: float) -> list[list[Line]]:
    """Lines with amounts no further apart than a step, each group by day."""
    groups: list[list[Line]] = []
    for line in ordered:
        if groups and line.amount <= groups[-1][-1].amount * (1 + step):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [sorted(group, key=lambda line: line.local_date) for group in groups]


def _successions(levels: list[list[Line]]) -> Iterator[list[Line]]:
    """Prices one after the other: each begins when the one before has ended."""
    lasting = sorted((level for level in levels if len(level) > 1), key=lambda level: level[0].local_date)[:MOST_LEVELS]
    for number, first in enumerate(lasting):
        chain = list(first)
        for level in lasting[number + 1 :]:
            if level[0].local_date > chain[-1].local_date and 0.6 <= level[0].amount / chain[-1].amount <= 1.7:
                chain += level
                yield list(chain)


def _described(stream: list[Line], schedule: Schedule, today: date, log_chance: float) -> Recurring | None:
    due = schedule.next_date(today)
    if due is None:
        return None
    amounts = [line.amount for line in stream]
    confidence = (1 - exp(max(log_chance, -50))) * (0.5 + 0.5 * schedule.coverage)
    if due != schedule.upcoming[0]:
        confidence *= AFTER_A_MISS
    return Recurring(
        merchant=stream[-1].merchant or stream[-1].description,
        category=stream[-1].category,
        amount=_expected(amounts),
        cadence=schedule.cadence.name,
        last_date=stream[-1].local_date.isoformat(),
        next_date=due.isoformat(),
        payments=len(stream),
        missed=round(len(stream) / schedule.coverage) - len(stream),
        confidence=round(confidence, 2),
        price_rise=_price_rise(stream),
    )


def _has_prices(amounts: Sequence[int]) -> bool:
    """Whether the amounts are prices that hold for a while, rather than bills that differ each time."""
    same = sum(_is_same(before, after) for before, after in pairwise(amounts))
    return same >= 0.6 * (len(amounts) - 1)


def _expected(amounts: Sequence[int]) -> int:
    return amounts[-1] if _has_prices(amounts) else round(median(amounts[-RECENT:]))


def _price_rise(stream: list[Line]) -> PriceRise | None:
    """The last change of the price, if it rose."""
    if not _has_prices([line.amount for line in stream]):
        return None
    pairs = list(pairwise(stream))
    changed = [(before, after) for before, after in pairs if not _is_same(before.amount, after.amount)]
    if not changed or changed[-1][1].amount < changed[-1][0].amount:
        return None
    before, after = changed[-1]
    return PriceRise(before.amount, after.amount, after.local_date.isoformat())


def _is_same(before: int, after: int) -> bool:
    return abs(after - before) <= SAME * before


def _nothing_but_yearly(paid: list[Line], today: date) -> Recurring | None:
    """All that was ever paid to somebody, if it is similar amounts a year apart; two of them will do."""
    days = [line.local_date for line in paid]
    pairs = list(pairwise(paid))
    apart = [(later - earlier).days for earlier, later in pairwise(days)]
    steps = [max(a.amount, b.amount) / min(a.amount, b.amount) for a, b in pairs]
    if not apart or not all(A_YEAR[0] <= gap <= A_YEAR[1] for gap in apart) or max(steps) > YEARLY_STEP:
        return None
    yearly = schedules.CADENCES[-1]
    last = days[-1]
    due = (last.replace(day=28) if (last.month, last.day) == (2, 29) else last).replace(year=last.year + 1)
    chance = BY_CHANCE * len(apart)
    schedule = Schedule(yearly, tuple(range(len(paid))), 1.0, chance, (due, due))
    return _described(paid, schedule, today, chance)
