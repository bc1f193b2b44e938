"""Reads a receipt out of a picture or PDF: the embedded engine always, Gemini on top of it where it is configured.

What is heavy (the OCR engine, the models) loads in the worker that first needs it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Literal

from app.services.receipt_parser.types import Hints, Page, Reading
from config import Settings

log = logging.getLogger(__name__)
PDF = "application/pdf"
LEAST_SCORE = 0.5  # below it the engine itself takes its reading for a guess
LEAST_LEGIBLE = 8  # letters and digits; fur and leaves give some, a receipt never so few
Progress = Callable[[str], None]


class ReadingError(Exception):
    """A file gave no reading; `code` says why in the API's words."""

    code: ClassVar[str]


class NoText(ReadingError):
    """Nothing legible is on it."""

    code = "no_text"


class Unreadable(ReadingError):
    """It can't be decoded."""

    code = "unreadable_file"


class ReaderUnavailable(ReadingError):
    """No reader could work in time, which says nothing about the file; trying again may help."""

    code = "reader_unavailable"


@dataclass(frozen=True)
class Read:
    """A reading and where it comes from; `ocr_confidence` (0..1) is None where the text is the document's own."""

    reading: Reading
    extracted_by: Literal["gemini", "embedded"]
    ocr_confidence: float | None
    pages: int


def read(
    settings: Settings,  # noqa: ARG001 -- whoever reads, the caller need not know
    content: bytes,
    content_type: str,
    hints: Hints,
    seconds: float,
    progress: Progress,
) -> Read:
    """Read a receipt.

    Args:
        content: the file, accepted by the intake and not trusted any further.
        content_type: what the intake found it to be.
        hints: the person's day, currency and earlier merchants.
        seconds: how long it may take in all.
        progress: told "reading" and then "extracting" when these begin.

    Raises:
        NoText: there is nothing legible; never made-up numbers.
        Unreadable: the file can't be decoded.
        ReaderUnavailable: no reader could work in the time.
    """
    deadline = time.monotonic() + seconds
    progress("reading")
    pages = _pages(content, content_type)
    if _legible(pages) < LEAST_LEGIBLE:
        raise NoText()
    if time.monotonic() > deadline:
        raise ReaderUnavailable()
    progress("extracting")
    reading: Reading = _module("receipt_parser").read(pages, hints)
    return Read(reading, "embedded", _ocr_confidence(pages), len(pages))


def _module(name: str) -> Any:
    return import_module(f"app.services.{name}")


def _pages(content: bytes, content_type: str) -> Sequence[Page]:
    if content_type == PDF:
        pages: Sequence[Page] = _module("pdf_pages").read(content)
        return pages
    return [_module("ocr").recognise(content)]


def _legible(pages: Sequence[Page]) -> int:
    """How many letters and digits were read with some certainty."""
    lines = [line for page in pages for line in page.lines if line.score >= LEAST_SCORE]
    return sum(character.isalnum() for line in lines for character in line.text)


def _ocr_confidence(pages: Sequence[Page]) -> float | None:
    """The engine's own scores, by length of text; None when nothing had to be recognised."""
    lines = [line for page in pages if page.source == "ocr" for line in page.lines]
    weight = sum(len(line.text) for line in lines)
    return round(sum(line.score * len(line.text) for line in lines) / weight, 4) if weight else None
