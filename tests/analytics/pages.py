"""PDFs as a reader sees them: the places of letters and lines of text on each page."""

from typing import NamedTuple

import pypdfium2


class Piece(NamedTuple):
    """Text of one line, near to each other, and its box in points from the bottom left."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float


def pieces(content: bytes) -> list[Piece]:
    """All pieces of text of a PDF."""
    with pypdfium2.PdfDocument(content) as document:
        found = []
        for number in range(len(document)):
            page = document[number].get_textpage()
            for place in range(page.count_rects()):
                left, bottom, right, top = page.get_rect(place)
                text = page.get_text_bounded(left, bottom, right, top)
                found.append(Piece(number, text, left, bottom, right, top))
        return found


def text(content: bytes) -> str:
    """All text of a PDF, with spaces of one kind."""
    with pypdfium2.PdfDocument(content) as document:
        whole = "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    return " ".join(whole.replace("\ufffe", "-").split())


def sizes(content: bytes) -> set[tuple[float, float]]:
    """The sizes of a PDF's pages."""
    with pypdfium2.PdfDocument(content) as document:
        return {tuple(round(side) for side in document[number].get_size()) for number in range(len(document))}


def overlapping(found: list[Piece]) -> list[tuple[str, str]]:
    """Pieces of text that lie over each other."""
    ordered = sorted(found, key=lambda piece: (piece.page, -piece.top))
    pairs = []
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.page != one.page or other.top < one.bottom:
                break
            wide = min(one.right, other.right) - max(one.left, other.left)
            high = min(one.top, other.top) - max(one.bottom, other.bottom)
            if wide > 1 and high > 1:
                pairs.append((one.text, other.text))
    return pairs
