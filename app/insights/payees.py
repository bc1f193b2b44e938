"""Who was paid, as far as that can be told from what is written."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from app.transactions.ledger_service import Line

NOISE = re.compile(r"[\W\d_]+")


def key(line: Line) -> str:
    """The payee as payments are grouped by it: without case, numbers and signs, unless there is nothing else."""
    return _key(line.merchant or line.description)


@lru_cache(maxsize=4096)  # most of a long ledger is paid to the same few
def _key(name: str) -> str:
    return NOISE.sub(" ", name.casefold()).strip() or name


def grouped(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """Lines by payee and category: a seller may have a shop and a kitchen, and "cash" is no payee at all."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line), line.category].append(line)
    return groups


def name(line: Line) -> str:
    """The payee as it was written."""
    return line.merchant or line.description
