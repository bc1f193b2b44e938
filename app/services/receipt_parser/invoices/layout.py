"""What stands where in a document: folded text, words with their places, the neighbours of a cell."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.services.receipt_parser.rows import Cell, Row

NEAR_ABOVE = 2.4  # text heights from a value's middle up to its heading's
ALIGNED = 0.7  # text heights by which the left or right edges of a heading and its value may differ


@dataclass(frozen=True)
class Word:
    """A word of a cell; its place is estimated from its share of the cell's letters."""

    text: str
    left: float
    right: float

    @property
    def centre(self) -> float:
        """Where its middle stands across the page."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Place:
    """A cell with its row in a document."""

    cell: Cell
    row: Row


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Small letters without accents: Échéance is echeance, fällig is fallig, − is -."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_PLAIN)


_PLAIN = str.maketrans("‐‑‒–—−’‘´`“”„", "------''''\"\"\"")


def words(cell: Cell) -> list[Word]:
    """The words of a cell with their estimated places."""
    width = (cell.right - cell.left) / max(len(cell.text), 1)
    found, start = [], 0
    for part in cell.text.split(" "):
        found.append(Word(part, cell.left + start * width, cell.left + (start + len(part)) * width))
        start += len(part) + 1
    return [word for word in found if word.text]


def place_at(cell: Cell, start: int, end: int) -> tuple[float, float]:
    """Left and right of a part of a cell's text, by its share of the letters."""
    width = (cell.right - cell.left) / max(len(cell.text), 1)
    return cell.left + start * width, cell.left + end * width


def places(rows: Iterable[Row]) -> list[Place]:
    """Every cell of a document with its row, in reading order."""
    return [Place(cell, row) for row in rows for cell in row.cells]


def left_of(place: Place) -> Cell | None:
    """The cell just before it in its row."""
    index = place.row.cells.index(place.cell)
    return place.row.cells[index - 1] if index else None


def above(place: Place, rows: Sequence[Row]) -> Cell | None:
    """The nearest cell over it that begins, ends or is centred where it does."""
    return next((found for found in _up(place, rows) if _is_aligned(found, place.cell)), None)


def _up(place: Place, rows: Sequence[Row]) -> Iterable[Cell]:
    height = max(place.cell.height, 6.0)
    for row in reversed(rows[max(0, place.row.index - 4) : place.row.index]):
        near = 0 < place.cell.middle - row.cells[0].middle <= NEAR_ABOVE * height
        if row.page == place.row.page and near:
            yield from row.cells


def _is_aligned(one: Cell, other: Cell) -> bool:
    tolerance = ALIGNED * max(one.height, other.height)
    centred = abs((one.left + one.right) - (other.left + other.right)) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), centred) <= tolerance
