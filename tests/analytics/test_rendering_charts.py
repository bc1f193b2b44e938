"""Charts as SVG, read as XML, and as PNG, looked at."""

import re
from functools import partial
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.analytics.rendering import axes, charts, painting, svg
from app.analytics.rendering.figures import BACK, INK, MUTED, PAPER, SPENT, Box, Figure, Label, Rule
from tests.analytics import answers, pages

NAMESPACE = "{http://www.w3.org/2000/svg}"
REFUNDED = answers.insights(categories=[{**answers.insights()["categories"][0], "total": -4321.5, "share_pct": 0}])
HUGE = [{**row, "total": 10_000_000.0 * 500, "change_pct": 123456.7} for row in answers.insights()["categories"]]
MANY = [{"currency": code, "total": 1234567.5, "income": 0, "count": 1} for code in ("USD", "EUR", "JPY", "KWD") * 9]
NOTHING = {"months": [{"month": "2026-01", "total": 0, "count": 0}], "average": 0, "unconverted": []}
FIGURES = {
    "six months": charts.trends(answers.trends()),
    "five years": charts.trends(answers.trends(60, "KWD", unconverted=MANY)),
    "one empty month": charts.trends({**answers.trends(), **NOTHING}),
    "categories": charts.categories(answers.insights()),
    "no categories": charts.categories(answers.insights(categories=[], total=0, change_pct=None)),
    "a refund": charts.categories(REFUNDED),
    "huge": charts.categories(answers.insights(categories=HUGE)),
    "days": charts.days(answers.report()),
    "categories of a month": charts.month_categories(answers.report()),
}


@pytest.fixture(params=FIGURES)
def figure(request: pytest.FixtureRequest) -> Figure:
    return FIGURES[request.param]


def read(figure: Figure) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(figure))  # noqa: S314 -- our own


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it(figure: Figure) -> None:
    root = read(figure)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title description")
    title, description = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
    assert title is not None
    assert description is not None
    assert (title.get("id"), title.text) == ("title", figure.title)
    assert (description.get("id"), description.text or "") == ("description", figure.description.replace("\u00a0", " "))


def test_all_marks_are_within_the_picture(figure: Figure) -> None:
    for mark in figure.marks:
        if isinstance(mark, Box):
            assert 0 <= mark.x <= mark.x + mark.width <= figure.width
            assert 0 <= mark.y <= mark.y + mark.height <= figure.height
    found = pages.pieces(painting.page(figure))
    assert pages.overlapping(found) == []
    assert min(piece.left for piece in found) >= 0
    assert max(piece.right for piece in found) <= figure.width
    assert min(piece.bottom for piece in found) >= 0


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(mine - theirs) for mine, theirs in zip(one, other, strict=True))


def test_a_picture_is_a_png_of_that_size_with_something_on_it(figure: Figure) -> None:
    made = painting.png(figure)
    with Image.open(BytesIO(made)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (round(figure.width * 2), round(figure.height * 2))
        colours = picture.convert("RGB").getcolors(100)
    assert colours is not None
    painted = [colour for _, colour in colours]
    boxes = {mark.colour for mark in figure.marks if isinstance(mark, Box) and mark.width > 2 and mark.height > 2}
    for code in {PAPER, *boxes}:
        assert min(map(partial(distance, tuple(bytes.fromhex(code[1:]))), painted)) <= 4, code
    assert len(made) < 60_000


def texts(figure: Figure) -> list[str]:
    return [element.text or "" for element in read(figure).iter(f"{NAMESPACE}text")]


def test_columns_carry_months_and_amounts() -> None:
    shown = texts(FIGURES["six months"])
    assert {"Jan 21", "Jun 21", "₹20K", "₹59.6K", "₹40K"} <= set(shown)
    assert "On average ₹45,077.08 a month, the dashed line · rising by ₹2,500.50 a month" in shown
    tips = [element.text for element in read(FIGURES["six months"]).iter(f"{NAMESPACE}title")]
    assert "January 2021: ₹20,000.25" in tips


def test_many_columns_tell_the_largest_alone_and_leave_room_between_names() -> None:
    shown = texts(FIGURES["five years"])
    assert shown.count("KWD 67.5K") == 1
    assert 10 < len([text for text in shown if re.fullmatch("[A-Z][a-z]{2} [0-9]{2}", text)]) < 30


def test_bars_carry_amounts_shares_and_changes() -> None:
    shown = texts(FIGURES["categories"])
    assert {"Food & Dining", "₹12,006.00 · 15.4%", "+12.3%", "-45.6%", "–"} <= set(shown)
    assert "Spending by category, 1 January 2026 to 31 January 2026" in shown


def test_what_is_in_other_currencies_is_named_beside_the_chart() -> None:
    figure = charts.trends(answers.trends(unconverted=MANY[:2]))
    assert "Not included: $1,234,567.50, €1,234,567.50" in texts(figure)


def test_one_month_alone_needs_no_average_beside_it() -> None:
    shown = texts(FIGURES["one empty month"])
    assert "Spending by month, January 2026" in shown
    assert not [text for text in shown if "dashed" in text]
    assert not [mark for mark in FIGURES["one empty month"].marks if isinstance(mark, Rule) and mark.dashed]


def test_where_there_is_nothing_it_says_so() -> None:
    for name in ("one empty month", "no categories"):
        assert charts.NOTHING in texts(FIGURES[name])


def test_days_without_spending_have_no_column() -> None:
    report = answers.report()
    report["by_day"] = [{**day, "total": 0 if day["date"].endswith("5") else 1} for day in report["by_day"]]
    columns = [mark for mark in charts.days(report).marks if isinstance(mark, Box) and mark.colour != PAPER]
    assert len(columns) == 28
    assert {mark.colour for mark in columns} == {SPENT}


def test_what_came_back_points_the_other_way_in_another_colour() -> None:
    (bar,) = (mark for mark in FIGURES["a refund"].marks if isinstance(mark, Box))
    assert bar.colour == BACK
    (usual,) = {mark.colour for mark in FIGURES["categories"].marks if isinstance(mark, Box)}
    assert usual == SPENT


def test_hostile_names_stay_text() -> None:
    rows = [{**row, "category": answers.HOSTILE} for row in answers.insights()["categories"]]
    figure = charts.categories(answers.insights(categories=rows))
    root = read(figure)
    allowed = {f"{NAMESPACE}{tag}" for tag in ("svg", "title", "desc", "rect", "line", "text")}
    assert {element.tag for element in root.iter()} <= allowed
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith(("on", "href", "style")) or ":" in name]
    assert not set("\x00\x1b\u202e") & set("".join(root.itertext()))
    assert any(text.startswith("<script>") for text in texts(figure))


def luminance(code: str) -> float:
    """Relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = (part / 255 for part in bytes.fromhex(code[1:]))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_are_told_from_the_paper() -> None:
    """WCAG 2.2 asks for 4.5 for text and 3 for what is drawn."""
    assert all(contrast(colour, PAPER) >= 4.5 for colour in (INK, MUTED))
    assert all(contrast(colour, PAPER) >= 3 for colour in (SPENT, BACK))
    written = {mark.colour for figure in FIGURES.values() for mark in figure.marks if isinstance(mark, Label)}
    assert written == {INK, MUTED}


@pytest.mark.parametrize("values", [[0.0], [0.01], [1.0, -1.0], [-5.0], [1e13, 3.0], [999.99, 1000.01]])
def test_a_scale_has_zero_all_values_and_round_steps(values: list[float]) -> None:
    scale = axes.scale(values, 100, 0)
    assert float(scale.low) <= min(values)
    assert float(scale.high) >= max(values)
    assert 0 in scale.ticks()
    assert 2 <= len(scale.ticks()) <= 7
    assert scale.step.normalize().as_tuple().digits in ((1,), (2,), (5,))
    assert all(0 <= scale.at(value) <= 100 for value in values)
