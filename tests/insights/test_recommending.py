"""Recommended limits follow from the history, keep within the income, and say how they came about."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.types import CATEGORIES
from app.insights.recommending import History, Recommendation, recommend

GOAL = Decimal(20)


def only(spent: list[int], last_month: int = 11, available: int | None = None) -> Recommendation:
    (made,) = recommend({"Groceries": History(tuple(spent), last_month)}, available, GOAL, "INR")
    return made


def test_one_dear_month_doesnt_set_the_limit() -> None:
    made = only([400_000, 410_000, 390_000, 405_000, 2_000_000, 395_000])
    assert 400_000 <= made.suggested_limit <= 420_000
    assert "₹3,900 to ₹20,000" in made.rationale
    assert made.average_spend == round((400_000 + 410_000 + 390_000 + 405_000 + 2_000_000 + 395_000) / 6)


def test_what_changed_half_a_year_ago_counts_as_it_is_now() -> None:
    assert only([1_000_000] * 12 + [2_000_000] * 6).suggested_limit == 2_000_000


def test_what_is_dear_in_one_month_of_the_year_is_planned_for() -> None:
    year = [100_000] * 11 + [150_000]  # of which the last is December
    dear = only(year + year[:11], last_month=11)
    assert dear.suggested_limit == 130_000  # half of a half more, for one year, and rounded up
    assert "December was dearer last year, so 25 % is added" in dear.rationale
    surer = only(year * 2 + year[:11], last_month=11)
    assert surer.suggested_limit > dear.suggested_limit
    assert "in the last 2 years" in surer.rationale


def test_what_is_bought_now_and_then_is_put_by_for() -> None:
    made = only([0] * 5 + [1_200_000] + [0] * 6)
    assert made.suggested_limit == made.average_spend == 100_000
    assert "₹12,000 here in 1 of the last 12 months" in made.rationale


@pytest.mark.parametrize("spent", [[0, 0, 0], [-5_000], [5_000, -9_000]])
def test_what_cost_nothing_in_the_end_is_not_recommended(spent: list[int]) -> None:
    assert recommend({"Shopping": History(tuple(spent), 3)}, None, GOAL, "INR") == []


def test_where_money_is_short_pleasure_is_cut_before_rent() -> None:
    histories = {
        "Housing": History((1_000_000,) * 6, 5),
        "Entertainment": History((500_000,) * 6, 5),
    }
    made = {one.category: one for one in recommend(histories, 1_300_000, GOAL, "INR")}
    assert made["Housing"].suggested_limit == 1_000_000
    assert made["Entertainment"].suggested_limit == 300_000
    assert "₹5,000 is cut by 40 %, so that all limits together leave 20 % of your income" in (
        made["Entertainment"].rationale
    )
    scarce = {one.category: one.suggested_limit for one in recommend(histories, 625_000, GOAL, "INR")}
    assert scarce == {"Housing": 500_000, "Entertainment": 125_000}


@settings(max_examples=40)
@given(
    spent=st.dictionaries(
        st.sampled_from(CATEGORIES), st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=36), max_size=12
    ),
    available=st.one_of(st.none(), st.integers(0, 10**10)),
    currency=st.sampled_from(["INR", "JPY", "KWD"]),
)
def test_limits_never_add_up_to_more_than_is_available(
    spent: dict[str, list[int]], available: int | None, currency: str
) -> None:
    histories = {category: History(tuple(amounts), 12) for category, amounts in spent.items()}
    made = recommend(histories, available, GOAL, currency)
    assert all(one.suggested_limit >= 0 and one.rationale for one in made)
    if available is not None:
        assert sum(one.suggested_limit for one in made) <= available
    assert len({one.category for one in made}) == len(made) <= len(spent)
