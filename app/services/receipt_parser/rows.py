"""Lines of text with boxes to rows as a person reads them: upright, left to right, top down."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from statistics import median

from app.services.receipt_parser.types import Line, Page

MOST_LINES = 2_000  # of a document; a till roll has some 50, a long invoice some 500
LONGEST_LINE = 300
LONGEST_ROW = 500  # letters of its cells together
MOST_LETTERS = 60_000  # of a document; a long invoice has some 30,000
STEEPEST = math.radians(20)  # a box that leans further was measured wrongly, or is a stamp
SHARED = 0.5  # of the lower of two boxes: as much height as neighbours in a row share
COVERED = 0.4  # of the narrower of two boxes: boxes that cover each other by more stand one above the other


@dataclass(frozen=True)
class Cell:
    """A line on the upright page; `slope` is what its own box still leans by (y over x)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    score: float = 1.0
    slope: float = 0.0

    @property
    def height(self) -> float:
        """From top to bottom, in the page's unit."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The height of its middle on the page."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Row:
    """Cells that stand beside each other, left to right, on the upright page.

    `text` is the cells' text with one space between; `height` the middle height of the cells, `page` and `index`
    count from 0 (`index` through the whole document), `page_width` and `page_height` are the page's own.
    """

    cells: tuple[Cell, ...]
    page: int
    index: int
    page_width: float
    page_height: float

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        return " ".join(cell.text for cell in self.cells)

    @cached_property
    def left(self) -> float:
        """Of its first cell."""
        return self.cells[0].left

    @cached_property
    def right(self) -> float:
        """Of the cell that reaches furthest."""
        return max(cell.right for cell in self.cells)

    @cached_property
    def top(self) -> float:
        """Of its highest cell."""
        return min(cell.top for cell in self.cells)

    @cached_property
    def bottom(self) -> float:
        """Of its lowest cell."""
        return max(cell.bottom for cell in self.cells)

    @cached_property
    def height(self) -> float:
        """The middle one of its cells' heights."""
        return median(cell.height for cell in self.cells)

    @cached_property
    def score(self) -> float:
        """The engine's score of the cell it is least sure of."""
        return min(cell.score for cell in self.cells)


def read(pages: Sequence[Page]) -> list[Row]:
    """The rows of a document; `index` runs through all pages; beyond MOST_LINES or MOST_LETTERS nothing is read."""
    rows: list[Row] = []
    room, letters = MOST_LINES, MOST_LETTERS
    for number, page in enumerate(pages):
        ends = accumulate(min(len(line.text), LONGEST_LINE) for line in page.lines[:room])
        kept = page.lines[: sum(end <= letters for end in ends)]
        room, letters = room - len(kept), letters - sum(min(len(line.text), LONGEST_LINE) for line in kept)
        rows += group(replace(page, lines=kept), number, len(rows))
    return rows


def group(page: Page, number: int = 0, first: int = 0) -> list[Row]:
    """The rows of one page, top down; `number` is the page's, `first` the index of its first row."""
    lines = [line for line in page.lines[:MOST_LINES] if clean(line.text) and _is_measured(line)]
    cells = _upright(lines)
    found: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: (cell.middle, cell.left)):
        row = _row_of(cell, found)
        if row is None:
            found.append([cell])
        else:
            row.append(cell)
    ordered = sorted(found, key=lambda row: median(cell.middle for cell in row))
    return [
        Row(_fitting(sorted(row, key=lambda cell: cell.left)), number, first + index, page.width, page.height)
        for index, row in enumerate(ordered)
    ]


def _fitting(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    lengths = accumulate(len(cell.text) for cell in cells)
    return tuple(cell for cell, length in zip(cells, lengths, strict=True) if length <= LONGEST_ROW)


def clean(text: str) -> str:
    """A line's text without control and format characters, with single spaces, bounded."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * LONGEST_LINE])
    return " ".join(printable.split())[:LONGEST_LINE].strip()


def _is_measured(line: Line) -> bool:
    return all(math.isfinite(value) and abs(value) < 1e6 for point in line.box for value in point)


def _upright(lines: Iterable[Line]) -> list[Cell]:
    """The lines turned back by the angle most of the text leans by."""
    leaning = [(line, _angle(line)) for line in lines]
    usual = _usual_angle(leaning)
    cos, sin = math.cos(-usual), math.sin(-usual)
    return [_cell(line, angle - usual, cos, sin) for line, angle in leaning]


def _cell(line: Line, angle: float, cos: float, sin: float) -> Cell:
    """A line on the upright page, as high as its text is: what leans is measured across its middle."""
    points = [(x * cos - y * sin, x * sin + y * cos) for x, y in line.box]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    left, right = sorted(((x0 + x3) / 2, (x1 + x2) / 2))
    middle = (y0 + y1 + y2 + y3) / 4
    height = max(abs((y3 - y0) + (y2 - y1)) / 2, 1.0)
    slope = math.tan(angle) if abs(angle) < STEEPEST else 0.0
    return Cell(
        clean(line.text), left, middle - height / 2, max(right, left + 1.0), middle + height / 2, line.score, slope
    )


def _angle(line: Line) -> float:
    """What a line leans by in radians, from the middles of its box's sides."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.box
    return math.atan2((y1 + y2) - (y0 + y3), (x1 + x2) - (x0 + x3))


def _usual_angle(leaning: Sequence[tuple[Line, float]]) -> float:
    """The middle angle of the longer lines: that of a short one is mostly noise."""
    long = [angle for line, angle in leaning if len(line.text) >= 5 and abs(angle) < STEEPEST]
    return median(long) if long else 0.0


def _row_of(cell: Cell, rows: list[list[Cell]]) -> list[Cell] | None:
    """The row a cell continues: the one whose nearest cell shares most of its height."""
    best, most = None, SHARED
    for row in reversed(rows[-40:]):
        if any(_covers(cell, other) for other in row):
            continue
        nearest = min(row, key=lambda other: max(other.left - cell.right, cell.left - other.right))
        shared = _shared(cell, nearest)
        if shared > most:
            best, most = row, shared
    return best


def _covers(one: Cell, other: Cell) -> bool:
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > COVERED * min(one.right - one.left, other.right - other.left)


def _shared(one: Cell, other: Cell) -> float:
    """The share of the lower cell's height that two cells have in common."""
    return (min(one.bottom, other.bottom) - max(one.top, other.top)) / min(one.height, other.height)
