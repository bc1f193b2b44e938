"""Transactions as CSV (RFC 4180) and JSON (RFC 8259), piece by piece."""

import csv
import io
from collections.abc import Iterable, Iterator

from app.transactions.portable_service import COLUMNS, Portable, as_cells, as_json

BOM = "\ufeff"  # without it Excel takes UTF-8 for the local encoding of its computer


def as_csv(batches: Iterable[list[Portable]]) -> Iterator[bytes]:
    """A header and a line for each; every byte of it is UTF-8 with a byte order mark."""
    page = io.StringIO()
    page.write(BOM)
    lines = csv.writer(page)
    lines.writerow(COLUMNS)
    for batch in batches:
        lines.writerows(map(as_cells, batch))
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()


def as_json_array(batches: Iterable[list[Portable]]) -> Iterator[bytes]:
    """One array with a line for each: without its closing bracket it is not whole."""
    separator = b"[\n"
    for batch in filter(None, batches):
        yield separator + b",\n".join(map(as_json, batch))
        separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"
