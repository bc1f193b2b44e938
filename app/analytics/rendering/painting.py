"""Figures on the canvas of a PDF, and as PNG."""

from io import BytesIO

import pypdfium2
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from app.analytics.rendering import fonts
from app.analytics.rendering.figures import Figure, Label, Rule

PIXELS_PER_POINT = 2  # sharp on dense screens
COLOURS = 64  # with the shades at the edges of letters


def paint(canvas: Canvas, figure: Figure) -> None:
    """Draw a figure with its bottom left corner at the canvas' origin; the caller holds `fonts.drawing`."""
    for mark in figure.marks:
        if isinstance(mark, Label):
            text = fonts.fitted(mark.text, mark.size, mark.room, bold=mark.bold) if mark.room else mark.text
            canvas.setFillColor(HexColor(mark.colour))
            fonts.draw(canvas, mark.x, figure.height - mark.y, text, mark.size, bold=mark.bold, anchor=mark.anchor)
        elif isinstance(mark, Rule):
            canvas.setStrokeColor(HexColor(mark.colour))
            canvas.setLineWidth(mark.width)
            canvas.setDash([4, 3] if mark.dashed else [])
            canvas.line(mark.x1, figure.height - mark.y1, mark.x2, figure.height - mark.y2)
        else:
            canvas.setFillColor(HexColor(mark.colour))
            canvas.rect(mark.x, figure.height - mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1)
    canvas.setDash([])


def png(figure: Figure) -> bytes:
    """A figure as a PNG of two pixels per point."""
    picture = BytesIO()
    # pdfium, too, draws for one thread at a time.
    with fonts.drawing, pypdfium2.PdfDocument(page(figure)) as document:
        drawn = document[0].render(scale=PIXELS_PER_POINT).to_pil()
    drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(picture, "PNG")
    return picture.getvalue()


def page(figure: Figure) -> bytes:
    """A figure as the one page of a PDF; the caller holds `fonts.drawing`."""
    made = BytesIO()
    fonts.begin()
    canvas = Canvas(made, pagesize=(figure.width, figure.height), invariant=1)
    paint(canvas, figure)
    canvas.save()
    return made.getvalue()
