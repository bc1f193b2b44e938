"""Lines with boxes to rows."""

import math

import pytest

from app.services.receipt_parser import rows
from app.services.receipt_parser.types import Line, Page
from tests.receipt_parser.layout import page

SHOP = ["KORNER CORNER", "12 Mill Lane", ("Tea", "2.40"), ("2", "Scones", "5.00"), ("TOTAL", "7.40")]
READ = ["KORNER CORNER", "12 Mill Lane", "Tea 2.40", "2 Scones 5.00", "TOTAL 7.40"]


@pytest.mark.parametrize("lean", [0.0, 0.05, -0.12, 0.25])
def test_rows_come_top_down_and_left_to_right_however_the_photo_was_held(lean: float) -> None:
    shop = page(SHOP, lean=lean)
    mixed = Page(tuple(sorted(shop.lines, key=lambda line: line.text)), shop.width, shop.height)
    found = rows.group(mixed)
    assert [row.text for row in found] == READ
    assert [row.index for row in found] == [0, 1, 2, 3, 4]
    assert found[2].cells[0].right < found[2].cells[1].left
    assert found[0].height == pytest.approx(19.2, rel=0.02)


def test_the_rows_of_several_pages_are_counted_through() -> None:
    found = rows.read([page(SHOP), page(["Page two"])])
    assert [(row.page, row.index) for row in found][-2:] == [(0, 4), (1, 5)]


def test_control_characters_and_boundless_lines_are_cut() -> None:
    (row,) = rows.group(page(["a\x00b\u202ec\n d" + "x" * 10_000]))
    assert row.text.startswith("a b c dxxx")
    assert len(row.text) == rows.LONGEST_LINE


def test_boxes_without_sense_do_no_harm() -> None:
    nowhere = ((math.nan, 0.0), (1.0, 0.0), (1.0, math.inf), (0.0, 1.0))
    point = ((5.0, 5.0),) * 4
    lines = (Line("lost", nowhere), Line("dot", point), Line(" ", point), Line("dot", point))  # type: ignore[arg-type]
    assert [row.text for row in rows.group(Page(lines, 10, 10))] == ["dot", "dot"]


def test_no_more_lines_are_read_than_a_document_has() -> None:
    many = page([("a", "b")] * 1_500)
    assert sum(len(row.cells) for row in rows.read([many, many])) == rows.MOST_LINES


def test_no_more_text_is_read_than_a_document_has() -> None:
    found = rows.read([page(["x" * 2_000] * 300), page(["x" * 300] * 300)])
    assert sum(len(row.text) for row in found) == rows.MOST_LETTERS // rows.LONGEST_LINE * rows.LONGEST_LINE
