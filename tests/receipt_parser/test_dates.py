"""Days as tills, countries and OCR engines write them."""

import datetime
import time

import pytest

from app.services.receipt_parser import dates

TODAY = datetime.date(2024, 6, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date: 25/12/2018 8:13 PM", "2018-12-25"),
        ("25/12/20188:13", "2018-12-25"),
        ("08/0272010 17:43", "2010-02-08"),
        ("1O/O3/2O18", "2018-03-10"),
        ("12/25/18", "2018-12-25"),
        ("25.12.18", "2018-12-25"),
        ("2018-12-25T10:00", "2018-12-25"),
        ("2018/3/5", "2018-03-05"),
        ("20180325", "2018-03-25"),
        ("22 05 2018", "2018-05-22"),
        ("15 / 03 / 2018", "2018-03-15"),
        ("Tuesday,March27th2018", "2018-03-27"),
        ("Mar27'18", "2018-03-27"),
        ("Ju1 04, 2018", "2018-07-04"),
        ("27. März 2018", "2018-03-27"),
        ("1er août 2019", "2019-08-01"),
        ("12 maart 2015", "2015-03-12"),
        ("03-Dez-98", "1998-12-03"),
    ],
)
def test_days_are_found_as_they_are_written(text: str, expected: str) -> None:
    assert [str(day.date) for day in dates.find(text, "day first", TODAY)] == [expected]


@pytest.mark.parametrize(
    "text", ["31/02/2018", "05/06/2030", "01/01/1985", "12:50", "10.50 12.00", "1 2 15", "INV 12/34/567", "March 2018"]
)
def test_what_is_no_plausible_day_is_none(text: str) -> None:
    assert dates.find(text, "day first", TODAY) == []


def test_the_order_decides_what_can_be_read_both_ways() -> None:
    (day_first,) = dates.find("03/04/2021", "day first", TODAY)
    (month_first,) = dates.find("03/04/2021", "month first", TODAY)
    assert (day_first.date, day_first.other) == (month_first.other, month_first.date)
    assert str(month_first.date) == "2021-03-04"


def test_tomorrow_is_plausible_and_the_day_after_is_not() -> None:
    assert dates.find("02/06/2024", "day first", TODAY)[0].date == datetime.date(2024, 6, 2)
    assert dates.find("03/06/2024", "day first", TODAY)[0].date == datetime.date(2024, 3, 6)


def test_days_with_one_meaning_tell_the_order_of_the_others() -> None:
    assert dates.orders_seen(["03/04/2021", "04/25/2021"], TODAY) == {"month first"}


@pytest.mark.parametrize("hostile", ["1/" * 150, "1 " * 150, "mar" * 100, "1st of " * 40, "jan " * 75, "2018" * 75])
def test_no_line_takes_long(hostile: str) -> None:
    started = time.perf_counter()
    dates.find(hostile, "day first", TODAY)
    assert time.perf_counter() - started < 0.1
