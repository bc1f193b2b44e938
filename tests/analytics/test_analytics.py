"""Analytics at their edges: what is asked wrongly, nothing there, more back than spent, other currencies, damage."""

from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId
from pymongo import _csot
from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout, NetworkTimeout, PyMongoError

from app.core import clock
from app.extensions import mongo
from tests.factories import Person, data, fields_at_fault
from tests.records import BUDGETS, freeze

ANALYTICS = "/api/analytics/"
ROUTES = ("spending-trends", "category-insights", "monthly-reports", "year-over-year", "budget-vs-actual")
NOW = "2026-03-10T12:00:00+00:00"


@pytest.fixture(autouse=True)
def march(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, NOW)


def asked(person: Person, route: str, **query: object) -> Any:
    return data(person.get(f"{ANALYTICS}{route}", **query))


@pytest.mark.parametrize(
    ("route", "query", "fault"),
    [
        ("spending-trends", {"months": 0}, "months"),
        ("spending-trends", {"months": 61}, "months"),
        ("spending-trends", {"months": "six"}, "months"),
        ("spending-trends", {"months": 1.5}, "months"),
        ("category-insights", {"start_date": "2026-02-30"}, "start_date"),
        ("category-insights", {"end_date": "yesterday"}, "end_date"),
        ("category-insights", {"start_date": "2026-02-02", "end_date": "2026-02-01"}, "start_date"),
        ("category-insights", {"start_date": "2020-01-01", "end_date": "2026-01-01"}, "end_date"),
        ("category-insights", {"start_date": "1970-01-01"}, "end_date"),
        ("monthly-reports", {"month": "2026-13"}, "month"),
        ("monthly-reports", {"month": "2026-00"}, "month"),
        ("monthly-reports", {"month": "2026-1"}, "month"),
        ("monthly-reports", {"month": "1969-12"}, "month"),
        ("monthly-reports", {"month": "2026-01-01"}, "month"),
        ("monthly-reports", {"month": "٢٠٢٦-٠١"}, "month"),
        ("budget-vs-actual", {"month": "2101-01"}, "month"),
        ("budget-vs-actual", {"month": "3"}, "month"),
        ("year-over-year", {"year": 1969}, "year"),
        ("year-over-year", {"year": 2101}, "year"),
        ("year-over-year", {"year": "next"}, "year"),
    ],
)
def test_what_is_asked_wrongly_is_named(person: Person, route: str, query: dict[str, Any], fault: str) -> None:
    assert fields_at_fault(person.get(f"{ANALYTICS}{route}", **query)) == [["query", fault]]


@pytest.mark.parametrize("route", ROUTES)
def test_empty_parameters_count_as_absent(person: Person, route: str) -> None:
    nothing = {"months": "", "start_date": "", "end_date": "", "month": "", "year": "", "unknown": "x"}
    assert asked(person, route, **nothing) == asked(person, route)


@pytest.mark.parametrize(
    ("route", "query"),
    [
        ("category-insights", {"start_date": "2021-03-01", "end_date": "2026-02-28"}),
        ("monthly-reports", {"month": "1970-01"}),
        ("monthly-reports", {"month": "2100-12"}),
        ("budget-vs-actual", {"month": "1970-01"}),
        ("year-over-year", {"year": 1970}),
        ("year-over-year", {"year": 2100}),
    ],
)
def test_the_ends_of_time_are_answered(person: Person, route: str, query: dict[str, Any]) -> None:
    assert asked(person, route, **query)["currency"] == "INR"


def test_with_nothing_recorded_all_is_there_and_nought(person: Person) -> None:
    trends = asked(person, "spending-trends")
    assert [month["month"] for month in trends["months"]] == [
        "2025-10",
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    nought = {"total": 0, "count": 0, "average": 0, "change_pct": None}
    assert all(month == {"month": month["month"], **nought} for month in trends["months"])
    assert (trends["average"], trends["trend"]) == (0, {"direction": "flat", "slope_per_month": 0})
    insights = asked(person, "category-insights")
    assert (insights["total"], insights["change_pct"], insights["categories"]) == (0, None, [])
    report = asked(person, "monthly-reports")
    assert report["savings_rate_pct"] is None
    assert report["by_day"] == [{"date": f"2026-03-{day:02d}", "total": 0, "count": 0} for day in range(1, 32)]
    assert report["top_transactions"] == report["budgets"] == report["by_category"] == []
    years = asked(person, "year-over-year")
    assert [month["month"] for month in years["months"]] == list(range(1, 13))
    assert (years["year"], years["total_current"], years["change_pct"]) == (2026, 0, None)
    totals = {"budget": 0, "actual": 0, "remaining": 0, "used_pct": None, "unbudgeted": 0, "spend": 0}
    assert asked(person, "budget-vs-actual")["totals"] == totals
    assert all(asked(person, route)["unconverted"] == [] for route in ROUTES)


def test_a_category_that_gave_back_more_than_it_took_has_no_share(person: Person) -> None:
    person.spend(10, date="2026-03-01")
    person.spend(20, "Travel", date="2026-03-01")
    person.spend(40, "Shopping", date="2026-03-02", type="refund", merchant="Tailor")
    insights = asked(person, "category-insights")
    assert insights["total"] == -10
    shown = [(part["category"], part["total"], part["share_pct"]) for part in insights["categories"]]
    assert shown == [("Travel", 20, 66.67), ("Groceries", 10, 33.33), ("Shopping", -40, 0)]
    assert insights["categories"][2]["top_merchants"] == [{"merchant": "Tailor", "total": -40, "count": 1}]
    assert [part["share_pct"] for part in asked(person, "monthly-reports")["by_category"]] == [66.67, 33.33, 0]
    person.spend(100, date="2026-03-03", type="refund")
    person.spend(100, "Travel", date="2026-03-03", type="refund")
    assert {part["share_pct"] for part in asked(person, "category-insights")["categories"]} == {0}


def test_shares_of_thirds_add_up(person: Person) -> None:
    for category in ("Groceries", "Travel", "Housing", "Other", "Education", "Utilities"):
        person.spend(1, category, date="2026-03-01")
    shares = [part["share_pct"] for part in asked(person, "category-insights")["categories"]]
    assert shares == [16.67, 16.67, 16.67, 16.67, 16.66, 16.66]


def test_the_five_best_merchants_are_named(person: Person) -> None:
    for number in range(7):
        person.spend(10 + number, date="2026-03-01", merchant=f"Shop {number}")
    person.spend(500, date="2026-03-01")
    person.spend(5, date="2026-03-01", merchant="Shop 6", type="refund")
    person.spend(90, date="2026-02-28", merchant="Last month")
    (groceries,) = asked(person, "category-insights")["categories"]
    assert [(entry["merchant"], entry["total"], entry["count"]) for entry in groceries["top_merchants"]] == [
        ("Shop 5", 15, 1),
        ("Shop 4", 14, 1),
        ("Shop 3", 13, 1),
        ("Shop 2", 12, 1),
        ("Shop 1", 11, 1),
    ]


def test_other_currencies_are_listed_and_in_no_figure(people: Callable[..., Person]) -> None:
    person = people(currency="USD")
    person.spend(5, date="2026-03-02")
    person.spend(1500, "Travel", date="2026-03-02", currency="JPY", merchant="Airline")
    person.spend(300, "Travel", date="2026-03-03", currency="JPY", type="refund")
    person.spend(7, date="2026-03-03", currency="EUR", type="income")
    person.spend(1.5, date="2025-03-03", currency="EUR")
    this_month = [
        {"currency": "EUR", "total": 0, "income": 7, "count": 1},
        {"currency": "JPY", "total": 1200, "income": 0, "count": 2},
    ]
    for route in ("category-insights", "monthly-reports", "budget-vs-actual", "spending-trends"):
        assert asked(person, route)["unconverted"] == this_month, route
    eur, _ = asked(person, "year-over-year")["unconverted"]
    assert eur == {"currency": "EUR", "total": 1.5, "income": 7, "count": 2}, "of both years"
    assert asked(person, "year-over-year")["total_current"] == 5
    assert [entry["amount"] for entry in asked(person, "monthly-reports")["top_transactions"]] == [5]
    assert [part["category"] for part in asked(person, "category-insights")["categories"]] == ["Groceries"]


def test_months_to_come_are_empty_and_without_change(person: Person) -> None:
    for month in (2, 3, 4):
        person.spend(100, date=f"2025-{month:02d}-01")
    person.spend(50, date="2026-03-01")
    years = asked(person, "year-over-year")
    changes = [month["change_pct"] for month in years["months"]]
    assert changes == [None, -100, -50, *[None] * 9]
    assert [month["previous"] for month in years["months"]][1:4] == [100, 100, 100]


@pytest.mark.parametrize(
    ("query", "days", "before"),
    [
        ({}, ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ({"start_date": "2026-03-04"}, ("2026-03-04", "2026-03-10"), ("2026-02-25", "2026-03-03")),
        ({"start_date": "2026-03-20"}, ("2026-03-20", "2026-03-20"), ("2026-03-19", "2026-03-19")),
        ({"end_date": "2026-01-31"}, ("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
        ({"end_date": "2026-01-03"}, ("2026-01-01", "2026-01-03"), ("2025-12-29", "2025-12-31")),
        (
            {"start_date": "2026-01-01", "end_date": "2026-03-31"},
            ("2026-01-01", "2026-03-31"),
            ("2025-10-01", "2025-12-31"),
        ),
        (
            {"start_date": "2026-01-31T19:00:00Z", "end_date": "2026-02-28T18:29:59.999Z"},
            ("2026-02-01", "2026-02-28"),
            ("2026-01-01", "2026-01-31"),
        ),
    ],
)
def test_the_period_and_the_one_before(
    person: Person, query: dict[str, str], days: tuple[str, str], before: tuple[str, str]
) -> None:
    insights = asked(person, "category-insights", **query)
    assert (insights["start_date"], insights["end_date"]) == days
    assert (insights["previous_start_date"], insights["previous_end_date"]) == before


@pytest.mark.parametrize(
    ("spent", "direction", "slope"),
    [
        ([100, 200, 300, 400, 9], "up", 100),
        ([400, 300, 200, 100, 999], "down", -100),
        ([100, 100, 100, 100, 0], "flat", 0),
        ([100, 101, 102, 103, 0], "flat", 1),
        ([100, 500, 100, 500, 0], "flat", 66.67),
        ([100, 9000, 120, 130, 0], "flat", 10),
        ([0, 0, 100, 200, 0], "up", 100),
        ([0, 0, 0, 100, 0], "flat", 0),
    ],
)
def test_the_trend_is_of_months_that_are_over(person: Person, spent: list[int], direction: str, slope: float) -> None:
    """The last is the month under way; and none counts before the first entry."""
    months = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    for month, amount in zip(months, spent, strict=True):
        if amount:
            person.spend(amount, date=f"{month}-05")
    trend = asked(person, "spending-trends", months=5)["trend"]
    assert trend == {"direction": direction, "slope_per_month": slope}


def test_a_budget_in_another_currency_counts_nothing_else(person: Person) -> None:
    month = {"month": 3, "year": 2026}
    assert person.post(BUDGETS, {"category": "Groceries", "limit": 100, **month}).status_code == 201
    person.spend(60, date="2026-03-01")
    person.patch("/api/auth/profile", {"currency": "USD"})
    person.spend(5, date="2026-03-01")
    assert person.post(BUDGETS, {"category": "Travel", "limit": 10, **month}).status_code == 201
    found = asked(person, "budget-vs-actual")
    assert [(budget["currency"], budget["actual"]) for budget in found["budgets"]] == [("INR", 60), ("USD", 0)]
    assert found["unbudgeted"] == [{"category": "Groceries", "actual": 5}]
    totals = {"budget": 10, "actual": 0, "remaining": 10, "used_pct": 0, "unbudgeted": 5, "spend": 5}
    assert found["totals"] == totals
    assert found["unconverted"] == [{"currency": "INR", "total": 60, "income": 0, "count": 1}]


def test_a_damaged_transaction_is_left_out_everywhere(person: Person) -> None:
    person.spend(7, date="2026-03-01", merchant="Kiosk")
    for damage in ({"amount": "much"}, {"amount": 12.5}, {"category": "Nothing"}, {"merchant": 5}):
        damaged = person.spend(5000, date="2026-03-01", merchant="Kiosk")
        mongo.db.transactions.update_one({"_id": ObjectId(damaged["_id"])}, {"$set": damage})
        if "merchant" in damage:  # which is no reason to leave out the amount
            mongo.db.transactions.update_one({"_id": ObjectId(damaged["_id"])}, {"$set": {"amount": 300}})
    person.spend(1, date="2026-03-01", merchant="Kiosk")  # so that nothing kept is answered
    assert asked(person, "spending-trends", months=1)["months"][0]["total"] == 11
    (groceries,) = asked(person, "category-insights")["categories"]
    assert (groceries["total"], groceries["top_merchants"]) == (11, [{"merchant": "Kiosk", "total": 8, "count": 2}])
    report = asked(person, "monthly-reports")
    assert (report["spend"], report["by_day"][0]["total"]) == (11, 11)
    assert [entry["amount"] for entry in report["top_transactions"]] == [7, 1]
    assert asked(person, "year-over-year")["total_current"] == 11
    assert asked(person, "budget-vs-actual")["totals"]["spend"] == 11


@pytest.mark.parametrize("late", [ExecutionTimeout("operation exceeded time limit", 50), NetworkTimeout("timed out")])
def test_very_many_entries_get_more_time(person: Person, monkeypatch: pytest.MonkeyPatch, late: PyMongoError) -> None:
    """MongoDB or the driver gives up in time; only a second try, with more of it, can add them up."""
    aggregate, tries = Collection.aggregate, list[float | None]()

    def impatient(*arguments: Any, **named: Any) -> Any:
        tries.append(_csot.remaining())
        if len(tries) == 1:
            raise late
        return aggregate(*arguments, **named)

    person.spend(5, date="2026-03-01")
    monkeypatch.setattr(Collection, "aggregate", impatient)
    assert asked(person, "year-over-year")["total_current"] == 5
    assert tries[0] is None, "as long as any other operation"
    assert (tries[1] or 0) > 5


def test_nobody_sees_anything_of_others(person: Person, stranger: Person) -> None:
    before = [asked(person, route) for route in ROUTES]
    stranger.spend(5, date="2026-03-01", merchant="Kiosk")
    stranger.spend(5, date="2026-03-01", currency="USD")
    today = clock.today("Asia/Kolkata")
    budget = {"category": "Groceries", "limit": 100, "month": today.month, "year": today.year}
    assert stranger.post(BUDGETS, budget).status_code == 201
    person.spend(5, date="2014-03-01")  # so that nothing kept is answered
    assert [asked(person, route) for route in ROUTES] == before
