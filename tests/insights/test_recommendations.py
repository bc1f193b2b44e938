"""Recommended budgets over HTTP."""

from typing import Any

import pytest

from tests.factories import Person, data
from tests.records import TRANSACTIONS, freeze

RECOMMENDATIONS = "/api/insights/budget-recommendations"
MONTHS = ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-02-14T12:00:00+00:00")


def enter(person: Person, category: str, amount: float, **fields: Any) -> None:
    rows = [
        {"amount": amount, "category": category, "description": "entry", "date": f"{month}-05", **fields}
        for month in MONTHS
    ]
    assert not data(person.post(f"{TRANSACTIONS}bulk", {"transactions": rows}))["errors"]


def limits(answer: dict[str, Any]) -> dict[str, float]:
    return {one["category"]: one["suggested_limit"] for one in answer["recommendations"]}


def test_limits_come_from_history_income_and_goal(person: Person, stranger: Person) -> None:
    enter(stranger, "Travel", 90_000)
    person.post("/api/auth/profile", {"income": 20_000})
    enter(person, "Housing", 10_000)
    enter(person, "Entertainment", 8_000)
    enter(person, "Shopping", 500, type="refund")
    enter(person, "Groceries", 100, currency="USD")
    person.post("/api/budgets/", {"category": "Housing", "limit": 9_500, "month": 2, "year": 2026})
    answer = data(person.get(RECOMMENDATIONS))
    assert limits(answer) == {"Housing": 10_000, "Entertainment": 6_000}
    assert (answer["month"], answer["income"], answer["savings_target"]) == ("2026-03", 20_000, 4_000)
    assert answer["total_suggested"] == 16_000
    housing, entertainment = answer["recommendations"]
    assert (housing["current_limit"], housing["average_spend"]) == (9_500, 10_000)
    assert entertainment["current_limit"] is None
    assert "cut by 25 %, so that all limits together leave 20 % of your income" in entertainment["rationale"]
    assert [other["currency"] for other in answer["unconverted"]] == ["USD"]
    generous = data(person.get(RECOMMENDATIONS, savings_goal_pct="0"))
    assert limits(generous) == {"Housing": 10_000, "Entertainment": 8_000}
    everything = data(person.get(RECOMMENDATIONS, savings_goal_pct="100"))
    assert everything["total_suggested"] == 0
    assert everything["savings_target"] == 20_000


def test_income_that_is_only_recorded_counts(person: Person) -> None:
    enter(person, "Other", 50_000, type="income")
    enter(person, "Housing", 60_000)
    answer = data(person.get(RECOMMENDATIONS, savings_goal_pct="12.5"))
    assert (answer["income"], answer["savings_target"]) == (50_000, 6_250)
    assert answer["total_suggested"] <= 43_750


def test_without_income_the_history_alone_counts(person: Person) -> None:
    enter(person, "Housing", 60_000)
    answer = data(person.get(RECOMMENDATIONS))
    assert (answer["income"], answer["savings_target"]) == (0, None)
    assert limits(answer) == {"Housing": 60_000}


def test_nobody_without_transactions_gets_advice(person: Person) -> None:
    answer = data(person.get(RECOMMENDATIONS))
    assert (answer["recommendations"], answer["total_suggested"]) == ([], 0)


def test_the_running_month_counts_where_there_is_no_other(person: Person) -> None:
    row = {"amount": 700, "category": "Groceries", "description": "entry", "date": "2026-02-03"}
    data(person.post(TRANSACTIONS, row))
    (one,) = data(person.get(RECOMMENDATIONS))["recommendations"]
    assert one["suggested_limit"] == 700
    assert "in the one month there is" in one["rationale"]


@pytest.mark.parametrize("goal", ["-1", "100.5", "much", "NaN", "Infinity"])
def test_a_goal_is_a_share(person: Person, goal: str) -> None:
    answer = person.get(RECOMMENDATIONS, savings_goal_pct=goal)
    assert answer.status_code == 422
    assert answer.get_json()["data"]["details"][0]["loc"] == ["query", "savings_goal_pct"]
