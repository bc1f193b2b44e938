"""Who was paid, as far as that can be told from what is written."""

from collections import defaultdict
from collections.abc import Iterable

from app.transactions.ledger_service import Line
from app.transactions.record_service import payee


def key(line: Line) -> str:
    """The payee as payments are grouped by it: without case, numbers and signs, unless there is nothing else."""
    return payee(name(line))


def grouped(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """Lines by payee and category: a seller may have a shop and a kitchen, and "cash" is no payee at all."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line), line.category].append(line)
    return groups


def name(line: Line) -> str:
    """The payee as it was written."""
    return line.merchant or line.description
