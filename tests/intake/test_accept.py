"""Files that are taken, of every type, and what is made of them."""

import hashlib
import io

import pytest
from PIL import Image

from app.core.errors import AppError
from app.services import intake
from tests.intake import files

# What Pillow says about damaged metadata is no fault.
pytestmark = pytest.mark.filterwarnings("default::UserWarning:PIL")


def shown(made: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(made), formats=["JPEG"])
    picture.load()
    return picture


@pytest.mark.parametrize("kind", files.GOOD)
def test_good_files_are_taken_as_they_are(kind: str) -> None:
    content, content_type, pages, size = files.GOOD[kind]()
    accepted = intake.accept(content, " receipt from Asha's café.any ")
    assert accepted.filename == "receipt from Asha's café.any"
    assert accepted.content == content
    assert accepted.sha256 == hashlib.sha256(content).hexdigest()
    assert (accepted.content_type, accepted.size, accepted.pages) == (content_type, len(content), pages)
    assert (accepted.width, accepted.height) == size
    thumbnail, view = shown(accepted.thumbnail), shown(intake.view(content, content_type))
    for made, longest in ((thumbnail, 320), (view, 2400)):
        assert max(made.size) <= longest
        assert abs(made.width / made.height - size[0] / size[1]) < 0.05
        assert not files.metadata_of(made)


@pytest.mark.parametrize("kind", files.BAD)
def test_bad_files_are_refused_for_what_they_are(kind: str) -> None:
    content, status, code = files.BAD[kind]
    with pytest.raises(AppError) as refused:
        intake.accept(content(), "a.jpg")
    assert (refused.value.status, refused.value.code) == (status, code), refused.value.message
