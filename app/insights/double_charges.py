"""Payments that were charged twice: the same amount to the same payee at once, where nobody pays twice as a rule."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from app.insights import payees
from app.transactions.ledger_service import Line

AT_ONCE = timedelta(minutes=10)
HABIT = 0.1  # share of a payee's payments that come twice, from which on that is how it is paid
BY_CHANCE = 0.5  # pairs of one day that would come about by accident; above that a day alone tells nothing


def find(lines: Sequence[Line]) -> list[Line]:
    """The second payment of each pair.

    Args:
        lines: expenses, oldest first.
    """
    paid: dict[tuple[str, int], list[Line]] = defaultdict(list)
    payments: Counter[str] = Counter()
    for line in lines:
        payee = payees.key(line)
        paid[payee, line.amount].append(line)
        payments[payee] += 1
    found: dict[str, list[tuple[Line, Line]]] = defaultdict(list)
    chance: dict[str, float] = defaultdict(float)
    days = max(1, (lines[-1].local_date - lines[0].local_date).days) if lines else 1
    for (payee, _), same in paid.items():
        found[payee] += _pairs(same)
        chance[payee] += len(same) * (len(same) - 1) / (2 * days)
    return [second for payee, pairs in found.items() for second in _unusual(pairs, payments[payee], chance[payee])]


def _pairs(same: list[Line]) -> Iterator[tuple[Line, Line]]:
    return (
        (first, second)
        for first, second in pairwise(same)
        if first.local_date == second.local_date or second.moment - first.moment <= AT_ONCE
    )


def _unusual(pairs: list[tuple[Line, Line]], payments: int, chance: float) -> Iterator[Line]:
    at_once = [pair for pair in pairs if timedelta(0) < pair[1].moment - pair[0].moment <= AT_ONCE]
    for first, second in pairs:
        # Two at the very same moment: only their day is known.
        is_at_once = (first, second) in at_once
        others = len(at_once if is_at_once else pairs) - 1
        if others <= max(1, HABIT * payments) and (is_at_once or chance < BY_CHANCE):
            yield second
