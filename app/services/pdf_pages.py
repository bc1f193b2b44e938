"""Pages of a PDF: its own text where it has enough of it, else what OCR reads on its picture."""

import json
import logging
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from app.services import ocr
from app.services.receipt_parser.types import Line, Page

log = logging.getLogger(__name__)
SCRIPT = Path(__file__).with_name("pdf_apart.py")
MOST_PAGES = 20
MOST_LINES, MOST_CHARACTERS = 3_000, 60_000  # of a document; twenty full pages of an invoice have as much


def read(content: bytes) -> list[Page]:
    """The first 20 pages, one after the other; boxes in points where the text is the document's own.

    Raises:
        ocr.Undecodable: it is no PDF, is damaged or encrypted, or takes too much to read.
        ocr.EngineMissing: a page needs OCR, which is not installed.
    """
    return list(each(content))


def each(content: bytes) -> Iterator[Page]:
    """The same pages, each read when it is asked for, up to the first one that takes too much."""
    lines, characters, number = MOST_LINES, MOST_CHARACTERS, 0
    with _reader(content) as process:
        while (told := _told(process)) is not None:
            page = _within(_page(*told), lines, characters)
            yield page
            lines, characters, number = lines - len(page.lines), characters - _size(page), number + 1
        if process.wait():
            log.warning("a PDF's page %d takes too much: status %d", number + 1, process.returncode)
            if number == 0:
                raise ocr.Undecodable("The PDF takes too much to read.")


@contextmanager
def _reader(content: bytes) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that tells of the pages, killed at the end: no signal would get through to pdfium while it draws."""
    command = [sys.executable, "-I", str(SCRIPT), str(MOST_PAGES), str(ocr.LONGEST_SIDE)]
    environment = {"LC_ALL": "C.UTF-8"}  # of its own, as ours holds secrets
    with subprocess.Popen(  # noqa: S603 -- our own script  # nosec B603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        try:
            with suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as sink:
                sink.write(content)
            yield process
        finally:
            process.kill()


def _told(process: "subprocess.Popen[bytes]") -> tuple[dict[str, Any], bytes] | None:
    """What is said of the next page, and the bytes of its picture; None after the last one."""
    answers = cast(IO[bytes], process.stdout)
    line = answers.readline()
    if not line.endswith(b"\n"):
        return None
    said = json.loads(line)
    if "refused" in said:
        raise ocr.Undecodable(f"The PDF can't be read: {said['refused']}")
    width, height = said["picture"] or (0, 0)
    drawn = answers.read(width * height * 3)
    return (said, drawn) if len(drawn) == width * height * 3 else None


def _page(said: dict[str, Any], drawn: bytes) -> Page:
    from PIL import Image  # noqa: PLC0415 -- the API starts without it

    lines = tuple(_line(text, *box) for text, box in said["lines"])
    own = Page(lines, said["width"], said["height"], "text")
    if not said["picture"]:
        return own
    picture = Image.frombytes("RGB", said["picture"], drawn)
    recognised = ocr.recognise_picture(picture, own.width, own.height)
    return recognised if _size(recognised) > _size(own) else own


def _line(text: str, *corners: list[float]) -> Line:
    first, second, third, fourth = ((x, y) for x, y in corners)
    return Line(text, (first, second, third, fourth))


def _within(page: Page, lines: int, characters: int) -> Page:
    """The page as far as this many lines and characters go."""
    kept = []
    for line in page.lines[:lines]:
        characters -= len(line.text)
        if characters < 0:
            break
        kept.append(line)
    return replace(page, lines=tuple(kept))


def _size(page: Page) -> int:
    return sum(len(line.text) for line in page.lines)
