"""Analytics as charts and documents, over HTTP."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from flask import Flask
from lxml import html
from PIL import Image
from werkzeug.test import TestResponse

from app.core import caching
from tests.accounts import at_once
from tests.analytics import pages
from tests.factories import Person, data, fields_at_fault

ANALYTICS = "/api/analytics/"
TRENDS, CATEGORIES, REPORT = (
    f"{ANALYTICS}{name}" for name in ("spending-trends", "category-insights", "monthly-reports")
)
MERCHANT = "<b>किताब</b> & मिठाई"
MONTH = "2026-01"
FORMATS = [
    (TRENDS, "svg", "image/svg+xml"),
    (TRENDS, "png", "image/png"),
    (CATEGORIES, "svg", "image/svg+xml"),
    (CATEGORIES, "png", "image/png"),
    (REPORT, "pdf", "application/pdf"),
    (REPORT, "html", "text/html"),
]


@pytest.fixture
def spender(person: Person, stranger: Person) -> Person:
    """Somebody who spent this January, beside somebody who spent more."""
    person.spend(1234.5, merchant=MERCHANT, date="2026-01-05")
    person.spend(20, currency="USD", date="2026-01-06")
    stranger.spend(987654, category="Travel", date="2026-01-05")
    return person


def ask(person: Person, path: str, form: str) -> TestResponse:
    period = {"start_date": f"{MONTH}-01", "end_date": f"{MONTH}-31"} if path == CATEGORIES else {}
    return person.get(path, format=form, **period, **({"month": MONTH} if path == REPORT else {}))


@pytest.mark.parametrize(("path", "form", "media_type"), FORMATS)
def test_files_say_what_they_are_and_run_nothing(spender: Person, path: str, form: str, media_type: str) -> None:
    answer = ask(spender, path, form)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'; sandbox")
    assert ("style-src 'unsafe-inline'" in policy) == (form == "html")
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment" if form == "pdf" else "inline")
    assert named.endswith(f'.{form}"')
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("path", "form", "media_type"), FORMATS)
def test_files_are_kept_like_figures_until_something_changes(
    spender: Person, path: str, form: str, media_type: str
) -> None:
    first, again = ask(spender, path, form), ask(spender, path, form)
    assert again.data == first.data
    for name in ("Content-Type", "Content-Disposition", "Content-Security-Policy", "ETag"):
        assert again.headers[name] == first.headers[name]
    figures = ask(spender, path, "json")
    assert (figures.mimetype, figures.headers["ETag"] != first.headers["ETag"]) == ("application/json", True)
    if path != TRENDS:
        spender.spend(100, date="2026-01-07")
        assert ask(spender, path, form).data != first.data


def test_a_report_as_pages_has_the_figures_of_the_answer(spender: Person) -> None:
    figures = data(ask(spender, REPORT, "json"))
    text = pages.text(ask(spender, REPORT, "pdf").data)
    assert figures["spend"] == 1234.5
    assert text.count("₹1,234.50") >= 4
    assert "$20.00" in text
    assert "987,654" not in text
    assert "9,87,654" not in text
    assert "<b>" in text


def test_a_report_as_html_shows_names_as_text(spender: Person) -> None:
    page = html.fromstring(ask(spender, REPORT, "html").data)
    assert MERCHANT in page.text_content()
    assert page.xpath("//b") == []


def test_charts_have_the_figures_of_the_answer(spender: Person) -> None:
    root = ElementTree.fromstring(ask(spender, CATEGORIES, "svg").data)  # noqa: S314 -- our own
    told = " ".join("".join(root.itertext()).split())
    assert "₹1,234.50 · 100.0%" in told
    assert "Not included: $20.00" in told
    with Image.open(BytesIO(ask(spender, CATEGORIES, "png").data)) as picture:
        assert picture.width == 1600


def test_many_at_once_get_what_each_asked_for(spender: Person) -> None:
    """Fonts and pdfium are one for all threads of a process."""
    asked = [(REPORT, "pdf"), (CATEGORIES, "png"), (TRENDS, "png"), (REPORT, "pdf")] * 2
    alone = ask(spender, REPORT, "pdf").data
    caching.kept.clear()
    answers = at_once(len(asked), lambda place: ask(spender, *asked[place]))
    assert [answer.status_code for answer in answers] == [200] * len(asked)
    assert {answer.data for answer, (_, form) in zip(answers, asked, strict=True) if form == "pdf"} == {alone}
    assert len({answer.data for answer in answers}) == 3


@pytest.mark.parametrize("path", [TRENDS, CATEGORIES, REPORT])
def test_other_formats_are_refused_by_name(person: Person, path: str) -> None:
    answer = person.get(path, format="bmp")
    assert answer.status_code == 422
    assert fields_at_fault(answer) == [["query", "format"]]
    assert person.get(path, format="").mimetype == "application/json"


def test_the_document_names_the_formats(app: Flask) -> None:
    document = app.test_client().get("/api/apispec.json").get_json()
    for path, form, media_type in FORMATS:
        operation = document["paths"][path]["get"]
        content = operation["responses"]["200"]["content"]
        assert content[media_type] == {"schema": {"type": "string", "format": "binary"}}
        assert content["application/json"]["schema"]["properties"]["status"] == {"const": "success"}
        (parameter,) = (entry for entry in operation["parameters"] if entry["name"] == "format")
        assert form in parameter["schema"]["enum"]
