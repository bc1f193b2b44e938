"""The text layer of a PDF's page: its characters put together to lines, with boxes in points.

A line here is a run of characters on one baseline; a wide gap ends it, so that a name and its price, or two
columns side by side, are lines of their own.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.services.receipt_parser.types import Line, Page, Point

MOST_CHARACTERS = 20_000
# Distances are in sizes of the font. Type of one width has gaps of 0.6 between its words.
SAME_BASELINE = 0.2
WORD_GAP = 0.25
LINE_GAP = 0.8
UPRIGHT_RADIANS = 0.1
DIVIDING_HYPHEN = "\x02"  # what pdfium says for the hyphen of a divided word
UNKNOWN = {"Cc", "Cf", "Cn", "Co", "Cs"}


@dataclass(frozen=True)
class Glyph:
    """A character and where it stands, in points of the upright page, y growing downwards.

    `word` is where the first character of its word stands: words may overlap each other by a bit.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    size: float
    word: Point


def read(page: Any) -> Page:
    """The text layer of a pdfium page: at most 20,000 characters, no control characters, upright text alone."""
    width, height = page.get_size()
    layer = page.get_textpage()
    try:
        glyphs = list(_glyphs(page, layer))
    finally:
        layer.close()
    return Page(tuple(_line(run) for row in _rows(glyphs) for run in _runs(row)), width, height, "text")


def _glyphs(page: Any, layer: Any) -> Iterator[Glyph]:
    """All characters one can see, in the order of the file."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 -- the API starts without it

    box, x, baseline, matrix = pdfium.FS_RECTF(), c_double(), c_double(), pdfium.FS_MATRIX()
    upright, turned = _upright(page), math.radians(page.get_rotation())
    word: Point | None = None
    for index in range(min(layer.count_chars(), MOST_CHARACTERS)):
        text = chr(pdfium.FPDFText_GetUnicode(layer, index)).replace(DIVIDING_HYPHEN, "-")
        if text.isspace() or _is_unknown(text):
            word = None
            continue
        pdfium.FPDFText_GetLooseCharBox(layer, index, byref(box))
        pdfium.FPDFText_GetCharOrigin(layer, index, byref(x), byref(baseline))
        pdfium.FPDFText_GetMatrix(layer, index, byref(matrix))
        size = pdfium.FPDFText_GetFontSize(layer, index) * math.hypot(matrix.c, matrix.d)
        first, second = upright(box.left, box.top), upright(box.right, box.bottom)
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, second, strict=True))
        line = upright(x.value, baseline.value)[1]
        word = word or (left, line)
        angle = pdfium.FPDFText_GetCharAngle(layer, index) + turned
        if abs(math.remainder(angle, math.tau)) < UPRIGHT_RADIANS and size > 0:
            yield Glyph(text, left, top, right, bottom, line, size, word)


def _is_unknown(text: str) -> bool:
    """Whether it says nothing: a control character, or one of a font that doesn't tell what its characters are."""
    return text == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(text) in UNKNOWN


def _upright(page: Any) -> Callable[[float, float], Point]:
    """Tells for a point of the file where it is on the page as it is shown: cropped, turned, y growing downwards."""
    left, bottom, right, top = page.get_cropbox()
    moves: dict[int, Callable[[float, float], Point]] = {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }
    return moves[page.get_rotation()]


def _rows(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """What stands on one baseline, from the top down, each from left to right."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if row and glyph.baseline - row[0].baseline > SAME_BASELINE * min(glyph.size, row[0].size):
            yield sorted(row, key=lambda glyph: (glyph.word, glyph.left))
            row = []
        row.append(glyph)
    yield sorted(row, key=lambda glyph: (glyph.word, glyph.left))


def _runs(row: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """A row divided at its wide gaps."""
    run: list[Glyph] = []
    end = math.inf
    for glyph in row:
        if glyph.left - end > LINE_GAP * glyph.size:
            yield run
            run = []
        run.append(glyph)
        end = max(end, glyph.right) if len(run) > 1 else glyph.right
    if run:
        yield run


def _line(run: Sequence[Glyph]) -> Line:
    """The text of a run, with one space between words, and the box around it."""
    text = run[0].text
    for last, glyph in pairwise(run):
        is_apart = glyph.word != last.word or glyph.left - last.right > WORD_GAP * glyph.size
        text += " " * is_apart + glyph.text
    left, right = run[0].left, max(glyph.right for glyph in run)
    top, bottom = min(glyph.top for glyph in run), max(glyph.bottom for glyph in run)
    return Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)))
