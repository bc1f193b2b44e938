"""Reads statements of banks and exports of other programs: a binary file in, entries and faults out, one by one.

A library: it knows no user, no request and no database. What it reads is untrusted; whatever the size of the file,
it holds no more than a piece of it in memory.
"""

from collections.abc import Callable
from typing import BinaryIO

from app.services.statements import camt, csv_reader, ofx, qif
from app.services.statements.detecting import detect
from app.services.statements.records import Entry, Fault, Format, Options, Part, Statement, Unreadable

__all__ = ["Entry", "Fault", "Format", "Options", "Part", "Statement", "Unreadable", "detect", "read"]

READERS: dict[Format, Callable[[BinaryIO, Options], Statement]] = {
    "csv": csv_reader.read,
    "ofx": ofx.read,
    "qif": qif.read,
    "camt": camt.read,
}


def read(stream: BinaryIO, options: Options) -> Statement:
    """The entries of a statement, in any format but this service's own exports ("json" and "own_csv").

    The stream must be seekable, and open as long as entries are asked for.

    Raises:
        Unreadable: the file as a whole can't be read; entries that are asked for later may raise it, too.
    """
    return READERS[detect(stream)](stream, options)
