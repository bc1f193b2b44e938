"""Stored documents that can't be read, such as one edited by hand: they hide no others, and the log names them."""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import Any, TypeVar

from pydantic import ValidationError

from app.core.errors import AppError

log = logging.getLogger(__name__)
T = TypeVar("T")
Document = dict[str, Any]
# What a missing part, a wrong type or a value that isn't one of the known ends in.
FAULTS = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class Unreadable(AppError):
    """500: the record is there, but damaged; trying again doesn't help."""

    status, code, message = 500, "unreadable_record", "This record is damaged and can't be shown. Please tell support."


def readable(documents: Iterable[Document], read: Callable[[Document], T]) -> Iterator[tuple[Document, T]]:
    """Each document together with what `read` makes of it; those it can't read are left out and logged."""
    for document in documents:
        try:
            made = read(document)
        except FAULTS as error:
            report(document.get("_id"), error)
        else:
            yield document, made


def only(results: list[T]) -> T:
    """The result for a document that was asked for by itself.

    Raises:
        Unreadable: it was left out.
    """
    if not results:
        raise Unreadable()
    return results[0]


def report(record: Any, error: Exception) -> None:
    """Log a record's id, the names of the parts at fault and where that was noticed; never what is in them."""
    parts = ""
    if isinstance(error, ValidationError):
        parts = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False))
    elif isinstance(error, KeyError):
        parts = str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{PurePath(place.filename).name}:{place.lineno}"
    log.error("unreadable record %s left out: %s %s (%s)", record, type(error).__name__, parts, where)
