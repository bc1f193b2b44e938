"""Pages of a PDF: its own text where it has enough of it, else what OCR reads on its picture."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.services import ocr, pdf_text
from app.services.receipt_parser.types import Page

MOST_PAGES = 20
LEAST_CHARACTERS = 50  # fewer are the stamp of the program that scanned it
DOTS_PER_INCH = 200
POINTS_PER_INCH = 72
# pdfium is not safe to be used by two threads, not even on two documents.
PDFIUM = threading.Lock()


def read(content: bytes) -> list[Page]:
    """The first 20 pages, one after the other; boxes in points where the text is the document's own.

    Raises:
        ocr.Undecodable: it is no PDF, is damaged or encrypted.
        ocr.EngineMissing: a page needs OCR, which is not installed.
    """
    return list(each(content))


def each(content: bytes) -> Iterator[Page]:
    """The same pages, each read when it is asked for."""
    with _opened(content) as document:
        for number in range(min(len(document), MOST_PAGES)):
            yield _read(document, number)


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    import pypdfium2  # noqa: PLC0415 -- the API starts without it

    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ocr.Undecodable(f"The PDF can't be read: {error}") from error
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def _read(document: Any, number: int) -> Page:
    import pypdfium2  # noqa: PLC0415

    try:
        with PDFIUM:
            page = document[number]
            try:
                own = pdf_text.read(page)
                if _size(own) >= LEAST_CHARACTERS:
                    return own
                width, height = page.get_size()
                picture = _picture(page)
            finally:
                page.close()
    except pypdfium2.PdfiumError as error:
        raise ocr.Undecodable(f"Page {number + 1} of the PDF can't be read: {error}") from error
    recognised = ocr.recognise_picture(picture, width, height)
    return recognised if _size(recognised) > _size(own) else own


def _picture(page: Any) -> Any:
    """A page as an RGB picture, no larger than OCR wants it."""
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, ocr.LONGEST_SIDE / max(page.get_size()))
    bitmap = page.render(scale=scale, rev_byteorder=True)
    try:
        return bitmap.to_pil().convert("RGB")
    finally:
        bitmap.close()


def _size(page: Page) -> int:
    return sum(len(line.text) for line in page.lines)
