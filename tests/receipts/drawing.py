"""Receipts drawn for tests, so plain that any reader reads them."""

import io
import secrets

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


def draw(lines: tuple[str, ...] = LINES) -> bytes:
    """A JPEG of a receipt with these lines; no two are the same file."""
    font = ImageFont.load_default(size=28)
    picture = Image.new("RGB", (560, 80 + 48 * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((40, 40 + 48 * number), line, fill="black", font=font)
    output = io.BytesIO()
    picture.save(output, "JPEG", comment=secrets.token_hex(8))
    return output.getvalue()
