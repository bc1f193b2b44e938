"""The monthly report as a PDF, read as a reader program reads it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings, strategies
from PIL import Image, ImageChops
from reportlab.lib.pagesizes import A4

from app.analytics.rendering import contents, fonts, painting, pdf
from app.analytics.rendering.figures import Figure, Label
from app.core.amounts import amount
from tests.analytics import answers, pages
from tests.tools import font

Document = dict[str, Any]
CASES = answers.cases()
MARGIN = 20


@pytest.fixture(autouse=True)
def installed_fonts() -> None:
    font("noto/NotoSansDevanagari-Regular.ttf", "fonts-noto-core")
    font("droid/DroidSansFallbackFull.ttf", "fonts-droid-fallback")
    font("nanum/NanumGothic.ttf", "fonts-nanum")


def figures_of(report: Document) -> list[str]:
    """All amounts of a report as it has to write them."""
    currency = report["currency"]
    own = [report[name] for name in ("income", "expenses", "refunds", "spend", "net")]
    own += [report["comparison"][name] for name in ("income", "expenses", "refunds", "spend", "net")]
    own += [row["total"] for row in (*report["by_category"], *report["by_day"]) if row["total"]]
    own += [row["amount"] for row in report["top_transactions"]]
    theirs = [
        (budget[name], budget["currency"])
        for budget in report["budgets"]
        for name in ("limit", "current_spend", "remaining")
    ]
    theirs += [(row[name], row["currency"]) for row in report["unconverted"] for name in ("total", "income")]
    return [amount(value, code) for value, code in ((*((value, currency) for value in own), *theirs))]


@pytest.mark.parametrize("case", CASES)
def test_every_figure_can_be_read_and_nothing_lies_outside_or_over_anything_else(case: str) -> None:
    report = CASES[case]
    made = pdf.monthly_report(report)
    text = pages.text(made)
    missing = [figure for figure in figures_of(report) if figure.replace("\u00a0", " ") not in text]
    assert not missing
    assert pages.sizes(made) == {(round(A4[0]), round(A4[1]))}
    found = pages.pieces(made)
    assert min(piece.left for piece in found) > MARGIN
    assert max(piece.right for piece in found) < A4[0] - MARGIN
    assert min(piece.bottom for piece in found) > MARGIN
    assert max(piece.top for piece in found) < A4[1] - MARGIN
    assert pages.overlapping(found) == []
    assert len(made) < 100_000


def test_text_over_other_text_would_be_found() -> None:
    figure = Figure(200, 100, "", "", [Label(10, 50, "One thing"), Label(90, 20, "Else"), Label(14, 54, "Another")])
    assert pages.overlapping(pages.pieces(painting.page(figure))) != []


def test_the_same_report_is_the_same_bytes() -> None:
    """Whatever was drawn in between: shaped letters leave traces in ReportLab's fonts."""
    first = pdf.monthly_report(CASES["odd names"])
    pdf.monthly_report(answers.report(top_transactions=[answers.expense(merchant="क्षत्रिय ज्ञान श्री தமிழ்நாடு مدرسة")]))
    assert pdf.monthly_report(CASES["odd names"]) == first


def test_an_empty_month_says_so_and_has_no_charts() -> None:
    made = pdf.monthly_report(CASES["empty"])
    text = pages.text(made)
    assert "Nothing was recorded in February 2026." in text
    assert "Spending by day" not in text
    assert {piece.page for piece in pages.pieces(made)} == {0}


def test_refunds_beyond_expenses_are_told_as_such() -> None:
    assert "₹5,000.50 more came back than you spent in January 2026." in pages.text(
        pdf.monthly_report(CASES["refunded"])
    )


def test_long_tables_go_on_with_their_headings_on_numbered_pages() -> None:
    made = pdf.monthly_report(CASES["many currencies"])
    found = pages.pieces(made)
    count = found[-1].page + 1
    assert count > 3
    for page in range(count):
        texts = [piece.text for piece in found if piece.page == page]
        assert f"Page {page + 1} of {count}" in texts
        rows = [text for text in texts if re.fullmatch("[A-Z]{3}", text)]
        assert not rows or "Currency" in texts, page


def test_it_says_what_it_is_and_in_which_language() -> None:
    with pikepdf.open(BytesIO(pdf.monthly_report(CASES["usual"]))) as document:
        assert str(document.docinfo.Title) == "Monthly report, January 2026"
        assert str(document.Root.Lang) == "en"
        said = " ".join(str(value) for value in document.docinfo.values())
    assert "Purchase" not in said


def test_names_are_text_and_no_markup_and_end_with_an_ellipsis() -> None:
    with pikepdf.open(BytesIO(pdf.monthly_report(CASES["odd names"]))) as document:
        kinds = {str(thing.get("/S", "")) for thing in document.objects if isinstance(thing, pikepdf.Dictionary)}
        assert not kinds & {"/JavaScript", "/URI", "/Launch"}
    text = pages.text(pdf.monthly_report(CASES["odd names"]))
    assert "<script>alert(1)</script><img src=…" in text
    assert "A name that goes on and on, with every bran…" in text


def drawn(text: str, end: float = 290) -> Image.Image:
    """A line of text that ends there, as a picture in greys."""
    made = painting.page(Figure(300, 40, "", "", [Label(end, 25, text, 12, anchor="end")]))
    with pypdfium2.PdfDocument(made) as document:
        return document[0].render(scale=2, grayscale=True).to_pil()


def ink(picture: Image.Image) -> int:
    """How many dark pixels a picture has."""
    return sum(picture.histogram()[:128])


SCRIPTS = ("₹ € ¥ ₩ ₫ ₺ ₽ ฿", "किताब", "தமிழ்", "مطعم الشرق", "星巴克咖啡", "すしカフェ", "서울", "Ünï čřž Ω Я")


@pytest.mark.parametrize("text", SCRIPTS)
def test_letters_of_many_scripts_are_drawn(text: str) -> None:
    assert fonts.REPLACEMENT not in "".join(run.text for run in fonts.runs(text))
    assert ink(drawn(text)) > 50


def test_arabic_is_joined_and_runs_from_the_right() -> None:
    first = drawn("مطعم")
    box = ImageChops.invert(first).getbbox()
    assert box
    assert all(ink(first.crop((column, 0, column + 1, first.height))) for column in range(box[0] + 2, box[2] - 2))
    assert drawn("مطعم الشرق").crop(box).tobytes() == first.crop(box).tobytes()


def test_what_no_font_has_is_seen_as_missing_and_never_breaks() -> None:
    text = "".join(run.text for run in fonts.runs("Pizza 🍕 \x00\u202e\ud800 🍔🍟"))
    assert text == f"Pizza {fonts.REPLACEMENT} {fonts.REPLACEMENT * 2}"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A host that has none of the fonts but those that come along with ReportLab."""

    def forget() -> None:
        for thing in vars(fonts).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()

    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    forget()
    yield
    forget()


@pytest.mark.usefixtures("bare")
def test_without_fonts_signs_become_codes_and_letters_marks() -> None:
    assert "INR 50,220.00" in pages.text(pdf.monthly_report(CASES["usual"]))
    assert pages.overlapping(pages.pieces(pdf.monthly_report(CASES["odd names"]))) == []
    assert "".join(run.text for run in fonts.runs("किताब")) == "?????"


@settings(max_examples=10, deadline=None)
@given(text=strategies.text(max_size=60), room=strategies.integers(20, 300))
def test_any_text_keeps_to_its_room(text: str, room: int) -> None:
    with fonts.drawing:
        assert fonts.width(fonts.fitted(text, 9, room), 9) <= room


def test_the_summary_compares() -> None:
    before = answers.comparison()
    same = answers.report(comparison={**before, "change_pct": 0})
    less = answers.report(comparison={**before, "change_pct": -12.34})
    hardly = answers.report(comparison={**before, "change_pct": 0.04})
    assert contents.summary(hardly).endswith("as much as in December 2025.")
    assert contents.summary(same).endswith("as much as in December 2025.")
    assert contents.summary(less).endswith("12.3% less than in December 2025.")
