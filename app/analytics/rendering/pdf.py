"""The monthly report as a PDF of A4 pages: headline figures, two charts, and tables that go on over pages."""

from io import BytesIO
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from app.analytics.rendering import charts, contents, fonts
from app.analytics.rendering.figures import FAINT, INK, MUTED, Anchor, Figure
from app.analytics.rendering.painting import paint

Document = dict[str, Any]
MARGIN, FOOT, GAP = 40.0, 24.0, 14
ROOM = A4[0] - 2 * MARGIN
LEAST = 120.0  # of a long table that begins at the end of a page
SMALLEST = 5.0  # of an amount's letters: amounts are never cut
ROW_GAP, APART, STRIPE = 3, 18, HexColor("#f3f4f6")
FEW_ROWS = 14  # they stay together on a page


class Line(Flowable):
    """One line of text; what doesn't fit is cut with an ellipsis, or for figures written smaller."""

    def __init__(self, text: str, size: float = 9, *, bold: bool = False, colour: str = INK, figures: bool = False):
        super().__init__()
        self.text, self.size, self.bold, self.colour, self.figures = text, size, bold, colour, figures
        self.anchor: Anchor = "end" if figures else "start"

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:  # noqa: ARG002 -- ReportLab's
        """As wide as there is room, one line high."""
        self.room = available_width
        return available_width, self.size * 1.4

    def draw(self) -> None:
        """Write it."""
        size = self.size
        if self.figures:
            size = max(SMALLEST, min(size, size * self.room / max(fonts.width(self.text, size, bold=self.bold), 1)))
        text = fonts.fitted(self.text, size, self.room + 0.1, bold=self.bold)
        self.canv.setFillColor(HexColor(self.colour))
        left = self.room if self.anchor == "end" else 0
        fonts.draw(self.canv, left, self.size * 0.35, text, size, bold=self.bold, anchor=self.anchor)


class Picture(Flowable):
    """A chart."""

    def __init__(self, figure: Figure):
        super().__init__()
        self.figure, self.width, self.height = figure, figure.width, figure.height

    def draw(self) -> None:
        """Draw it."""
        paint(self.canv, self.figure)


class Pages(Canvas):
    """Pages that say below which of how many they are."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keep the page until it is known how many there are."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages."""
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFillColor(HexColor(MUTED))
            text = f"Page {number} of {len(self._kept)}"
            fonts.draw(self, A4[0] - MARGIN, FOOT, text, 8, anchor="end")
            fonts.draw(self, MARGIN, FOOT, f"FinSight · {self._doc.info.title}", 8)
            super().showPage()
        super().save()


def monthly_report(report: Document) -> bytes:
    """A monthly report, the dict that its route answers, as a PDF; the same report gives the same bytes."""
    made = BytesIO()
    with fonts.drawing:
        fonts.begin()
        template = SimpleDocTemplate(
            made,
            pagesize=A4,
            leftMargin=MARGIN - 6,  # ReportLab pads its frames by 6 points
            rightMargin=MARGIN - 6,
            topMargin=MARGIN - 6,
            bottomMargin=MARGIN + 4,
            title=contents.title(report),
            author="FinSight",
            creator="FinSight",
            lang="en",
            invariant=1,
        )
        template.build(_story(report), canvasmaker=Pages)
    return made.getvalue()


def _story(report: Document) -> list[Flowable]:
    story: list[Flowable] = [
        Line(contents.title(report), 18, bold=True),
        Line(contents.summary(report), 10, colour=MUTED),
        Spacer(0, 10),
        _headline(contents.figures(report)),
        Spacer(0, GAP),
    ]
    if not contents.is_empty(report):
        story += [Picture(charts.days(report)), Spacer(0, 6), Picture(charts.month_categories(report))]
    for table in contents.tables(report):
        story += _section(table)
    return story


def _headline(figures: list[contents.Figure]) -> Grid:
    """Figures in two rows of three."""
    cells = [[Line(name, 8, colour=MUTED), Line(value, 14, bold=True)] for name, value in figures]
    for _, value in cells:
        value.figures = True
        value.anchor = "start"
    return Grid(
        [cells[:3], cells[3:]],
        colWidths=[ROOM / 3] * 3,
        style=[
            ("BOX", (0, 0), (-1, -1), 0.75, HexColor(FAINT)),
            ("INNERGRID", (0, 0), (-1, -1), 0.75, HexColor(FAINT)),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ],
    )


def _section(table: contents.Table) -> list[Flowable]:
    heading = Line(table.title, 12, bold=True)
    heading.spaceBefore = GAP  # dropped where a page begins
    notes = [Line(table.note, 9, colour=MUTED)] if table.note else []
    body = _grid(table) if table.rows else Line(table.empty, 9, colour=MUTED)
    parts = [heading, *notes, Spacer(0, 4), body]
    if len(table.rows) <= FEW_ROWS:
        return [KeepTogether(parts)]
    return [CondPageBreak(LEAST), *parts]


def _grid(table: contents.Table) -> Grid:
    shares = sum(heading.share for heading in table.headings)
    head = [Line(heading.name, 8, bold=True, colour=MUTED, figures=heading.figures) for heading in table.headings]
    rows = [
        [Line(cell, figures=heading.figures) for heading, cell in zip(table.headings, row, strict=True)]
        for row in table.rows
    ]
    apart = [
        ("LEFTPADDING", (place, 0), (place, -1), APART)
        for place, (left, right) in enumerate(pairwise(table.headings), start=1)
        if left.figures and not right.figures  # or a figure and the text beside it would touch
    ]
    return Grid(
        [head, *rows],
        colWidths=[ROOM * heading.share / shares for heading in table.headings],
        repeatRows=1,
        style=[
            ("LINEBELOW", (0, 0), (-1, 0), 0.75, HexColor(MUTED)),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [None, STRIPE]),
            ("TOPPADDING", (0, 0), (-1, -1), ROW_GAP),
            ("BOTTOMPADDING", (0, 0), (-1, -1), ROW_GAP),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            *apart,
        ],
    )
