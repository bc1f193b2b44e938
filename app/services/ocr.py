"""Text of pictures by rapidocr, whose models are inside its wheel: nothing is fetched.

The engine is loaded once per process when first used, and in workers alone.
"""

import threading
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.receipt_parser.types import Box, Line, Page

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 1_440  # of what the engine is given, in pixels
THREADS = 2
MOST_PIXELS = 40_000_000
MOST_LINES = 2_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
SWAPPING_ORIENTATIONS = {5, 6, 7, 8}  # of EXIF: those that lay a picture on its side
ORIENTATION_TAG = 0x0112
_lock = threading.Lock()


class EngineMissing(Exception):
    """A library or a model that reading pictures needs is not installed; the message names it."""


class Undecodable(Exception):
    """The bytes are no picture, or no document, that can be opened; the message says why."""


def recognise(content: bytes) -> Page:
    """The lines of text in a picture (JPEG, PNG, WebP, HEIC), boxes in pixels of the upright picture.

    Raises:
        Undecodable: it can't be opened, is damaged, or has more than 40 million pixels.
        EngineMissing: the engine or its models are not installed.
    """
    picture, width, height = decoded(content)
    return recognise_picture(picture, width, height)


def recognise_picture(picture: "Image", width: float, height: float) -> Page:
    """The lines of text in an upright RGB picture, none if there are none; boxes fit a page of this width and height.

    Raises:
        EngineMissing: the engine or its models are not installed.
    """
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    across, down = width / picture.width, height / picture.height
    lines = [Line(text, _box(corners, across, down), float(score)) for text, corners, score in _found(picture)]
    return Page(tuple(lines[:MOST_LINES]), width, height)


def _box(corners: Iterable[tuple[float, float]], across: float, down: float) -> Box:
    first, second, third, fourth = ((float(x) * across, float(y) * down) for x, y in corners)
    return first, second, third, fourth


def _found(picture: "Image") -> list[tuple[str, Any, float]]:
    import numpy  # noqa: PLC0415 -- never in the API

    with _lock:
        found = engine()(numpy.asarray(picture)[:, :, ::-1])
    if not found.txts:
        return []
    return list(zip(found.txts, found.boxes, found.scores, strict=True))


@cache
def engine() -> Any:
    """The engine of this process.

    Raises:
        EngineMissing: a library or a model is not installed.
    """
    try:
        import rapidocr  # noqa: PLC0415 -- a second and 100 MB that only workers may spend
    except ImportError as error:
        raise EngineMissing(f"OCR needs the Python package {error.name}: pip install -r requirements.txt") from error
    folder = Path(rapidocr.__file__).parent / "models"
    settings: dict[str, Any] = {
        "Global.use_cls": False,
        "Global.log_level": "warning",
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        # An arena keeps as much memory as the largest picture ever needed.
        "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
    }
    for part, name in MODELS.items():
        if not (folder / name).is_file():
            raise EngineMissing(f"OCR needs the model {name}, which rapidocr's wheel brings along, in {folder}")
        settings[f"{part}.model_path"] = str(folder / name)  # without one the library would download it
    return rapidocr.RapidOCR(params=settings)


def decoded(content: bytes) -> tuple["Image", int, int]:
    """An upright RGB picture, perhaps smaller than it is stored; the width and height of the stored one, upright.

    Raises:
        Undecodable: it can't be opened, is damaged, or has more than 40 million pixels.
    """
    import pi_heif  # noqa: PLC0415 -- the API starts without these
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    pi_heif.register_heif_opener()
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as stored:
            if stored.width * stored.height > MOST_PIXELS:
                raise Undecodable(f"The picture has {stored.width} x {stored.height} pixels.")
            swaps = stored.getexif().get(ORIENTATION_TAG) in SWAPPING_ORIENTATIONS
            width, height = (stored.height, stored.width) if swaps else stored.size
            stored.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _on_white(ImageOps.exif_transpose(stored)), width, height
    except UnidentifiedImageError as error:
        raise Undecodable("This is no JPEG, PNG, WebP or HEIC picture.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Undecodable(f"The picture can't be read: {error}") from error


def _on_white(picture: "Image") -> "Image":
    """In RGB; what shines through becomes white, as paper is."""
    from PIL import Image  # noqa: PLC0415

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    layered = picture.convert("RGBA")
    paper.paste(layered, mask=layered)
    return paper
