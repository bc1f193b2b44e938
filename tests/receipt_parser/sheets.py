"""Invoices drawn as PDFs and read back as pages, so that the text and its places are what real documents have."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from app.services import pdf_pages
from app.services.receipt_parser.types import Page

WIDTH, HEIGHT = A4


class Sheet:
    """A PDF of A4 pages; places are points from the top left, the size is the font's."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4)

    def write(self, x: float, y: float, *lines: str, size: float = 10, leading: float = 1.25) -> "Sheet":
        """Lines one under the other, beginning at the same place."""
        self.canvas.setFont("Helvetica", size)
        for number, line in enumerate(lines):
            self.canvas.drawString(x, HEIGHT - y - number * size * leading, line)
        return self

    def right(self, x: float, y: float, text: str, size: float = 10) -> "Sheet":
        """Text that ends at a place, as columns of amounts do."""
        return self.write(x - stringWidth(text, "Helvetica", size), y, text, size=size)

    def row(self, y: float, texts: Sequence[str], ends: Sequence[float], start: float = 50) -> "Sheet":
        """A row of a table: the first text begins at `start`, the others end where `ends` say."""
        self.write(start, y, texts[0])
        for text, end in zip(texts[1:], ends, strict=True):
            self.right(end, y, text)
        return self

    def goods(self, y: float, *rows: Sequence[str], ends: Sequence[float] = (350, 450, 545)) -> "Sheet":
        """A table with its heading first, 18 points from row to row."""
        for number, row in enumerate(rows):
            self.row(y + 18 * number, row, ends)
        return self

    def sums(self, y: float, *pairs: tuple[str, str]) -> "Sheet":
        """Labels and amounts under a table, both ending where their columns do."""
        for number, (label, amount) in enumerate(pairs):
            self.right(450, y + 16 * number, label).right(545, y + 16 * number, amount)
        return self

    def turn(self) -> "Sheet":
        """The next page."""
        self.canvas.showPage()
        return self

    def pages(self) -> list[Page]:
        """What the PDF's text layer gives."""
        self.canvas.showPage()
        self.canvas.save()
        return pdf_pages.read(self.buffer.getvalue())
