"""Reads one PDF or HEIC picture in a process of its own, which may be killed by what it reads; run as a script.

It gets the file on its standard input and answers with a line of JSON, then a JPEG: {"refused": code}, or pages, width
and height. It imports nothing of the application, so that it starts quickly and knows no secret.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from typing import Any

MOST_MEMORY = 1024**3
MOST_SECONDS = 10
LARGEST_SCALE = 4.0
LONGEST_PAGE = 14_400  # in points; PDF 1.7, annex C.2
MOST_OBJECTS = 100_000
DEEPEST = 50
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}

Found = tuple[dict[str, Any], Any]


class Refused(Exception):
    """Why; one of the codes of `refusals`."""


def limit() -> None:
    """Let nothing of this process outgrow what any honest file needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_heic(content: bytes, side: int, allowed: dict[str, int]) -> Found:
    """The primary picture, turned upright by its decoder."""
    from PIL import Image  # noqa: PLC0415 -- each needs only some of them

    try:
        import pi_heif  # noqa: PLC0415
    except ImportError as error:
        raise Refused("unsupported_file_type") from error
    pi_heif.register_heif_opener(thumbnails=False)
    try:
        picture = Image.open(io.BytesIO(content), formats=["HEIF"])
        width, height = picture.size
        if width * height > allowed["pixels"] or max(width, height) > allowed["side"]:
            raise Refused("too_many_pixels")
        if min(width, height) < allowed["least"]:
            raise Refused("too_small")
        picture.thumbnail((side, side), reducing_gap=2.0)
        return {"pages": 1, "width": width, "height": height}, picture
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise Refused("unreadable_file") from error


def read_pdf(content: bytes, side: int, allowed: dict[str, int]) -> Found:
    """The first page, after every object of the document has been looked at."""
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            if not pages:
                raise Refused("unreadable_file")
            if pages > allowed["pages"]:
                raise Refused("too_many_pages")
            refuse_activity(document)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted_pdf") from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, KeyError) as error:
        raise Refused("unreadable_file") from error
    width, height, picture = render(content, side)
    return {"pages": pages, "width": width, "height": height}, picture


def refuse_activity(document: Any) -> None:
    """Raise Refused for what a viewer would run, send or unpack."""
    if len(document.objects) > MOST_OBJECTS:
        raise Refused("too_complex")
    for entry in document.objects:
        if is_active(entry, DEEPEST):
            raise Refused("active_content")


def is_active(value: Any, depth: int) -> bool:
    """Whether a direct object, or one inside of it, is a script, an action or an attachment."""
    import pikepdf  # noqa: PLC0415

    if isinstance(value, pikepdf.Array):
        parts = list(value)
    elif isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        entries = dict(value.items())
        if entries.keys() & FORBIDDEN_KEYS or is_action(entries) or is_attachment(entries):
            return True
        parts = list(entries.values())
    else:
        return False
    if depth == 0:
        raise Refused("too_complex")
    # Indirect objects come by themselves.
    return any(
        is_active(part, depth - 1) for part in parts if isinstance(part, pikepdf.Object) and not part.is_indirect
    )


def is_action(entries: dict[str, Any]) -> bool:
    """Whether it is an action that does more than to show another place or page."""
    return str(entries.get("/S", "")) in FORBIDDEN_ACTIONS


def is_attachment(entries: dict[str, Any]) -> bool:
    """Whether it is a file inside of the document, other than an invoice's own data in XML (EN 16931)."""
    if "/EF" not in entries:
        return False
    name = str(entries.get("/UF", entries.get("/F", "")))
    files = [file for _, file in entries["/EF"].items()]
    starts = [file.read_bytes().removeprefix(b"\xef\xbb\xbf").lstrip() for file in files]
    return not name.lower().endswith(".xml") or not all(start.startswith(b"<?xml") for start in starts)


def render(content: bytes, side: int) -> tuple[int, int, Any]:
    """The first page's size in points, and its picture."""
    import pypdfium2  # noqa: PLC0415

    try:
        page = pypdfium2.PdfDocument(content)[0]
        width, height = page.get_size()
        longest = max(width, height)
        if not 1 <= min(width, height) <= longest <= LONGEST_PAGE:
            raise Refused("unreadable_file")
        picture = page.render(scale=min(side / longest, LARGEST_SCALE)).to_pil()
    except pypdfium2.PdfiumError as error:
        raise Refused("unreadable_file") from error
    return round(width), round(height), picture


def main(read: Callable[[bytes, int, dict[str, int]], Found], side: int, allowed: dict[str, int]) -> None:
    """Answer for the file on standard input."""
    content = sys.stdin.buffer.read()
    limit()
    made = io.BytesIO()
    try:
        told, picture = read(content, side, allowed)
        from PIL import Image  # noqa: PLC0415

        flat = Image.new("RGB", picture.size, "white")
        shown = picture.convert("RGBA")
        flat.paste(shown, mask=shown.getchannel("A"))
        flat.save(made, "JPEG", quality=85)
    except Refused as refused:
        told = {"refused": str(refused)}
    except (MemoryError, RecursionError):
        told = {"refused": "too_complex"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + made.getvalue())


if __name__ == "__main__":
    readers = {"application/pdf": read_pdf, "image/heic": read_heic}
    main(readers[sys.argv[1]], int(sys.argv[2]), json.loads(sys.argv[3]))
