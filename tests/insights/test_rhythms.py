"""Seasonality and trends, against sums that are added up here by themselves."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, permutations

import pytest
from bson import ObjectId

from app.insights import category_trends, rhythms
from app.transactions.ledger_service import Line
from tests.insights.generator import TODAY, year


def line(day: date, amount: int, kind: str = "expense", category: str = "Groceries") -> Line:
    return Line(ObjectId(), day, kind, amount, category, None, "something", datetime.combine(day, time(6), UTC))


def test_weekdays_and_days_of_the_month_add_up() -> None:
    lines = year(3).lines
    spent = [
        (one.local_date, one.amount if one.type == "expense" else -one.amount) for one in lines if one.type != "income"
    ]
    first, last = spent[0][0], spent[-1][0]
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    everyday = sum(amount for _, amount in spent) / len(days)
    for parts, number_of in (
        (rhythms.weekdays(rhythms.by_day(lines)), date.isoweekday),
        (rhythms.days_of_month(rhythms.by_day(lines)), lambda day: day.day),
    ):
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        for part in parts:
            of_part = [amount for day, amount in spent if number_of(day) == part.number]
            there = sum(number_of(day) == part.number for day in days)
            assert (part.total, part.count, part.days) == (sum(of_part), len(of_part), there)
            assert part.index == pytest.approx(sum(of_part) / there / everyday, abs=0.005)


def test_saturdays_that_cost_three_times_as_much() -> None:
    days = [date(2025, 9, 1) + timedelta(days=number) for number in range(70)]
    parts = rhythms.weekdays(rhythms.by_day([line(day, 300 if day.isoweekday() == 6 else 100) for day in days]))
    assert [part.index for part in parts] == [0.78] * 5 + [2.33, 0.78]


def test_seasons_rest_on_whole_years() -> None:
    months = [date(2023 + number // 12, number % 12 + 1, 5) for number in range(30)]
    spent = [line(month, 3_000 if month.month == 12 else 1_000) for month in months]
    seasons = rhythms.seasons(rhythms.by_day(spent), today=date(2025, 6, 20))
    assert [season.years for season in seasons] == [3] * 5 + [2] * 7
    assert [season.index for season in seasons] == [0.86] * 11 + [2.57]
    assert [season.average for season in seasons] == [1_000] * 11 + [3_000]


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        (date(2025, 3, 1), date(2025, 10, 2), range(3, 10)),
        (date(2025, 3, 20), date(2025, 10, 2), range(4, 10)),
        (date(2025, 9, 2), date(2025, 10, 2), range(9, 10)),
        (date(2025, 3, 1), date(2025, 7, 9), range(3, 8)),
        (date(2025, 9, 2), date(2026, 4, 1), range(9, 10)),
    ],
)
def test_only_months_that_are_over_and_were_entered_count(first: date, last: date, known: range) -> None:
    spent = rhythms.by_day([line(first + timedelta(days=ago), 100) for ago in range((last - first).days + 1)])
    seasons = rhythms.seasons(spent, today=date(2025, 10, 3))
    assert [season.month for season in seasons if season.years] == list(known)
    assert sum(season.index is not None for season in seasons) == (len(known) if len(known) >= 6 else 0)


@pytest.mark.parametrize("lines", [[], [line(TODAY, 5)], [line(TODAY, 5, "refund")], [line(TODAY, 5, "income")]])
def test_one_day_or_none_is_no_pattern(lines: list[Line]) -> None:
    assert len(rhythms.weekdays(rhythms.by_day(lines))) == 7
    assert len(rhythms.days_of_month(rhythms.by_day(lines))) == 31
    assert {season.years for season in rhythms.seasons(rhythms.by_day(lines), TODAY)} == {0}
    assert category_trends.find(lines, TODAY) == []


def test_trends_of_categories() -> None:
    rng = random.Random(7)  # noqa: S311 -- to be the same again, not to be secret
    lines = []
    for number in range(14):
        month = date(2025 + number // 12, number % 12 + 1, 1)
        lines += [
            line(month, 100_000 + 5_000 * number + rng.randrange(2_000), category="Groceries"),
            line(month, 90_000 - 4_000 * number, category="Travel"),
            line(month, 50_000 + rng.randrange(-5_000, 5_000), category="Shopping"),
            line(month, 900_000, "income", "Other"),
        ]
    lines.append(line(date(2025, 6, 15), 4_000_000, category="Shopping"))
    lines.sort(key=lambda one: one.local_date)
    trends = {one.category: one for one in category_trends.find(lines, today=date(2026, 3, 5))}
    assert set(trends) == {"Groceries", "Travel", "Shopping"}
    assert (trends["Groceries"].direction, trends["Travel"].direction) == ("up", "down")
    assert trends["Groceries"].slope == pytest.approx(5_000, rel=0.1)
    assert trends["Travel"].slope == -4_000
    assert (trends["Shopping"].direction, trends["Groceries"].months) == ("flat", 14)
    assert trends["Travel"].confidence == 1
    assert trends["Shopping"].confidence < 0.9 < trends["Groceries"].confidence


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 4, 5, 6, 7], [9, 2, 7, 3, 1, 4, 0], [1, 2, 1, 2, 1, 2, 3], [5, 3, 4, 6, 2, 9, 8]]
)
def test_confidence_is_about_the_share_of_orders_with_less_of_a_trend(values: list[int]) -> None:
    def score(order: Sequence[int]) -> int:
        return abs(sum((later > sooner) - (later < sooner) for sooner, later in combinations(order, 2)))

    orders = list(permutations(values))
    by_chance = sum(score(order) >= score(values) for order in orders) / len(orders)
    assert category_trends.confidence(values) == pytest.approx(1 - by_chance, abs=0.02)
    assert category_trends.confidence(values[::-1]) == category_trends.confidence(values)


def test_what_never_changes_has_no_trend() -> None:
    assert category_trends.confidence([4, 4, 4, 4, 4]) == 0
