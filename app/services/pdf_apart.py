"""The text layer of a PDF's pages, and pictures of those without one; importing nothing of the application.

A script for a process that may die of a page, and may use only so much memory and time. It gets the document on its
standard input, and the number of pages and the longest side of a picture in pixels as arguments. For each page it
answers with a line of JSON, {"width", "height", "lines": [[text, box], …], "picture": [width, height] or null}, and
the picture's RGB bytes; {"refused": why} ends it.

A line of text is a run of characters on one baseline; a wide gap ends it, so that a name and its price, or two
columns side by side, are lines of their own. Boxes are in points.
"""

import json
import math
import resource
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Line = tuple[str, tuple[Point, Point, Point, Point]]
MOST_MEMORY = 512 * 1024**2
PAGE_SECONDS, MOST_SECONDS = 4, 15  # of a processor; a scan of 35 million pixels takes one
LEAST_CHARACTERS = 50  # fewer are the stamp of the program that scanned it
DOTS_PER_INCH = 200
POINTS_PER_INCH = 72
MOST_CHARACTERS = 20_000
LONGEST_LINE = 200
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


def text(page: Any) -> list[Line]:
    """The text layer of a pdfium page: at most 20,000 characters, no control characters, upright text alone."""
    layer = page.get_textpage()
    try:
        glyphs = list(_glyphs(page, layer))
    finally:
        layer.close()
    return [_line(run) for row in _rows(glyphs) for run in _runs(row)]


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
    return text[:LONGEST_LINE], ((left, top), (right, top), (right, bottom), (left, bottom))


def picture(page: Any, longest_side: int) -> Any:
    """A page as an RGB picture, no larger than OCR wants it."""
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, longest_side / max(page.get_size()))
    return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def limit() -> None:
    """Let this process take no more memory, and no more time for its next page, than any honest one needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    used = math.ceil(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (min(used + PAGE_SECONDS, MOST_SECONDS), MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def told(page: Any, longest_side: int) -> tuple[dict[str, Any], bytes]:
    """What is said of a page, and the bytes of its picture where its text is not enough."""
    width, height = page.get_size()
    lines = text(page)
    enough = sum(len(words) for words, _ in lines) >= LEAST_CHARACTERS
    drawn = None if enough else picture(page, longest_side)
    said = {"width": width, "height": height, "lines": lines, "picture": drawn and drawn.size}
    return said, drawn.tobytes() if drawn else b""


def pages(content: bytes, most: int, longest_side: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """What is told of each page, one after the other."""
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(content)
        for number in range(min(len(document), most)):
            limit()
            page = document[number]
            yield told(page, longest_side)
            page.close()
    except (pypdfium2.PdfiumError, MemoryError) as error:
        yield {"refused": str(error) or "it takes too much memory"}, b""


def main(most: int, longest_side: int) -> None:
    """Answer for the document on standard input."""
    content = sys.stdin.buffer.read()
    limit()
    for said, drawn in pages(content, most, longest_side):
        sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + drawn)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
