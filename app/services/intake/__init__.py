"""The door for files: what comes in is a picture or a PDF of known type and bounded size, or it is refused.

Nothing here believes a name or a header of the client's, and nothing is stored: the caller does that with what it gets.
"""

import hashlib
from dataclasses import dataclass

from app.services.intake import containers, names, polyglots, separately
from app.services.intake.apart import Refused, Shown, refuse_size, show_picture
from app.services.intake.containers import HEIC, PDF
from app.services.intake.refusals import answer

THUMBNAIL_SIDE, VIEW_SIDE = 320, 2400
LIGHT_PIXELS = 4_000_000


@dataclass(frozen=True)
class Accepted:
    """A file that may be stored: its bytes as they came, and what was found out about them.

    Width and height are upright, in pixels; of a PDF those of the first page, in points. The thumbnail is a JPEG of at
    most 320 pixels a side, without metadata.
    """

    content: bytes
    filename: str
    content_type: str
    sha256: str
    size: int
    pages: int
    width: int
    height: int
    thumbnail: bytes


def accept(content: bytes, filename: str, field: str = "file") -> Accepted:
    """Look at a file.

    Args:
        field: the field of the body that it came by, for what is told about it.

    Raises:
        UnsupportedFile: it is no JPEG, PNG, WebP, HEIC or PDF.
        Invalid: it is one, but damaged, too large in pixels or pages, animated, encrypted or more than that; or its
            name can't be kept. Its code is one of `refusals.REASONS`.
        Unavailable: too many others are being looked at.
    """
    try:
        return _accepted(content, names.checked(filename))
    except Refused as refused:
        raise answer(refused, field) from None


def view(content: bytes, content_type: str) -> bytes:
    """The upright JPEG to show of an accepted file, at most 2,400 pixels a side, without metadata; a PDF's first page.

    Raises:
        Invalid: it can't be read any more.
    """
    try:
        return _shown(content, content_type, VIEW_SIDE).picture
    except Refused as refused:
        raise answer(refused, "file") from None


def _accepted(content: bytes, filename: str) -> Accepted:
    content_type = containers.kind(content)
    shown = _shown(content, content_type, THUMBNAIL_SIDE)
    return Accepted(
        content=content,
        filename=filename,
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=shown.pages,
        width=shown.width,
        height=shown.height,
        thumbnail=shown.picture,
    )


def _shown(content: bytes, content_type: str, side: int) -> Shown:
    if content_type in (PDF, HEIC):
        end = polyglots.end_of_pdf(content) if content_type == PDF else len(content)
        polyglots.refuse(content, content_type, end)
        return separately.show(content, content_type, side)
    frame = containers.frame(content, content_type)
    refuse_size(frame.width, frame.height)
    if frame.animated:
        raise Refused("animated")
    polyglots.refuse(content, content_type, frame.end)
    # Only a JPEG with its pixels in one scan can be decoded at a smaller scale; others are in memory whole.
    light = frame.scalable or frame.width * frame.height <= LIGHT_PIXELS
    return (show_picture if light else separately.show)(content, content_type, side)


__all__ = ["Accepted", "accept", "view"]
