"""Text of pictures by rapidocr, whose models are inside its wheel: nothing is fetched.

The engine is loaded once per process when first used, and in workers alone.
"""

import ctypes
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from io import BytesIO
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.receipt_parser.types import Line, Page, Point

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 1_440  # of what the engine is given, in pixels
UPSIDE_DOWN = 0.8  # the engine reads such text, too, but is this unsure of it; blurred pictures reach 0.9
LARGEST = 1_600  # of what anybody is given
SCALABLE = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")  # modes in which a mean of two pixels is a colour
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
    """The lines of text in an RGB picture, none if there are none; boxes fit a page of this width and height.

    A picture that lies on its side or stands on its head is read as well: its boxes are those of the page set upright.

    Raises:
        EngineMissing: the engine or its models are not installed.
    """
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    page = _page(picture)
    if page.lines and _certainty(page) < UPSIDE_DOWN:
        page = max(page, _page(picture.rotate(180)), key=_certainty)
    if sum(_is_tall(line) for line in page.lines) > len(page.lines) / 2:
        page, width, height = _turned(page), height, width
    across, down = width / page.width, height / page.height
    return Page(tuple(_moved(line, lambda x, y: (x * across, y * down)) for line in page.lines), width, height)


def _page(picture: "Image") -> Page:
    """What is read as the picture stands, in its own pixels; of a line that runs down, the box is tall."""
    lines = [_line(*found) for found in _found(picture)[:MOST_LINES]]
    return Page(tuple(lines), picture.width, picture.height)


def _line(text: str, corners: Iterable[tuple[float, float]], score: float) -> Line:
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    return Line(text, (first, second, third, fourth), float(score))


def _certainty(page: Page) -> float:
    """The engine's own score, by length of text."""
    weights = [len(line.text) for line in page.lines]
    scores = [line.score for line in page.lines]
    return sum(map(mul, weights, scores)) / max(sum(weights), 1)


def _is_tall(line: Line) -> bool:
    (left, top), (right, _), _, (_, bottom) = line.box
    return bottom - top > right - left


def _turned(page: Page) -> Page:
    """A page that lies on its right side, set upright."""
    lines = [_moved(line, lambda x, y: (y, page.width - x)) for line in page.lines]
    upright = [replace(line, box=(*line.box[1:], line.box[0])) for line in lines]
    return Page(tuple(upright), page.height, page.width)


def _moved(line: Line, move: Callable[[float, float], Point]) -> Line:
    first, second, third, fourth = (move(x, y) for x, y in line.box)
    return replace(line, box=(first, second, third, fourth))


def _found(picture: "Image") -> list[tuple[str, Any, float]]:
    import numpy  # noqa: PLC0415 -- never in the API

    with _lock:
        found = engine()(numpy.asarray(picture)[:, :, ::-1])
        _give_back_memory()
    if not found.txts:
        return []
    return list(zip(found.txts, found.boxes, found.scores, strict=True))


def _give_back_memory() -> None:
    """Or the C library keeps whatever the largest picture so far needed: hundreds of megabytes."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc's
        trim(0)


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
        # By default small pictures are enlarged for finding lines: 3 to 4 % more time, and nothing more is found.
        "Det.limit_type": "max",
        "Det.limit_side_len": LONGEST_SIDE,
        "Global.log_level": "error",  # a blank picture is worth no warning
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
    """An upright RGB picture of at most 1,600 pixels a side; the width and height of the stored one, upright.

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
            stored.draft("RGB", (LARGEST, LARGEST))
            # Smaller first: each copy of a large picture is a hundred megabytes.
            reduced = stored if stored.mode in SCALABLE else stored.convert("RGBA")
            reduced.thumbnail((LARGEST, LARGEST))
            return _on_white(ImageOps.exif_transpose(reduced)), width, height
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
