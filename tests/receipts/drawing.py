"""Receipts drawn for tests, so plain that any reader reads them."""

import io
import secrets

import pillow_heif
from PIL import Image, ImageDraw, ImageFont

LINES = (
    "CORNER BAKERY",
    "12 Mill Lane, Riverton",
    "Date: 2026-02-01  10:42",
    "Rye bread        6.20",
    "Apple cake       4.10",
    "TOTAL           10.30",
    "CASH            20.00",
    "CHANGE           9.70",
)


def drawn(lines: tuple[str, ...] = LINES) -> Image.Image:
    """A picture of a receipt with these lines."""
    font = ImageFont.load_default(size=28)
    picture = Image.new("RGB", (560, 80 + 48 * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((40, 40 + 48 * number), line, fill="black", font=font)
    return picture


def draw(lines: tuple[str, ...] = LINES) -> bytes:
    """A JPEG of such a receipt; no two are the same file."""
    output = io.BytesIO()
    drawn(lines).save(output, "JPEG", comment=secrets.token_hex(8))
    return output.getvalue()


def heic() -> bytes:
    """The receipt as an iPhone would send it."""
    output = io.BytesIO()
    pillow_heif.from_pillow(drawn()).save(output, quality=80)
    return output.getvalue()


def scanned() -> bytes:
    """A PDF with a picture of the receipt, as scanners make them: no text in it."""
    output = io.BytesIO()
    drawn().save(output, "PDF", resolution=100)
    return output.getvalue()
