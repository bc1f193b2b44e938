"""Transactions as an Excel workbook (ECMA-376), written row by row into a ZIP that is sent while it grows.

All texts are inline strings: nothing in a cell can be a formula or a link. Libraries for workbooks first make the
whole file; one of a million rows keeps its reader waiting for minutes.
"""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from string import ascii_uppercase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from app.core.money import DECIMALS
from app.exports import workbook_parts as parts
from app.transactions.portable_service import COLUMNS, Portable, safe_as_a_whole

MOST_ROWS = 1_048_575  # of a sheet, below the header
MOST_BYTES = 1_900_000_000  # of a sheet's XML: beyond 2 GiB a ZIP needs extensions that Excel doesn't like
LONGEST_CELL = 32_767  # UTF-16 code units
QUICK = 1  # the level of compression: a better one takes three times as long for a tenth less
FIRST_DAY = date(1899, 12, 30).toordinal()  # day 0 of a workbook (ECMA-376, part 1, 18.17.4.1)
LETTERS = dict(zip(COLUMNS, ascii_uppercase, strict=False))
TEXTS = ("description", "merchant", "notes", "tags", "items", "external_id")
# What XML 1.0 can't hold, what has a meaning in it, and what Excel would read as the code of a character.
SPECIAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[<>&]|_(?=x[0-9A-Fa-f]{4}_)")
REPLACED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "_": "_x005F_", "\r": ""}


class _Outbox(io.RawIOBase):
    """What the ZIP writes to: can't be sought, and is emptied by who sends it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self._pieces.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class _Rows:
    """Rows as XML, for one sheet after the other."""

    def __init__(self, batches: Iterable[list[Portable]]) -> None:
        self._batches = filter(None, batches)
        self.waiting = next(self._batches, [])

    def of_a_sheet(self) -> Iterator[bytes]:
        number, written = 2, 0
        while self.waiting and number < MOST_ROWS + 2 and written < MOST_BYTES:
            fitting = self.waiting[: MOST_ROWS + 2 - number]
            piece = "".join(map(_row, range(number, number + len(fitting)), fitting)).encode()
            number, written = number + len(fitting), written + len(piece)
            yield piece
            self.waiting = self.waiting[len(fitting) :] or next(self._batches, [])


def as_workbook(batches: Iterable[list[Portable]]) -> Iterator[bytes]:
    """A workbook with as many sheets as its rows need."""
    outbox, rows, sheets = _Outbox(), _Rows(batches), 0
    with ZipFile(outbox, "w", ZIP_DEFLATED, compresslevel=QUICK) as archive:
        while rows.waiting or not sheets:
            sheets += 1
            with archive.open(parts.sheet_name(sheets), "w") as sheet:
                sheet.write(parts.SHEET_BEGIN)
                for piece in rows.of_a_sheet():
                    sheet.write(piece)
                    yield outbox.take()
                sheet.write(parts.SHEET_END)
        for name, content in parts.around(sheets).items():
            archive.writestr(name, content)
    yield outbox.take()


def _row(number: int, row: Portable) -> str:
    decimals = DECIMALS[row.currency]
    cells = [
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{row.date.isoformat()}</t></is></c>'
        f'<c r="B{number}" s="{parts.DAY}"><v>{_serial(row.local_date)}</v></c>'
        f'<c r="C{number}" t="inlineStr"><is><t>{row.type}</t></is></c>'
        f'<c r="D{number}" s="{parts.AMOUNT + decimals}"><v>{row.amount:.{decimals}f}</v></c>'
        f'<c r="E{number}" t="inlineStr"><is><t>{row.currency}</t></is></c>'
        f'<c r="F{number}" t="inlineStr"><is><t>{_escaped(row.category)}</t></is></c>'
    ]
    texts = {**row.__dict__, "tags": ", ".join(row.tags), "items": "\n".join(map(_item, row.items))}
    cells += [
        f'<c r="{LETTERS[name]}{number}" t="inlineStr"><is><t xml:space="preserve">{_text(text)}</t></is></c>'
        for name in TEXTS
        if (text := texts[name])
    ]
    return "".join(cells) + "</row>"


@lru_cache(maxsize=4096)
def _serial(day: str) -> int:
    return date.fromisoformat(day).toordinal() - FIRST_DAY


def _item(item: Any) -> str:
    counted = "" if item.quantity is None else f"{item.quantity} × "
    return f"{counted}{item.name}" + ("" if item.total_price is None else f": {item.total_price}")


def _text(text: str) -> str:
    text = safe_as_a_whole(text)
    if len(text) > LONGEST_CELL // 2 and len(text.encode("utf-16-le", "replace")) > 2 * LONGEST_CELL:
        text = f"{text[: LONGEST_CELL // 2]}…"
    return _escaped(text)


def _escaped(text: str) -> str:
    return SPECIAL.sub(lambda found: REPLACED.get(found[0], "\ufffd"), text)
