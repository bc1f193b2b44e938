"""The monthly report as a mail, read as mail programs read it."""

import re

import pytest
from lxml import html

from app.analytics.rendering import mail
from app.core.amounts import amount
from tests.analytics import answers

CASES = answers.cases()
CLIPPED = 102_000  # bytes, from which Gmail shows the rest behind a link
# https://www.caniemail.com: what is left out by one of the large programs, or blocked until asked for.
REFUSED = "//script|//style|//link|//img|//svg|//form|//iframe|//object|//video|//base|//@background|//@class"


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_table_is_in_both_parts(case: str) -> None:
    report = CASES[case]
    made = mail.monthly_report(report)
    read = words(html.fromstring(made.html).text_content())
    for row in report["by_category"]:
        figure = words(amount(row["total"], report["currency"]))
        assert figure in read
        assert figure in words(made.text)
    for heading in ("Compared with the month before", "Categories", "Budgets", "Largest expenses", "Day by day"):
        assert heading in read
        assert heading in made.text
    assert ("In other currencies" in read) == bool(report["unconverted"])


def test_nothing_is_needed_but_tables_and_inline_styles(case: str) -> None:
    made = mail.monthly_report(CASES[case])
    page = html.fromstring(made.html)
    assert page.xpath(REFUSED) == []
    assert not [name for element in page.iter() for name in element.attrib if name.startswith(("on", "href", "src"))]
    assert not re.search(r"url\(|@import|@font-face|position:|float:|display:(flex|grid)", made.html)
    assert len(made.html.encode()) < CLIPPED


def test_each_text_has_a_colour_beside_its_own_background() -> None:
    page = html.fromstring(mail.monthly_report(CASES["usual"]).html)
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    cells = [cell for cell in page.xpath("//td | //th") if cell.text and cell.text.strip() and cell.text != "\xa0"]
    assert len(cells) > 100
    assert all(re.search(r"[^-]color:#", cell.get("style")) for cell in cells)
    assert all("background-color:#" in cell.get("style") for cell in cells)


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    report = answers.report()
    rows = [{**row, "total": total} for row, total in zip(report["by_category"], (200, 100, -50), strict=False)]
    page = html.fromstring(mail.monthly_report({**report, "by_category": rows}).html)
    assert page.xpath("//td[@height='6']/@width") == ["100%", "50%"]


def test_hostile_names_are_shown_and_do_nothing() -> None:
    made = mail.monthly_report(CASES["odd names"])
    page = html.fromstring(made.html)
    assert page.xpath("//script | //img | //*[@onerror]") == []
    assert '<script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt; {{7*7}}' in page.text_content()
    for part in made:
        assert not set("\x00\x1b\u202e") & set(part)
        part.encode()
    assert "\n" not in made.subject


def test_names_take_a_line_each_and_no_more() -> None:
    name = "Shop\r\nSubject: paid\r\n\r\n" + "x" * 500
    made = mail.monthly_report(answers.report(top_transactions=[answers.expense(merchant=name)]))
    assert "Shop Subject: paid xxx" in made.text
    assert "x" * 100 not in made.text + made.html


def test_an_empty_month_says_so() -> None:
    made = mail.monthly_report(CASES["empty"])
    assert "Nothing was recorded in February 2026." in made.text
    assert "No budgets for this month." in html.fromstring(made.html).text_content()
    assert made.subject == "Your FinSight report for February 2026"
