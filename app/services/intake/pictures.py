"""Pictures made from pictures: upright, small, of pixels alone. Pillow, imported when the first one comes."""

import io
import threading
from typing import TYPE_CHECKING

from app.services.intake.containers import JPEG, PNG, WEBP, Picture
from app.services.intake.refusals import LONGEST_SIDE, MOST_PIXELS, SHORTEST_SIDE, Refused

if TYPE_CHECKING:
    from PIL import Image

FORMATS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), WEBP: ("WEBP",)}
ORIENTATION = 0x0112  # EXIF 3.0, section 4.6.5.1
SIDEWAYS = {5, 6, 7, 8}
THUMBNAIL_SIDE, VIEW_SIDE = 320, 2400
ENOUGH = 0.8  # of that is as good, where a decoder can stop at half the size
LIGHT_PIXELS = 4_000_000
MOST_TEXT = 4 * 1024 * 1024
# Only a JPEG can be decoded at a smaller scale. Of the others, and of progressive ones, one at a time is in memory
# whole: up to 240 MB.
heavy = threading.Lock()


def refuse_size(width: int, height: int) -> None:
    """Raise Refused for a picture that is too large to decode, or too small to show anything."""
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("too_many_pixels")
    if min(width, height) < SHORTEST_SIDE:
        raise Refused("too_small")


def small(content: bytes, content_type: str, frame: Picture, side: int) -> tuple[bytes, int, int]:
    """A JPEG of the upright picture without metadata, and the size of the original, upright, in pixels.

    Args:
        frame: what its header says.
        side: the most pixels that either side may have; a smaller picture keeps its size.

    Raises:
        Refused: unreadable_file.
    """
    if (content_type == JPEG and not frame.progressive) or frame.width * frame.height <= LIGHT_PIXELS:
        return _small(content, content_type, side)
    with heavy:
        return _small(content, content_type, side)


def _small(content: bytes, content_type: str, side: int) -> tuple[bytes, int, int]:
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 -- the API starts without it

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
            flat = _upright(_flat(reduced), orientation)
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, OverflowError):
        raise Refused("unreadable_file") from None  # whatever its decoder stumbled over
    if orientation in SIDEWAYS:
        width, height = height, width
    return _jpeg(flat), width, height


def _orientation(picture: "Image.Image") -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged metadata: the picture is shown as it is stored
        return 1


def _in_eight_bits(picture: "Image.Image") -> "Image.Image":
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture


def _flat(picture: "Image.Image") -> "Image.Image":
    """Pixels alone, in RGB, transparency on white: none of the metadata, colour profile included."""
    from PIL import Image  # noqa: PLC0415

    see_through = picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info
    flat = Image.new("RGB", picture.size, "white")
    if see_through:
        picture = picture.convert("RGBA")
        flat.paste(picture, mask=picture.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    return flat


def _upright(picture: "Image.Image", orientation: int) -> "Image.Image":
    from PIL.Image import Transpose  # noqa: PLC0415

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return picture.transpose(turns[orientation]) if orientation in turns else picture


def _jpeg(picture: "Image.Image") -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
