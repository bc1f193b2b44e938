"""Text of pictures and PDFs: what is drawn here is read, wherever it stands and however it lies."""

import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO

import pillow_heif
import psutil
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from app.services import ocr, pdf_pages
from app.services.receipt_parser.types import Page
from config import ROOT
from tests.intake import files
from tests.processes import Worker

ROWS = (("CORNER MARKET", ""), ("2026-02-01", ""), ("Oat milk", "4.50"), ("Sourdough", "7.80"), ("TOTAL", "12.30"))
SIZE, NAMES, AMOUNTS = (520, 420), 40, 380
ORIENTATION, ON_ITS_RIGHT_SIDE = 0x0112, 6
OFFLINE = """
import sys
def refuse(event, _arguments):
    if event.startswith("socket."):
        raise PermissionError(event)
sys.addaudithook(refuse)
from app.services import ocr
print([line.text for line in ocr.recognise(sys.stdin.buffer.read()).lines])
"""


def drawn() -> Image.Image:
    """A receipt as a till prints it."""
    picture = Image.new("RGB", SIZE, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=30)
    for number, row in enumerate(ROWS):
        for text, across in zip(row, (NAMES, AMOUNTS), strict=True):
            pen.text((across, 40 + 70 * number), text, fill="black", font=font)
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(file)
    else:
        picture.save(file, kind, **options)
    return file.getvalue()


def assert_is_the_receipt(page: Page) -> None:
    """Each text at its place, on a page of these proportions."""
    assert page.width / page.height == pytest.approx(SIZE[0] / SIZE[1], rel=0.01)
    found = {line.text: line.box for line in page.lines}
    assert set(found) == {text for row in ROWS for text in row if text}
    for number, row in enumerate(ROWS):
        for text, across in zip(row, (NAMES, AMOUNTS), strict=True):
            if text:
                (left, top), (right, _), (_, bottom), _ = found[text]
                assert left / page.width == pytest.approx(across / SIZE[0], abs=0.03)
                assert right > left
                assert top / page.height < (60 + 70 * number) / SIZE[1] < bottom / page.height


@pytest.mark.parametrize("kind", ["WEBP", "HEIF"])
def test_a_receipt_is_read_and_its_texts_found_where_they_stand(kind: str) -> None:
    page = ocr.recognise(saved(drawn(), kind))
    assert_is_the_receipt(page)
    assert (page.source, page.width, page.height) == ("ocr", *SIZE)
    assert all(0.8 < line.score <= 1 for line in page.lines)


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_picture_that_lies_on_either_side_is_read_upright(degrees: int) -> None:
    assert_is_the_receipt(ocr.recognise(saved(drawn().rotate(degrees, expand=True), "PNG")))


def test_a_large_photo_is_turned_as_its_camera_says_and_boxes_are_in_its_own_pixels() -> None:
    large = drawn().resize((SIZE[0] * 6, SIZE[1] * 6))
    orientation = Image.Exif()
    orientation[ORIENTATION] = ON_ITS_RIGHT_SIDE
    page = ocr.recognise(saved(large.rotate(90, expand=True), "JPEG", exif=orientation))
    assert_is_the_receipt(page)
    assert (page.width, page.height) == large.size


def test_what_shines_through_is_paper() -> None:
    ink = drawn().convert("L").point(lambda light: 255 - light)
    black = Image.new("RGBA", SIZE)
    black.putalpha(ink)
    assert_is_the_receipt(ocr.recognise(saved(black, "PNG")))


def test_a_picture_without_text_has_no_lines() -> None:
    assert ocr.recognise(saved(Image.new("L", (300, 200), 200), "PNG")) == Page((), 300, 200)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JPEG"),
        (b"GIF89a" + bytes(20), "no JPEG"),
        (saved(drawn(), "JPEG")[:2000], "can't be read"),
        (saved(Image.new("1", (8000, 5001)), "PNG"), "8000 x 5001"),
        (saved(Image.new("1", (10000, 10000)), "PNG"), "pixels"),
    ],
)
def test_what_is_no_picture_or_too_large_says_so(content: bytes, reason: str) -> None:
    with pytest.raises(ocr.Undecodable, match=reason):
        ocr.recognise(content)


def test_no_network_is_asked_for_anything() -> None:
    """In a process of its own, in which the engine is loaded anew."""
    command = [sys.executable, "-c", OFFLINE]
    done = subprocess.run(command, input=saved(drawn(), "PNG"), cwd=ROOT, capture_output=True, check=False)
    assert b"Sourdough" in done.stdout, done.stderr.decode()


@pytest.fixture
def unloaded() -> Iterator[None]:
    """A process that has not loaded the engine yet."""
    loaded = ocr.engine()
    ocr.engine.cache_clear()
    yield
    ocr.engine.cache_clear()
    assert loaded


@pytest.mark.usefixtures("unloaded")
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ocr.MODELS, "Rec", "elsewhere.onnx")
    with pytest.raises(ocr.EngineMissing, match=r"elsewhere\.onnx"):
        ocr.recognise(saved(drawn(), "PNG"))
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(ocr.EngineMissing, match="rapidocr"):
        ocr.recognise(saved(drawn(), "PNG"))


# --- PDFs --------------------------------------------------------------------------------------------------------


def printed(turned: int = 0) -> bytes:
    """The receipt as a PDF with text, of two pages; perhaps drawn sideways on a page that is shown turned."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=SIZE[::-1] if turned else SIZE)
    if turned:
        canvas.translate(SIZE[1], 0)
        canvas.rotate(90)
    canvas.setFont("Courier", 30)
    for number, row in enumerate(ROWS):
        for text, across in zip(row, (NAMES, AMOUNTS), strict=True):
            canvas.drawString(across, SIZE[1] - 70 - 70 * number, text)
    canvas.showPage()
    canvas.drawString(40, 40, "Thank you for shopping at our office, and come again soon, please")
    canvas.save()
    with pypdfium2.PdfDocument(file.getvalue()) as document:
        document[0].set_rotation(turned)
        turned_file = BytesIO()
        document.save(turned_file)
    return turned_file.getvalue()


@pytest.mark.parametrize("turned", [0, 90])
def test_a_pdfs_own_text_is_taken_as_it_is(turned: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "engine", None)  # nobody needs it
    pages = pdf_pages.read(printed(turned))
    assert [page.source for page in pages] == ["text", "text"]
    assert_is_the_receipt(pages[0])
    assert (pages[0].width, pages[0].height) == SIZE
    assert [line.text for line in pages[1].lines] == [
        "Thank you for shopping at our office, and come again soon, please"
    ]


def test_a_scanned_page_is_read_as_a_picture() -> None:
    (page,) = pdf_pages.read(saved(drawn(), "PDF", resolution=150))
    assert page.source == "ocr"
    assert page.width == pytest.approx(SIZE[0] / 150 * 72, abs=1), "points, as those of text"
    assert_is_the_receipt(page)


def test_no_more_than_twenty_pages_are_read() -> None:
    file = BytesIO()
    canvas = Canvas(file)
    for number in range(30):
        canvas.drawString(40, 400, f"Page {number} of a document that somebody wrote for the tests of pages")
        canvas.showPage()
    canvas.save()
    pages = pdf_pages.read(file.getvalue())
    assert [page.lines[0].text.split()[1] for page in pages] == [str(number) for number in range(20)]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nrubbish", printed()[:300]])
def test_what_is_no_pdf_says_so(content: bytes) -> None:
    with pytest.raises(ocr.Undecodable, match="PDF can't be read"):
        pdf_pages.read(content)


def test_a_page_that_takes_too_much_to_draw_ends_the_document() -> None:
    """Its drawing runs for hours, and no signal gets through to what draws it."""
    begun = time.monotonic()
    assert [page.lines for page in pdf_pages.read(files.drawing_bomb())] == [()], "the page before it"
    with pytest.raises(ocr.Undecodable, match="takes too much"):
        pdf_pages.read(files.drawing_bomb(blank=False))
    assert time.monotonic() - begun < 40, "a few seconds of a processor each, however busy that is"


def test_no_more_text_is_read_than_any_document_needs() -> None:
    file = BytesIO()
    canvas = Canvas(file)
    for page in range(6):
        for row in range(80):
            for column in range(8):
                canvas.drawString(20 + 70 * column, 10 + 10 * row, f"{page}-{row}")
        canvas.showPage()
    canvas.drawString(0, 400, "x" * 1000)
    canvas.save()
    pages = pdf_pages.read(file.getvalue())
    assert [len(page.lines) for page in pages] == [640] * 4 + [440, 0, 0]
    canvas = Canvas(file := BytesIO())
    canvas.setFont("Helvetica", 2)
    for row in range(400):
        canvas.drawString(0, 800 - 2 * row, "x" * 300)
    canvas.save()
    (page,) = pdf_pages.read(file.getvalue())
    assert max(len(line.text) for line in page.lines) == 200


@pytest.mark.slow
def test_reading_gives_way_to_everything_else(reading_worker: Worker) -> None:
    own = psutil.Process().nice()
    (process,) = psutil.Process(reading_worker.popen.pid).children()
    assert process.nice() == min(own + 10, 19)
