"""File names: kept for showing, or refused by name."""

import pytest

from app.core.errors import Invalid
from app.services import intake
from tests.intake.files import jpeg


@pytest.mark.parametrize("name", [
    "receipt.jpg", "IMG_2041.HEIC", "Asha's receipt (2).jpeg", "कैफ़े.png", "レシート.pdf", "blob", "a..b.jpg", ".jpg",
    "a" * 251 + ".jpg", "Screenshot 2026-11-21 at 9.41.00\u202fAM.png", "console.jpg", "a;b&c=%20.jpg",
])  # fmt: skip
def test_plain_names_are_kept(name: str) -> None:
    assert intake.accept(jpeg(), name).filename == name


@pytest.mark.parametrize("name", [
    "", " ", ".", "..", "../a.jpg", "/etc/passwd", "a/b.jpg", "..\\a.jpg", "C:\\a.jpg", 'a".jpg', '"', "a\n.jpg",
    "a\r\nX: 1.jpg", "a\0.jpg", "a\x1b[31m.jpg", "a\x7f.jpg", "a\x85.jpg", "a\u2028.jpg", "a\u202egpj.exe",
    "a\u2066.jpg", "a\udc80.jpg", "a" * 500, "a" * 256, "CON", "nul.jpg", "Com1.pdf", "LPT9 .jpg",
])  # fmt: skip
def test_others_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        intake.accept(jpeg(), name)
    assert refused.value.code == "bad_file_name"
    assert [entry["loc"] for entry in refused.value.details] == [["body", "file"]]
    assert not name.strip(' ."') or name not in refused.value.message


def test_the_field_is_the_one_it_came_by() -> None:
    with pytest.raises(Invalid) as refused:
        intake.accept(jpeg()[:500], "a.jpg", field="image_base64")
    assert [entry["loc"] for entry in refused.value.details] == [["body", "image_base64"]]
    assert refused.value.message == "image_base64: is damaged or incomplete; send it again"
