"""Payments that were charged twice: the same amount to the same payee at once, where nobody pays twice as a rule."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from app.transactions.ledger_service import Line

AT_ONCE = timedelta(minutes=10)
HABIT = 0.1  # share of a payee's payments that come twice, from which on that is how it is paid
BY_CHANCE = 0.5  # pairs of one day that would come about by accident; above that a day alone tells nothing


def find(groups: Mapping[Any, Sequence[Line]]) -> Iterator[Line]:
    """The second payment of each pair.

    Args:
        groups: expenses by their payee, oldest first.
    """
    days = [line.local_date for paid in groups.values() for line in (paid[0], paid[-1])]
    span = (max(days) - min(days)).days + 1 if days else 1
    for paid in groups.values():
        yield from _of_payee(paid, span)


def _of_payee(paid: Sequence[Line], span: int) -> Iterator[Line]:
    by_amount: dict[int, list[Line]] = defaultdict(list)
    for line in paid:
        by_amount[line.amount].append(line)
    pairs = [pair for same in by_amount.values() for pair in pairwise(same) if _is_close(*pair)]
    # Two at the very same moment: only their day is known.
    at_once = [timedelta(0) < second.moment - first.moment <= AT_ONCE for first, second in pairs]
    by_chance = sum(len(same) * (len(same) - 1) for same in by_amount.values()) / (2 * span)
    most, quick = 1 + max(1, HABIT * len(paid)), sum(at_once)
    for (_, second), is_at_once in zip(pairs, at_once, strict=True):
        if (quick <= most) if is_at_once else (len(pairs) <= most and by_chance < BY_CHANCE):
            yield second


def _is_close(first: Line, second: Line) -> bool:
    return first.local_date == second.local_date or second.moment - first.moment <= AT_ONCE
