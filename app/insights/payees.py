"""Who was paid, as far as that can be told from what is written."""

import re

from app.transactions.ledger_service import Line

NOISE = re.compile(r"[\W\d_]+")


def key(line: Line) -> str:
    """The payee as payments are grouped by it, without case, numbers and signs; empty if there is nothing else."""
    return NOISE.sub(" ", (line.merchant or line.description).casefold()).strip()


def name(line: Line) -> str:
    """The payee as it was written."""
    return line.merchant or line.description
