"""Pictures and PDFs for tests: receipts drawn line by line, and pictures that are none."""

import random
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

GROCERIES = (
    "CORNER GROCERY",
    "12 Market Street",
    "Date: 14/02/2026 10:22",
    "Milk 2 x 1.50           3.00",
    "Bread                   2.40",
    "Apples                  3.10",
    "SUBTOTAL                8.50",
    "TAX                     0.85",
    "TOTAL                   9.35",
    "CASH                   10.00",
    "CHANGE                  0.65",
)
PROSE = (
    "It was a bright cold day in spring and the bells",
    "were ringing across the valley. In 1984 they had",
    "moved to the city, 12 people in one flat. Chapter 7",
    "tells of the 25 years that followed, and of page",
    "213, which nobody has read. She walked along the",
    "river with her dog, thinking about the letter.",
)
SCREENSHOT = (
    "09:41              5G 87%",
    "Steps today   8,412",
    "Distance   6.3 km",
    "Heart rate   72 bpm",
    "Humidity   64%",
    "Storage   118 of 256 GB",
    "Version   17.4.1",
)


def written(lines: Sequence[str]) -> Image.Image:
    """A sheet with lines of text; what stands behind several spaces is set flush right."""
    font = ImageFont.load_default(size=28)
    sheet = Image.new("RGB", (760, 60 + 44 * len(lines)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        left, _, right = line.partition("  ")
        draw.text((40, 30 + 44 * number), left, fill="black", font=font)
        draw.text((720, 30 + 44 * number), right.strip(), fill="black", font=font, anchor="ra")
    return sheet


def landscape() -> Image.Image:
    """Sky, hills and grass."""
    picture = Image.new("RGB", (800, 600))
    draw = ImageDraw.Draw(picture)
    for y in range(600):
        draw.line((0, y, 800, y), fill=(80 + y // 8, 120 + y // 9, 200 - y // 6))
    draw.polygon([(0, 470), (200, 270), (400, 480), (540, 330), (800, 500), (800, 600), (0, 600)], fill=(60, 90, 50))
    chance = random.Random(3)  # noqa: S311 -- the same picture every time
    for _ in range(400):
        x, y = chance.randrange(800), chance.randrange(430, 600)
        draw.line((x, y, x + chance.randrange(-6, 6), y - chance.randrange(10, 40)), fill=(30, 110, 20), width=2)
    return picture.filter(ImageFilter.GaussianBlur(1))


def fur() -> Image.Image:
    """Hairs, and two eyes in them."""
    picture = Image.new("RGB", (700, 700), (140, 110, 80))
    draw = ImageDraw.Draw(picture)
    chance = random.Random(4)  # noqa: S311 -- the same picture every time
    for _ in range(15_000):
        x, y, shade = chance.randrange(700), chance.randrange(700), chance.randrange(60, 200)
        draw.line(
            (x, y, x + chance.randrange(-8, 8), y + chance.randrange(10, 30)), fill=(shade, shade - 20, shade - 50)
        )
    for x in (260, 440):
        draw.ellipse((x - 40, 280, x + 40, 350), fill=(200, 220, 80))
        draw.ellipse((x - 9, 285, x + 9, 345), fill=(10, 10, 10))
    return picture


def jpeg(picture: Image.Image, **options: object) -> bytes:
    """The picture as a JPEG file."""
    content = BytesIO()
    picture.save(content, "JPEG", **options)
    return content.getvalue()


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF whose pages hold these lines as text."""
    content = BytesIO()
    canvas = Canvas(content, pagesize=A5)
    for lines in pages:
        for number, line in enumerate(lines):
            left, _, right = line.partition("  ")
            canvas.drawString(40, 540 - 20 * number, left)
            canvas.drawRightString(380, 540 - 20 * number, right.strip())
        canvas.showPage()
    canvas.save()
    return content.getvalue()
