"""Whole answers of all five routes against an oracle, for random ledgers in several zones and currencies."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.analytics.ledger import (
    CATEGORIES,
    DAY,
    PLACES,
    Oracle,
    month_before,
    month_end,
    random_rows,
    store,
    store_beside,
)
from tests.factories import Person, register
from tests.records import BUDGETS, exact, freeze

ANALYTICS = "/api/analytics/"
HUNDRED = Decimal(100)
CASES = [
    # (zone, currency, now): in the second and third it is another month there than in UTC.
    ("Asia/Kolkata", "INR", "2026-11-21T04:00:00+00:00"),
    ("Pacific/Kiritimati", "JPY", "2026-02-28T20:00:00+00:00"),
    ("America/Los_Angeles", "KWD", "2025-01-01T05:00:00+00:00"),
]


@dataclass(frozen=True)
class Case:
    """Somebody, and what has to be answered to them."""

    person: Person
    oracle: Oracle
    rng: random.Random


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case[0])
def case(app: Flask, request: pytest.FixtureRequest) -> Any:
    zone, currency, now = request.param
    rng = random.Random(zone)  # noqa: S311 -- to be the same again, not to be secret
    with pytest.MonkeyPatch.context() as patch:
        freeze(patch, now)
        person, stranger = (register(app, timezone=zone, currency=currency) for _ in range(2))
        today = datetime.fromisoformat(now).astimezone(ZoneInfo(zone)).date()
        rows, others, doubtful = (random_rows(rng, zone, currency, today, number) for number in (420, 60, 40))
        store(person, rows)
        store(stranger, others)
        counted = store_beside(person, doubtful, rng)
        yield Case(person, Oracle(rows + counted, currency, today), rng)


def answer(case: Case, route: str, **query: object) -> Any:
    return exact(case.person.get(f"{ANALYTICS}{route}", **query))


def take_shares(categories: list[dict[str, Any]]) -> None:
    """Take the shares away, once it is sure that they add up and each is what it should be to a hundredth."""
    shares = [part.pop("share_pct") for part in categories]
    whole = sum((part["total"] for part in categories if part["total"] > 0), Decimal(0))
    assert sum(map(Decimal, shares)) == (HUNDRED if whole else 0)
    for part, share in zip(categories, shares, strict=True):
        expected = max(part["total"], 0) * HUNDRED / whole if whole else 0
        assert abs(Decimal(share) - expected) < Decimal("0.01")


def assert_decimals(value: Any, currency: str, name: str = "") -> None:
    """No number anywhere has more decimals than its currency, or than percentages have."""
    if isinstance(value, dict):
        for key, part in value.items():
            assert_decimals(part, value.get("currency", currency), key)
    elif isinstance(value, list):
        for part in value:
            assert_decimals(part, currency, name)
    elif isinstance(value, Decimal):
        places = 2 if name.endswith("_pct") else max(PLACES[currency], 1 if PLACES[currency] else 0)
        assert -int(value.as_tuple().exponent) <= places, (name, value)


@pytest.mark.parametrize("months", [1, 2, 6, 27, 60])
def test_spending_trends_are_exact(case: Case, months: int) -> None:
    found = answer(case, "spending-trends", months=months)
    assert found == case.oracle.trends(months)
    assert_decimals(found, case.oracle.currency)


def test_six_months_are_the_default(case: Case) -> None:
    assert answer(case, "spending-trends") == case.oracle.trends(6)


def test_insights_of_this_month_and_of_whole_months_compare_with_as_many_before(case: Case) -> None:
    this = month_before(case.oracle.today, 0)
    for back, number in ((0, 1), (5, 1), (3, 3), (12, 12)):
        first = month_before(this, back)
        last = month_end(month_before(first, 1 - number))
        query = {"start_date": first, "end_date": last} if back else {}
        found = answer(case, "category-insights", **query)
        take_shares(found["categories"])
        assert found == case.oracle.categories(first, last, month_before(first, number))
        assert_decimals(found, case.oracle.currency)


def test_insights_of_any_days_compare_with_as_many_before(case: Case) -> None:
    for _ in range(6):
        first = case.oracle.today - DAY * case.rng.randrange(700)
        length = case.rng.choice([1, 2, 7, 45, 365])
        last = first + DAY * (length - 1)
        if first.day == 1 and (last + DAY).day == 1:
            continue
        found = answer(case, "category-insights", start_date=first, end_date=last)
        take_shares(found["categories"])
        assert found == case.oracle.categories(first, last, first - DAY * length)


@pytest.mark.parametrize("back", [0, 1, 2, 13, 24, 40])
def test_monthly_reports_are_exact(case: Case, back: int) -> None:
    first = month_before(case.oracle.today, back)
    found = answer(case, "monthly-reports", **({"month": f"{first:%Y-%m}"} if back else {}))
    largest = found.pop("top_transactions")
    assert found.pop("budgets") == exact(case.person.get(BUDGETS, month=first.month, year=first.year))
    take_shares(found["by_category"])
    assert found == case.oracle.report(first)
    assert_decimals(found, case.oracle.currency)
    assert [entry["amount"] for entry in largest] == case.oracle.largest(first)
    for entry in largest:
        shown = exact(case.person.get(f"/api/transactions/{entry['_id']}"))
        assert shown["type"] == "expense"
        assert entry == {name: shown[name] for name in entry}
        assert entry["local_date"].startswith(f"{first:%Y-%m}")


def test_years_are_exact(case: Case) -> None:
    this = case.oracle.today.year
    assert answer(case, "year-over-year") == case.oracle.years(this)
    for year in (this - 2, this - 1, this + 1, 1970):
        found = answer(case, "year-over-year", year=year)
        assert found == case.oracle.years(year)
        assert_decimals(found, case.oracle.currency)


def test_budgets_are_beside_what_was_spent(case: Case) -> None:
    today, limits = case.oracle.today, dict[tuple[str, str], Decimal]()
    first = month_before(today, 0)
    nothing = answer(case, "budget-vs-actual")
    assert nothing == case.oracle.budgets(first, {})
    for number, (category, period) in enumerate([(CATEGORIES[0], "monthly"), (CATEGORIES[1], "monthly")]):
        limits[category, period] = Decimal(1000 + 900 * number)
    limits[CATEGORIES[0], "yearly"] = Decimal(9000)
    limits[CATEGORIES[2], "yearly"] = Decimal(100_000)
    for (category, period), limit in limits.items():
        when = {"month": today.month} if period == "monthly" else {"period": "yearly"}
        body = {"category": category, "limit": int(limit), "year": today.year, **when}
        assert case.person.post(BUDGETS, body).status_code == 201
    found = answer(case, "budget-vs-actual", month=f"{first:%Y-%m}")
    ids = [budget.pop("_id") for budget in found["budgets"]]
    assert set(ids) == {budget["_id"] for budget in exact(case.person.get(BUDGETS))}
    found["budgets"].sort(key=lambda budget: (budget["category"], budget["period"]))
    assert found == case.oracle.budgets(first, limits)
    assert_decimals(found, case.oracle.currency)
    report = answer(case, "monthly-reports")
    assert report["budgets"] == exact(case.person.get(BUDGETS))
    assert report["spend"] == found["totals"]["spend"]


def test_all_routes_tell_the_same_total(case: Case) -> None:
    """Categories add up to the total, days too, and months to the year; each of a month by every route."""
    year = case.oracle.today.year
    years = answer(case, "year-over-year")
    months = {entry["month"]: entry["total"] for entry in answer(case, "spending-trends", months=13)["months"]}
    assert sum(entry["current"] for entry in years["months"]) == years["total_current"]
    whole = answer(case, "category-insights", start_date=date(year, 1, 1), end_date=date(year, 12, 31))
    assert whole["total"] == years["total_current"]
    assert whole["previous_total"] == years["total_previous"]
    assert sum(part["total"] for part in whole["categories"]) == whole["total"]
    for entry in years["months"]:
        name = f"{year}-{entry['month']:02d}"
        report = answer(case, "monthly-reports", month=name)
        budgets = answer(case, "budget-vs-actual", month=name)
        assert sum(part["total"] for part in report["by_category"]) == report["spend"] == entry["current"]
        assert sum(day["total"] for day in report["by_day"]) == report["spend"]
        assert sum(day["count"] for day in report["by_day"]) == report["transaction_count"]
        assert budgets["totals"]["spend"] == months.get(name, report["spend"]) == report["spend"]
        summary = exact(case.person.get("/api/transactions/summary", month=entry["month"], year=year))
        assert summary["current_month_spend"] == report["spend"]
        assert summary["unconverted"] == report["unconverted"] == budgets["unconverted"]


def test_an_instant_stands_for_its_day(case: Case) -> None:
    zone = ZoneInfo(case.person.profile["timezone"])
    first, last = case.oracle.today - DAY * 40, case.oracle.today - DAY * 3
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + DAY, datetime.min.time(), zone) - timedelta(milliseconds=1)
    by_day = case.person.get(f"{ANALYTICS}category-insights", start_date=first, end_date=last)
    by_instant = case.person.get(
        f"{ANALYTICS}category-insights", start_date=start.isoformat(), end_date=end.isoformat()
    )
    assert exact(by_instant) == exact(by_day)
