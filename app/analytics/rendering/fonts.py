"""Text of any script, drawn with fonts of Debian: fonts-noto-core, fonts-droid-fallback and fonts-nanum.

Without them it is DejaVu, and where there is none either, the Vera that comes along with ReportLab. What no font has
is shown as a replacement character, a currency's sign as its code. ReportLab's fonts belong to the whole process, so
whoever draws holds `drawing`.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from babel.numbers import get_currency_symbol
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import ShapedStr, freshTTFont, shapeStr
from reportlab.pdfgen.canvas import Canvas

from app.analytics.rendering.figures import Anchor
from app.analytics.rendering.wording import JOINERS, one_line
from app.core.money import CURRENCIES

FOLDER = Path("/usr/share/fonts/truetype")
BASES = (
    ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
    ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
)
BUNDLED = ("Vera.ttf", "VeraBd.ttf")  # ReportLab finds these itself
OTHERS = (
    "noto/NotoSansSymbols-Regular.ttf",
    "noto/NotoSansSymbols2-Regular.ttf",
    "droid/DroidSansFallbackFull.ttf",
)
KOREAN = ("nanum/NanumGothic.ttf",)
REPLACEMENT, ELLIPSIS = "\ufffd", "…"
LONGEST = 300
drawing = Lock()


class Run(NamedTuple):
    """A piece of text that one font can draw."""

    font: str
    text: str
    shaped: bool


def begin() -> None:
    """Forget what shaping has noted of earlier documents: the same document is the same bytes every time."""
    _script_font.cache_clear()


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    return sum(_run_width(run, size) for run in runs(text, bold=bold))


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """A text that is no wider than `room` points, shortened with an ellipsis if it has to be."""
    text = text[:LONGEST]  # no line has room for more
    if width(text, size, bold=bold) <= room:
        return text
    shortest, longest = 0, len(text)
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        if width(_cut(text, middle), size, bold=bold) <= room:
            shortest = middle
        else:
            longest = middle - 1
    return _cut(text, shortest)


def draw(  # noqa: PLR0913 -- what, where and how
    canvas: Canvas, x: float, y: float, text: str, size: float, *, bold: bool = False, anchor: Anchor = "start"
) -> None:
    """Draw one line of text on its baseline."""
    pieces = runs(text, bold=bold)
    widths = [_run_width(run, size) for run in pieces]
    x -= {"start": 0, "middle": sum(widths) / 2, "end": sum(widths)}[anchor]
    for run, advance in zip(pieces, widths, strict=True):
        canvas.setFont(run.font, size)
        canvas.drawString(x, y, _shaped(run, size))
        x += advance


def runs(text: str, *, bold: bool = False) -> list[Run]:
    """A text in pieces of one font each, without what can't be seen."""
    found = groupby(_characters(text, bold), key=lambda pair: pair[0])
    return [
        Run(font, "".join(character for _, character in pairs), font.startswith("script:")) for font, pairs in found
    ]


def _cut(text: str, length: int) -> str:
    while length and unicodedata.combining(text[length : length + 1] or "a"):
        length -= 1  # a letter keeps its marks
    return text[:length].rstrip() + ELLIPSIS


def _characters(text: str, bold: bool) -> Iterator[tuple[str, str]]:
    base, last = _base_font(bold), ""
    text = unicodedata.normalize("NFC", one_line(text))
    for place, character in enumerate(text):
        # A space between words that are read from the right belongs to them.
        within = character == " " and last == f"script:{_script(text[place + 1 : place + 2])}"
        if within or (character in JOINERS and last.startswith("script:")):
            yield last, character
        else:
            for font, drawn in _drawn(character, base):
                last = font
                yield font, drawn


def _drawn(character: str, base: str) -> Iterator[tuple[str, str]]:
    script = _script(character)
    # One after the other: those of East Asia are large, and seldom needed.
    choices = chain([base, _script_font(script)], map(_other_font, KOREAN if script == "Hangul" else OTHERS))
    for font in choices:
        if font and ord(character) in _glyphs(font):
            yield font, character
            return
    code = _codes().get(character)
    instead = f"{code}\u00a0" if code else REPLACEMENT
    yield from ((base, known if ord(known) in _glyphs(base) else "?") for known in instead)


def _script(character: str) -> str:
    return unicodedata.name(character or " ", "").partition(" ")[0].title()


def _shaped(run: Run, size: float) -> str:
    return shapeStr(run.text, run.font, size) if run.shaped else run.text


def _run_width(run: Run, size: float) -> float:
    text = _shaped(run, size)
    if isinstance(text, ShapedStr):
        return sum(glyph.x_advance for glyph in text.__shapeData__) * size / 1000
    return stringWidth(text, run.font, size)


def _glyphs(font: str) -> dict[int, int]:
    return getFont(font).face.charToGlyph


def _register(name: str, path: Path | str) -> str:
    registerFont(freshTTFont(name, str(path), shapable=name.startswith("script:")))
    return name


@cache
def _codes() -> dict[str, str]:
    return {get_currency_symbol(code, "en"): code for code in CURRENCIES}


@cache
def _base_font(bold: bool) -> str:
    for pair in BASES:
        if (FOLDER / pair[bold]).exists():
            return _register(f"base:{int(bold)}", FOLDER / pair[bold])
    return _register(f"base:{int(bold)}", BUNDLED[bold])


@cache
def _script_font(script: str) -> str | None:
    path = FOLDER / f"noto/NotoSans{script}-Regular.ttf"
    return _register(f"script:{script}", path) if script.isalpha() and path.exists() else None


@cache
def _other_font(name: str) -> str | None:
    path = FOLDER / name
    return _register(f"other:{path.stem}", path) if path.exists() else None
