"""Files that are two things at once: refused, since another program would take them for the other one.

What phones append to their photos is let through: a film (Motion Photo), further JPEGs (MPF, gain maps), Samsung's
blocks. So this looks for what must not be there, not for what may be.
"""

import io
import re
import zipfile

from app.services.intake.apart import Refused
from app.services.intake.containers import PDF

PDF_HEADER_WITHIN = 1024  # readers look for %PDF- no further
PDF_END_WITHIN = 2048
CENTRAL_DIRECTORY = b"PK\x01\x02"
# Long enough not to come about by chance in ten megabytes of compressed pixels.
MARKUP = re.compile(
    rb"<(?:\?php[\s=]|\?=\s*[`$\w]{6}|script[\s>/]|!doctype\s+html|html[\s>]|iframe[\s>]|svg\s[^<>]{0,200}xmlns)",
    re.IGNORECASE,
)
PROGRAMS = re.compile(
    rb"\s*(?:MZ|\x7fELF|#!|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%PDF-|GIF8[79]a)"
)


def refuse(content: bytes, content_type: str, end: int) -> None:
    """Look for a second file.

    Args:
        end: where the picture's or document's own bytes end.

    Raises:
        Refused: polyglot.
    """
    if CENTRAL_DIRECTORY in content and zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("polyglot")
    if content_type == PDF:
        marked = MARKUP.search(content, 0, PDF_HEADER_WITHIN) or MARKUP.search(content, end)
    else:
        marked = MARKUP.search(content)
        if b"%PDF-" in content[:PDF_HEADER_WITHIN] or b"%PDF-" in content[end:]:
            raise Refused("polyglot")
    if marked or PROGRAMS.match(content, end):
        raise Refused("polyglot")


def end_of_pdf(content: bytes) -> int:
    """Where a PDF's last line ends.

    Raises:
        Refused: unreadable_file, if that is not near the file's end: it was cut off.
    """
    found = content.rfind(b"%%EOF", max(0, len(content) - PDF_END_WITHIN))
    if found < 0:
        raise Refused("unreadable_file")
    return found + len(b"%%EOF")
