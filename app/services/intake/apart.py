"""Checks and draws one file, importing nothing of the application; as a script, in a process that may die of it.

As a script it gets the file on its standard input and answers with a line of JSON, then a JPEG: {"refused": code}, or
pages, width and height. It starts quickly, knows no secret and may use only so much memory and time.
"""

import io
import json
import resource
import struct
import sys
import zlib
from typing import Any, NamedTuple

PDF, HEIC = "application/pdf", "image/heic"
FORMATS = {"image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/webp": ("WEBP",), HEIC: ("HEIF",)}
MOST_MEMORY = 768 * 1024**2
MOST_SECONDS = 4  # of a processor; the most that any honest file took is 1.2
MOST_PIXELS, LONGEST_SIDE, SHORTEST_SIDE = 40_000_000, 20_000, 16
MOST_TEXT = 4 * 1024**2
ENOUGH = 0.8  # of a side is as good, where a decoder can stop at half the size
ORIENTATION = 0x0112  # EXIF 3.0, section 4.6.5.1
SIDEWAYS = {5, 6, 7, 8}
UNDECODABLE = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, RuntimeError,
               struct.error, zlib.error)  # fmt: skip
MOST_PAGES = 20
LONGEST_PAGE = 14_400  # in points; PDF 1.7, annex C.2
LARGEST_SCALE = 4.0
MOST_OBJECTS = 100_000
DEEPEST = 50
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}


class Refused(Exception):
    """Why a file is not taken: a code of `refusals.REASONS`, or unsupported_file_type."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shown(NamedTuple):
    """The first page, or the picture, as a JPEG; the original's size, upright: in pixels, or a page's in points."""

    picture: bytes
    pages: int
    width: int
    height: int


def refuse_size(width: int, height: int) -> None:
    """Raise Refused for a picture that is too large to decode, or too small to show anything."""
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("too_many_pixels")
    if min(width, height) < SHORTEST_SIDE:
        raise Refused("too_small")


def show_picture(content: bytes, content_type: str, side: int) -> Shown:
    """The upright picture without metadata, at most `side` pixels wide and high.

    Raises:
        Refused: too_many_pixels, too_small, unreadable_file; unsupported_file_type where HEIC can't be read.
    """
    from PIL import Image, ImageOps, PngImagePlugin  # noqa: PLC0415 -- the API starts without it

    if content_type == HEIC:
        _learn_heic()
    PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS[content_type]) as picture:
            width, height = picture.size
            refuse_size(width, height)
            orientation = _orientation(picture)
            picture.draft("RGB", (int(side * ENOUGH), int(side * ENOUGH)))
            picture.load()  # or thumbnail() would ask for another scale
            reduced = _in_eight_bits(picture)
            reduced.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
            flat = _flat(ImageOps.exif_transpose(reduced) if orientation else reduced)
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    except UNDECODABLE:
        raise Refused("unreadable_file") from None  # whatever its decoder stumbled over
    return Shown(_jpeg(flat), 1, *((height, width) if orientation in SIDEWAYS else (width, height)))


def _learn_heic() -> None:
    try:
        import pi_heif  # noqa: PLC0415
    except ImportError:
        raise Refused("unsupported_file_type") from None
    pi_heif.register_heif_opener(thumbnails=False)  # it turns pictures upright itself


def _orientation(picture: Any) -> Any:
    try:
        return picture.getexif().get(ORIENTATION)
    except Exception:  # damaged metadata: the picture is shown as it is stored
        return None


def _in_eight_bits(picture: Any) -> Any:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture


def _flat(picture: Any) -> Any:
    """Pixels alone, in RGB, transparency on white: none of the metadata, colour profile included."""
    from PIL import Image  # noqa: PLC0415

    flat = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        flat.paste(picture, mask=picture.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    return flat


def _jpeg(picture: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()


def show_pdf(content: bytes, side: int) -> Shown:
    """The first page, after every object of the document has been looked at.

    Raises:
        Refused: unreadable_file, encrypted_pdf, too_many_pages, active_content, too_complex.
    """
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            if not pages:
                raise Refused("unreadable_file")
            if pages > MOST_PAGES:
                raise Refused("too_many_pages")
            refuse_activity(document)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted_pdf") from error
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, LookupError, RuntimeError) as error:
        raise Refused("unreadable_file") from error
    width, height, picture = render(content, side)
    return Shown(_jpeg(_flat(picture)), pages, width, height)


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
    files = list(dict(entries["/EF"].items()).values())
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


def limit() -> None:
    """Let nothing of this process outgrow what any honest file needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(content_type: str, side: int) -> None:
    """Answer for the file on standard input."""
    content = sys.stdin.buffer.read()
    limit()
    made = b""
    told: dict[str, Any]
    try:
        shown = show_pdf(content, side) if content_type == PDF else show_picture(content, content_type, side)
        made, told = shown.picture, {"pages": shown.pages, "width": shown.width, "height": shown.height}
    except Refused as refused:
        told = {"refused": refused.code}
    except (MemoryError, RecursionError):
        told = {"refused": "too_complex"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + made)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
