"""Changes that are judged by what is stored, and written only if that is still so."""

from collections.abc import Callable
from typing import Any

from app.core.errors import Conflict

Document = dict[str, Any]
TRIES = 50  # each that fails is one that somebody else won


def changed(attempt: Callable[[], Document | None]) -> Document:
    """The document as it is after a change.

    Args:
        attempt: judges the change by the stored revision and writes it to that one; None when it has moved on.

    Raises:
        Conflict: others were quicker every time.
    """
    for _ in range(TRIES):
        document = attempt()
        if document is not None:
            return document
    raise Conflict("It is being changed by others. Please try again.")
