"""Damage of every kind: a refusal or an ordinary answer, never a crash; and what comes out is upright."""

import io
import random
from collections import Counter
from collections.abc import Callable

import pytest
from PIL import Image
from PIL.Image import Transpose

from app.core.errors import AppError
from app.services import intake
from app.services.intake.refusals import REASONS
from tests.intake import files

pytestmark = pytest.mark.filterwarnings("default::UserWarning:PIL")
SEED = 20261121
CASES = 250
STORED = {
    2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_270,
}  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.choice((chance.randrange(len(made)), min(len(made) - 1, chance.randrange(400))))
        kind = chance.randrange(5)
        if kind == 0:
            made[at] = chance.randrange(256)
        elif kind == 1:
            del made[at : at + chance.randrange(1, 50)]
        elif kind == 2:
            made[at:at] = chance.randbytes(20)
        elif kind == 3:
            made[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
        else:
            made[at:at] = made[: chance.randrange(1, 200)]
    return bytes(made)


def outcome(content: bytes) -> str:
    try:
        return intake.accept(content, "a.jpg").content_type
    except AppError as error:
        return error.code


def test_damaged_pictures_are_refused_or_taken(record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(SEED)  # noqa: S311 -- the same in each run
    good = [make() for make in files.GOOD.values()]
    pictures = [content for content, kind, *_ in good if kind not in (files.PDF, files.HEIC) and len(content) < 200_000]
    outcomes = Counter(outcome(damaged(chance.choice(pictures), chance)) for _ in range(CASES))
    assert {kind for kind in outcomes if "/" not in kind} <= {*REASONS, "unsupported_file_type"}
    record_property("outcomes", dict(outcomes))
    assert outcomes["unreadable_file"] > CASES / 5
    assert sum(count for kind, count in outcomes.items() if kind.startswith("image/")) > CASES / 20


def test_damaged_documents_are_refused_or_taken() -> None:
    chance = random.Random(SEED)  # noqa: S311
    contents = [files.pdf(), files.scripted(), files.heic(), files.encrypted(owner="secret")]
    outcomes = Counter(outcome(damaged(chance.choice(contents), chance)) for _ in range(16))
    assert outcomes["unreadable_file"] > 0


@pytest.mark.parametrize("orientation", STORED)
def test_pictures_are_shown_upright(orientation: int) -> None:
    stored = files.drawn().transpose(STORED[orientation])
    for kind, content_type in (("JPEG", files.JPEG), ("PNG", files.PNG), ("WEBP", files.WEBP)):
        content = files.saved(stored, kind, exif=files.exif(orientation))
        for made in (intake.accept(content, "a").thumbnail, intake.view(content, content_type)):
            shown = Image.open(io.BytesIO(made)).convert("RGB")
            red, green, blue = shown.getpixel((10, 10))
            assert red > 200, (kind, orientation)
            assert max(green, blue) < 80, (kind, orientation)
            assert shown.width > shown.height


def test_transparency_is_white_and_sixteen_bits_are_eight() -> None:
    clear = files.saved(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG")
    grey = files.saved(Image.new("I;16", (100, 100), 0x8000), "PNG")
    for content, expected in ((clear, 255), (grey, 128)):
        shown = Image.open(io.BytesIO(intake.accept(content, "a").thumbnail)).convert("L")
        assert abs(shown.getpixel((50, 50)) - expected) <= 2
