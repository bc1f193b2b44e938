"""The words in which a file is refused: a status, a code for programs, a sentence that says what to do."""

from app.core.errors import AppError, Invalid, UnsupportedFile
from app.services.intake.apart import LONGEST_SIDE, MOST_PAGES, MOST_PIXELS, SHORTEST_SIDE, Refused

SUPPORTED = "Send a JPEG, PNG, WebP or HEIC picture, or a PDF."
REASONS = {
    "empty_file": "is empty",
    "bad_file_name": "has a name that can't be kept; give it a plain name of at most 255 characters",
    "too_many_pixels": f"has more than {MOST_PIXELS:,} pixels or {LONGEST_SIDE:,} on a side; send a smaller one",
    "too_small": f"is less than {SHORTEST_SIDE} pixels wide or high; send a larger one",
    "animated": "is animated; send a still picture",
    "polyglot": "holds something else besides a picture or a document; save it anew and send that",
    "unreadable_file": "is damaged or incomplete; send it again",
    "too_complex": "takes too much to read; save it anew in a simpler form and send that",
    "too_many_pages": f"has more than {MOST_PAGES} pages; send the pages that matter",
    "encrypted_pdf": "is encrypted; send it without a password",
    "active_content": "holds scripts, forms or attachments; print it to a new PDF and send that",
}


def answer(refused: Refused, field: str) -> AppError:
    """The error that a request with this file ends in."""
    if refused.code == UnsupportedFile.code:
        return UnsupportedFile(f"{UnsupportedFile.message} {SUPPORTED}")
    error = Invalid.field(("body", field), REASONS[refused.code], refused.code)
    error.code = refused.code
    return error
