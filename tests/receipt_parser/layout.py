"""Made-up receipts: rows of cells laid out on a page, as an OCR engine would give them."""

import math
from collections.abc import Sequence

from app.services.receipt_parser.types import Line, Page

WIDTH, ROW, LETTER = 400.0, 24.0, 9.0


def page(rows: Sequence[str | tuple[str, ...]], *, lean: float = 0.0, score: float = 0.98) -> Page:
    """A page with these rows: a string stands in the middle, of several cells the last one at the right edge.

    `lean` turns the whole page by an angle in radians, as a photo does.
    """
    lines = [line for number, row in enumerate(rows) for line in _row(row, 20 + number * ROW, score)]
    if lean:
        lines = [Line(line.text, tuple(_turned(point, lean) for point in line.box), line.score) for line in lines]
    return Page(tuple(lines), WIDTH, max(len(rows), 1) * ROW + 40)


def _row(row: str | tuple[str, ...], top: float, score: float) -> list[Line]:
    if isinstance(row, str):
        return [_line(row, (WIDTH - len(row) * LETTER) / 2, top, score)] if row else []
    *first, last = row
    lines, left = [], 10.0
    for text in first:
        lines.append(_line(text, left, top, score))
        left += len(text) * LETTER + 20
    return [*lines, _line(last, WIDTH - 10 - len(last) * LETTER, top, score)]


def _line(text: str, left: float, top: float, score: float) -> Line:
    right, bottom = left + len(text) * LETTER, top + ROW * 0.8
    return Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)), score)


def _turned(point: tuple[float, float], angle: float) -> tuple[float, float]:
    x, y = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
