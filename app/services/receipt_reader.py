"""Reads a receipt out of a picture or PDF: the embedded engine always, Gemini on top of it where it is configured.

What is heavy (the OCR engine, the models) loads in the worker that first needs it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, Literal

from app.services import gemini, gemini_receipts, ocr, pdf_pages, witness
from app.services.receipt_parser.types import Hints, Page, Reading
from config import Settings

log = logging.getLogger(__name__)
PDF = "application/pdf"
LEAST_SCORE = 0.5  # below it the engine itself takes its reading for a guess
LEAST_LEGIBLE = 8  # letters and digits; fur and leaves give some, a receipt never so few
GEMINI_SECONDS = 30.0
PROBE_SECONDS = 10.0
EXTRACTING_SECONDS = 15.0  # left for understanding a long document after its pages were read
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
    """A reading and where it comes from.

    `ocr_confidence` (0..1) is None where the text is the document's own; `category` is one of the API's, from Gemini.
    """

    reading: Reading
    extracted_by: Literal["gemini", "embedded"]
    ocr_confidence: float | None
    category: str | None = None


@dataclass
class Service:
    """What this process knows of Gemini at an address."""

    fails: bool = False


def read(
    settings: Settings, content: bytes, content_type: str, hints: Hints, seconds: float, progress: Progress
) -> Read:
    """Read a receipt.

    The embedded reader always reads first: a picture with nothing legible on it leaves the house for nobody, its
    reading stands in at once when Gemini has none, and what it saw is what Gemini's answer is held against.

    Args:
        content: the file, accepted by the intake and not trusted any further.
        content_type: what the intake found it to be.
        hints: the person's day, currency and earlier merchants.
        seconds: how long it may take in all; the embedded reader takes the time it needs, Gemini what is left.
        progress: told "reading" and then "extracting" when these begin.

    Raises:
        NoText: there is nothing legible; never made-up numbers.
        Unreadable: the file can't be decoded.
        ReaderUnavailable: the embedded reader does not work here; the log says what it misses.
    """
    from app.services import receipt_parser  # noqa: PLC0415 -- numpy and the models: never in the API

    deadline = time.monotonic() + seconds
    progress("reading")
    pages = _pages(content, content_type, deadline - EXTRACTING_SECONDS)
    if _legible(pages) < LEAST_LEGIBLE:
        raise NoText()
    progress("extracting")
    own = receipt_parser.read(pages, hints)
    embedded = Read(own, "embedded", _ocr_confidence(pages))
    if not settings.uses_gemini:
        return embedded
    answered = _ask_gemini(settings, content, content_type, hints, deadline - time.monotonic())
    if answered is None:
        return embedded
    reading = witness.judged(answered.reading, own, hints)
    return replace(embedded, reading=reading, extracted_by="gemini", category=answered.category)


def _ask_gemini(
    settings: Settings, content: bytes, content_type: str, hints: Hints, seconds: float
) -> gemini_receipts.Answered | None:
    """Gemini's answer, or None; while it fails it is asked for a short time only, so that the queue goes on."""
    known = _known(settings.GEMINI_API_ENDPOINT)
    longest = PROBE_SECONDS if known.fails else GEMINI_SECONDS
    try:
        answered = gemini_receipts.read(settings, content, content_type, hints, min(seconds, longest))
    except gemini.GeminiUnavailable as error:
        log.warning("read by the embedded reader, without Gemini: %s", error)
        known.fails = True
        return None
    known.fails = False
    return answered


@cache
def _known(_endpoint: str) -> Service:
    return Service()


def _pages(content: bytes, content_type: str, deadline: float) -> list[Page]:
    """The pages that can be read by the deadline, the first one in any case."""
    try:
        if content_type != PDF:
            return [ocr.recognise(content)]
        pages = []
        for page in pdf_pages.each(content):
            pages.append(page)
            if time.monotonic() > deadline:
                log.warning("read the first %d pages only, for lack of time", len(pages))
                break
        return pages
    except ocr.Undecodable as error:
        log.info("can't be decoded: %s", error)
        raise Unreadable() from None
    except ocr.EngineMissing:
        log.exception("pictures can't be read")
        raise ReaderUnavailable() from None


def _legible(pages: Sequence[Page]) -> int:
    """How many letters and digits were read with some certainty."""
    lines = [line for page in pages for line in page.lines if line.score >= LEAST_SCORE]
    return sum(character.isalnum() for line in lines for character in line.text)


def _ocr_confidence(pages: Sequence[Page]) -> float | None:
    """The engine's own scores, by length of text; None when nothing had to be recognised."""
    lines = [line for page in pages if page.source == "ocr" for line in page.lines]
    weight = sum(len(line.text) for line in lines)
    return round(sum(line.score * len(line.text) for line in lines) / weight, 4) if weight else None
