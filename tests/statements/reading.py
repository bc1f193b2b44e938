"""Statements read in tests: entries and faults of made-up files, told briefly."""

import io
from datetime import date

from app.services.statements import Entry, Fault, Options, Statement, Unreadable, read

OPTIONS = Options(mapping=None, currency=None, date_format=None, today=date(2026, 11, 21))


def statement(content: bytes, options: Options = OPTIONS) -> tuple[Statement, list[Entry], list[Fault]]:
    """What a file holds: the statement, its entries, its faults."""
    found = read(io.BytesIO(content), options)
    rows = list(found.entries)
    assert found.total in (None, len(rows))
    assert [row.row for row in rows] == sorted({row.row for row in rows})
    return found, [row for row in rows if isinstance(row, Entry)], [row for row in rows if isinstance(row, Fault)]


def entries(content: bytes, options: Options = OPTIONS) -> list[Entry]:
    """The entries of a file without faults."""
    _, good, bad = statement(content, options)
    assert not bad
    return good


def faults(content: bytes, options: Options = OPTIONS) -> list[tuple[int, str]]:
    """Row and field of each fault of a file."""
    return [(fault.row, fault.field) for fault in statement(content, options)[2]]


def refusal(content: bytes, options: Options = OPTIONS) -> Unreadable:
    """Why a file is refused before any entry of it is read."""
    try:
        read(io.BytesIO(content), options)
    except Unreadable as refused:
        return refused
    raise AssertionError("it was read")
