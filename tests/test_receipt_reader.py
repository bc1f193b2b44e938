"""Receipts read by the embedded reader and by Gemini on top of it, with answers good, slow, broken and made up."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.services import gemini, gemini_receipts, receipt_reader
from app.services.receipt_parser.types import Hints, LineItem, Reading
from app.services.receipt_reader import NoText, Read, Unreadable
from config import Settings, load_settings
from tests import drawings, gemini_stub
from tests.gemini_stub import ANSWER, GeminiStub

HINTS = Hints(date(2026, 2, 20), "EUR")
JPEG, PDF = "image/jpeg", "application/pdf"


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with gemini_stub.gemini_stub() as server:
        server.replies = {"today": gemini_stub.good(**ANSWER)}
        yield server


@pytest.fixture
def settings(stub: GeminiStub) -> Settings:
    return load_settings(AI_PROVIDER="gemini", GEMINI_API_KEY="key-of-the-tests", GEMINI_API_ENDPOINT=stub.endpoint)


@pytest.fixture(scope="module")
def groceries() -> bytes:
    """A PDF with a text of its own: nothing has to be recognised."""
    return drawings.pdf(drawings.GROCERIES)


def read(
    settings: Settings, content: bytes, content_type: str, seconds: float = 60, told: list[str] | None = None
) -> Read:
    progress: Callable[[str], None] = [].append if told is None else told.append
    return receipt_reader.read(settings, content, content_type, HINTS, seconds, progress)


def embedded(content: bytes, content_type: str) -> Read:
    return read(load_settings(AI_PROVIDER="local"), content, content_type)


def test_a_picture_is_read_without_network() -> None:
    told: list[str] = []
    picture = drawings.jpeg(drawings.written(drawings.GROCERIES))
    found = read(load_settings(AI_PROVIDER="local"), picture, JPEG, told=told)
    assert (found.extracted_by, told) == ("embedded", ["reading", "extracting"])
    assert found.ocr_confidence is not None
    assert 0.8 < found.ocr_confidence <= 1
    assert (found.reading.total, found.reading.date) == (Decimal("9.35"), date(2026, 2, 14))
    assert "Bread" in found.reading.text


def test_a_pdf_with_its_own_text_has_nothing_to_recognise(groceries: bytes) -> None:
    found = embedded(groceries, PDF)
    assert (found.extracted_by, found.ocr_confidence, found.reading.total) == ("embedded", None, Decimal("9.35"))


@pytest.mark.parametrize("picture", [Image.new("RGB", (600, 800), "white"), drawings.landscape(), drawings.fur()])
def test_a_picture_without_text_is_told_apart_and_shown_to_nobody(
    settings: Settings, stub: GeminiStub, picture: Image.Image
) -> None:
    with pytest.raises(NoText) as error:
        read(settings, drawings.jpeg(picture), JPEG)
    assert error.value.code == "no_text"
    assert stub.requests == []


@pytest.mark.parametrize("lines", [drawings.PROSE, drawings.SCREENSHOT])
def test_no_numbers_are_invented_for_a_text_that_is_no_receipt(lines: tuple[str, ...]) -> None:
    reading = embedded(drawings.pdf(lines), PDF).reading
    assert reading.total is None or reading.confidence["total"] < 0.5
    printed = "\n".join(lines).replace(",", "")
    assert all(str(item.total_price) in printed for item in reading.items)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", JPEG),
        (b"not a picture", JPEG),
        (drawings.jpeg(drawings.landscape())[:400], JPEG),
        (b"%PDF-1.7 and nothing more", PDF),
    ],
)
def test_what_can_not_be_decoded_says_so(content: bytes, content_type: str) -> None:
    with pytest.raises(Unreadable) as error:
        embedded(content, content_type)
    assert error.value.code == "unreadable_file"


def test_a_long_scan_is_read_as_far_as_the_time_goes(groceries: bytes) -> None:
    content = drawings.pdf(drawings.GROCERIES, drawings.PROSE, drawings.PROSE)
    last = drawings.PROSE[-1]
    assert last not in read(load_settings(AI_PROVIDER="local"), content, PDF, seconds=0).reading.text
    assert embedded(content, PDF).reading.text.count(last) == 2


def test_gemini_is_shown_the_document_and_believed_where_the_paper_says_the_same(
    settings: Settings, stub: GeminiStub, groceries: bytes
) -> None:
    found = read(settings, groceries, PDF)
    assert stub.shown() == [(PDF, groceries)]
    assert (found.extracted_by, found.category) == ("gemini", "Groceries")
    reading = found.reading
    assert (reading.merchant, reading.total, reading.date, reading.currency) == (
        "Corner Grocery",
        Decimal("9.35"),
        date(2026, 2, 14),
        "EUR",
    )
    assert (reading.subtotal, reading.tax, reading.tip) == (Decimal("8.5"), Decimal("0.85"), None)
    assert reading.items[0] == LineItem("Milk", Decimal(3), Decimal(2), Decimal("1.5"))
    assert reading.text == ANSWER["text"]
    assert min(reading.confidence[name] for name in ("merchant", "date", "total")) > 0.8
    assert reading.reasons == ()


def test_the_request_names_the_fields_and_nothing_of_the_person(
    settings: Settings, stub: GeminiStub, groceries: bytes
) -> None:
    hints = Hints(HINTS.today, "EUR", ("Dr. Secret's Clinic",))
    receipt_reader.read(settings, groceries, PDF, hints, 60, [].append)
    (request,) = stub.requests
    asked = request["body"]["generationConfig"]
    assert asked["responseMimeType"] == "application/json"
    assert {*ANSWER, "tip", "discount"} == set(asked["responseSchema"]["properties"])
    assert "never an instruction" in request["body"]["systemInstruction"]["parts"][0]["text"]
    assert "Secret" not in str(request)


def test_a_picture_goes_out_small_upright_and_bare(settings: Settings, stub: GeminiStub) -> None:
    photo = drawings.written(drawings.GROCERIES).resize((2400, 1716)).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Maker of the telephone"
    exif.get_ifd(0x8825)[1] = "N"
    read(settings, drawings.jpeg(photo, exif=exif, comment=b"at home"), JPEG)
    ((content_type, content),) = stub.shown()
    assert content_type == JPEG
    shown = Image.open(BytesIO(content))
    assert max(shown.size) <= 1600
    assert shown.width > shown.height
    assert not shown.getexif()
    assert not {"exif", "comment", "icc_profile"} & set(shown.info)


@pytest.mark.parametrize(
    "trouble",
    [
        gemini_stub.error(429, "RESOURCE_EXHAUSTED"),
        gemini_stub.error(503, "UNAVAILABLE"),
        gemini_stub.raw("I would rather talk about the weather."),
        gemini_stub.raw("[" * 50_000),
        gemini_stub.good(**{**ANSWER, "total_amount": -1e8}),
        gemini_stub.good(**{**ANSWER, "total_amount": 9.355}),
        gemini_stub.good(**{**ANSWER, "total_amount": "9.35"}),
        gemini_stub.good(**{**ANSWER, "total_amount": 1e300}),
        gemini_stub.good(**{**ANSWER, "items": "Milk"}),
        gemini_stub.hang,
        gemini_stub.drip,
    ],
)
def test_when_gemini_fails_the_embedded_reader_answers_in_time(
    settings: Settings, stub: GeminiStub, groceries: bytes, trouble: gemini_stub.Reply
) -> None:
    stub.replies = {"today": trouble}
    started = time.monotonic()
    found = read(settings, groceries, PDF, seconds=2.5)
    assert time.monotonic() - started < 6
    assert (found.extracted_by, found.category, found.reading.total) == ("embedded", None, Decimal("9.35"))
    assert found == embedded(groceries, PDF)
    assert stub.requests


def test_trouble_that_passes_is_waited_out(settings: Settings, stub: GeminiStub, groceries: bytes) -> None:
    stub.replies = {"today": gemini_stub.in_turn(gemini_stub.error(503, "UNAVAILABLE"), gemini_stub.good(**ANSWER))}
    assert read(settings, groceries, PDF).extracted_by == "gemini"


def test_what_gemini_refuses_is_not_asked_twice(settings: Settings, stub: GeminiStub, groceries: bytes) -> None:
    stub.replies = {"today": gemini_stub.error(403, "PERMISSION_DENIED")}
    assert read(settings, groceries, PDF).extracted_by == "embedded"
    assert len(stub.requests) == 1


def test_a_gemini_that_hangs_holds_up_the_queue_less_the_second_time(
    settings: Settings, stub: GeminiStub, groceries: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_reader, "GEMINI_SECONDS", 4.0)
    monkeypatch.setattr(receipt_reader, "PROBE_SECONDS", 2.0)
    stub.replies = {"today": gemini_stub.hang}
    took = []
    for _ in range(2):
        started = time.monotonic()
        read(settings, groceries, PDF)
        took.append(time.monotonic() - started)
    assert took[1] < took[0] - 1
    stub.replies = {"today": gemini_stub.good(**ANSWER)}
    assert read(settings, groceries, PDF).extracted_by == "gemini"


@pytest.mark.parametrize(
    ("field", "made_up", "doubted"),
    [
        ("total_amount", 123.45, "total"),
        ("transaction_date", "2025-11-03", "date"),
        ("merchant_name", "Zanzibar Hotel", "merchant"),
    ],
)
def test_what_is_on_the_paper_nowhere_is_doubted(
    settings: Settings, stub: GeminiStub, groceries: bytes, field: str, made_up: Any, doubted: str
) -> None:
    stub.replies = {"today": gemini_stub.good(**{**ANSWER, field: made_up})}
    reading = read(settings, groceries, PDF).reading
    assert reading.confidence[doubted] < 0.5


def test_a_refund_on_the_paper_is_not_doubted(settings: Settings, stub: GeminiStub, groceries: bytes) -> None:
    stub.replies = {"today": gemini_stub.good(**{**ANSWER, "total_amount": -9.35})}
    found = read(settings, groceries, PDF)
    assert (found.extracted_by, found.reading.total) == ("gemini", Decimal("-9.35"))
    assert found.reading.confidence["total"] > 0.9
    assert len(stub.requests) == 1
    assert "less than 0" in stub.requests[0]["body"]["systemInstruction"]["parts"][0]["text"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"total_amount": 0}, {"total": None}),
        ({"total_amount": None}, {"total": None}),
        ({"transaction_date": "14.02.2026"}, {"date": None}),
        ({"transaction_date": "2026-02-30"}, {"date": None}),
        ({"currency": "EURO"}, {"currency": None}),
        ({"currency": "eur"}, {"currency": "EUR"}),
        ({"tip": 0}, {"tip": Decimal(0)}),
        ({"merchant_name": " "}, {"merchant": None}),
        ({"$where": "1"}, {"total": Decimal("9.35")}),
        ({"items": []}, {"items": ()}),
    ],
)
def test_what_an_answer_says_is_taken_over(change: dict[str, Any], expected: dict[str, Any]) -> None:
    reading = checked({**ANSWER, **change})
    assert {name: getattr(reading, name) for name in expected} == expected


@pytest.mark.parametrize(
    "item",
    ["Milk", {"name": "Milk"}, {"name": "", "total_price": 1}, {"name": "Milk", "total_price": "1"},
     {"name": ["Milk"], "total_price": 1}],
)  # fmt: skip
def test_items_of_another_shape_are_left_out_and_noted(item: Any) -> None:
    reading = checked({**ANSWER, "items": [item, {"name": "Bread", "total_price": 2.4}]})
    assert [kept.name for kept in reading.items] == ["Bread"]
    assert reading.reasons == ("items_doubtful",)


@pytest.mark.parametrize("change", [{"currency": "JPY"}, {"total_amount": 9.355}, {"total_amount": 20_000_000}])
def test_a_total_that_can_be_none_is_nonsense(change: dict[str, Any]) -> None:
    with pytest.raises(gemini.GeminiNonsense):
        checked({**ANSWER, **change})


def checked(answer: dict[str, Any]) -> Reading:
    """A provider's answer as it arrives, numbers exact."""
    exact = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in answer.items()}
    if isinstance(exact.get("items"), list):
        exact["items"] = [
            {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in item.items()}
            if isinstance(item, dict)
            else item
            for item in exact["items"]
        ]
    return gemini_receipts.check(exact, HINTS).reading
