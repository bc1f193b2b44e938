"""Budgets: limits, their spending, and how close one is to the other."""

from typing import Any

import pytest

from tests.accounts import at_once
from tests.factories import Person, code, data, fields_at_fault
from tests.records import BUDGETS, count_of, exact, failed_sentence, freeze, profiled, sentence

TODAY = "2026-02-10T12:00:00+00:00"
FEBRUARY = {"category": "Groceries", "limit": 1000, "month": 2, "year": 2026}
FIELDS = [
    "_id",
    "user_id",
    "category",
    "limit",
    "currency",
    "period",
    "month",
    "year",
    "start_date",
    "end_date",
    "current_spend",
    "remaining",
    "used_pct",
    "status",
    "alert_at",
    "created_at",
    "updated_at",
]


@pytest.fixture(autouse=True)
def february(monkeypatch: pytest.MonkeyPatch, person: Person, stranger: Person) -> None:
    """Everybody signs in, then the clock stops."""
    freeze(monkeypatch, TODAY)
    assert stranger.post(BUDGETS, FEBRUARY).status_code == 201
    stranger.spend(500, date="2026-02-01")


def budget(person: Person, **fields: Any) -> dict[str, Any]:
    answer = person.post(BUDGETS, {**FEBRUARY, **fields})
    assert answer.status_code == 201, answer.json
    return data(answer)


def test_a_monthly_budget(person: Person) -> None:
    made = budget(person)
    assert list(made) == FIELDS
    expected = {
        **FEBRUARY,
        "user_id": person.profile["_id"],
        "currency": "INR",
        "period": "monthly",
        "start_date": "2026-02-01",
        "end_date": "2026-02-28",
        "current_spend": 0,
        "remaining": 1000,
        "used_pct": 0,
        "status": "ok",
        "alert_at": 80,
    }
    assert {name: made[name] for name in expected} == expected
    assert data(person.get(f"{BUDGETS}{made['_id']}")) == made
    assert data(person.get(BUDGETS)) == [made]


def test_spending_counts_from_the_start(person: Person) -> None:
    person.spend(100.1, date="2026-02-01T00:00:00")
    person.spend(0.2, date="2026-02-28T23:59:59.999")
    person.spend(0.1, date="2026-02-14", type="refund")
    for fields in (
        {"date": "2026-01-31T23:59:59.999"},
        {"date": "2026-03-01T00:00:00"},
        {"date": "2026-02-14", "currency": "USD"},
        {"date": "2026-02-14", "category": "Travel"},
        {"date": "2026-02-14", "type": "income"},
    ):
        person.spend(50, **fields)
    sentence(person)
    failed_sentence(person)
    answer = exact(person.post(BUDGETS, FEBRUARY))
    assert (str(answer["current_spend"]), str(answer["remaining"]), str(answer["used_pct"])) == (
        "100.2",
        "899.8",
        "10.02",
    )


def test_a_yearly_budget_covers_every_month(person: Person) -> None:
    for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"):
        person.spend(10, date=day)
    yearly = {"category": "Groceries", "limit": 100, "period": "yearly", "year": 2026}
    made = data(person.post(BUDGETS, yearly))
    assert (made["month"], made["start_date"], made["end_date"]) == (None, "2026-01-01", "2026-12-31")
    assert made["current_spend"] == 20
    assert data(person.get(BUDGETS, month=11, year=2026)) == [made]
    assert data(person.get(BUDGETS, month=1, year=2027)) == []


def test_the_list_is_the_months(person: Person) -> None:
    names = [budget(person, **fields)["category"] for fields in ({"category": "Travel"}, {"category": "Groceries"})]
    march = budget(person, month=3)
    assert [entry["category"] for entry in data(person.get(BUDGETS))] == sorted(names)
    assert data(person.get(BUDGETS, month=3, year=2026)) == [march]
    assert data(person.get(BUDGETS, month="", year="")) == data(person.get(BUDGETS))
    assert fields_at_fault(person.get(BUDGETS, month=13)) == [["query", "month"]]


@pytest.mark.parametrize(
    ("spent", "status", "remaining", "used"),
    [
        (79.99, "ok", 20.01, 79.99),
        (80, "warning", 20, 80),
        (100, "warning", 0, 100),
        (100.01, "over", -0.01, 100.01),
        (250, "over", -150, 250),
    ],
)
def test_how_close_it_is(person: Person, spent: float, status: str, remaining: float, used: float) -> None:
    person.spend(spent, date="2026-02-01")
    made = budget(person, limit=100)
    assert (made["status"], made["remaining"], made["used_pct"]) == (status, remaining, used)


def test_refunds_alone_are_negative_spending(person: Person) -> None:
    person.spend(5, date="2026-02-01", type="refund")
    made = budget(person, limit=100)
    assert (made["current_spend"], made["remaining"], made["status"]) == (-5, 105, "ok")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"month": 1}, "month"),
        ({"year": 2025, "month": 12}, "year"),
        ({"year": 2027, "month": 3}, "month"),
        ({"year": 2099, "month": 2}, "month"),
        ({"month": 0}, "month"),
        ({"month": 13}, "month"),
        ({"month": None}, "month"),
        ({"month": "2"}, "month"),
        ({"month": 2.5}, "month"),
        ({"month": True}, "month"),
        ({"year": "2026"}, "year"),
        ({"year": 20260}, "year"),
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": 10_000_000.01}, "limit"),
        ({"limit": 100.005}, "limit"),
        ({"limit": "100"}, "limit"),
        ({"limit": True}, "limit"),
        ({"category": "Sweets"}, "category"),
        ({"category": None}, "category"),
        ({"period": "weekly"}, "period"),
        ({"period": None}, "period"),
        ({"period": 1}, "period"),
        ({"period": "yearly"}, "month"),
        ({"alert_at": 0}, "alert_at"),
        ({"alert_at": 101}, "alert_at"),
        ({"alert_at": 80.5}, "alert_at"),
        ({"currency": "USD"}, "currency"),
        ({"current_spend": 5}, "current_spend"),
    ],
)
def test_a_field_at_fault_is_named(person: Person, fields: dict[str, Any], fault: str) -> None:
    assert fields_at_fault(person.post(BUDGETS, {**FEBRUARY, **fields})) == [["body", fault]]
    assert count_of(person, "budgets") == 0


@pytest.mark.parametrize("year", [2025, 2028])
def test_a_yearly_budget_is_for_this_year_or_the_next(person: Person, year: int) -> None:
    yearly = {"category": "Groceries", "limit": 100, "period": "yearly"}
    assert fields_at_fault(person.post(BUDGETS, {**yearly, "year": year})) == [["body", "year"]]
    for allowed in (2026, 2027):
        assert person.post(BUDGETS, {**yearly, "year": allowed}).status_code == 201


def test_twelve_months_ahead_are_allowed(person: Person) -> None:
    assert budget(person, month=2, year=2027)["start_date"] == "2027-02-01"


@pytest.mark.parametrize(("zone", "status"), [("Pacific/Kiritimati", 422), ("America/Los_Angeles", 201)])
def test_past_is_what_is_past_for_the_user(
    people: Any, monkeypatch: pytest.MonkeyPatch, zone: str, status: int
) -> None:
    person = people(timezone=zone)
    freeze(monkeypatch, "2026-02-28T20:00:00+00:00")
    assert person.post(BUDGETS, FEBRUARY).status_code == status


def test_one_per_category_and_period(person: Person) -> None:
    budget(person)
    answer = person.post(BUDGETS, {**FEBRUARY, "limit": 5})
    assert (answer.status_code, code(answer)) == (409, "budget_exists")
    assert "Groceries" in answer.json["data"]["message"]
    yearly = {"category": "Groceries", "limit": 100, "period": "yearly", "year": 2026}
    assert person.post(BUDGETS, yearly).status_code == 201, "another period"
    assert code(person.post(BUDGETS, yearly)) == "budget_exists"
    budget(person, category="Travel")
    budget(person, month=3)


@pytest.mark.parametrize("fields", [{}, {"period": "yearly", "month": None}])
def test_of_thirty_at_once_one_is_made(person: Person, fields: dict[str, Any]) -> None:
    answers = at_once(30, lambda _: person.post(BUDGETS, {**FEBRUARY, **fields}))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 29
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"budget_exists"}
    assert count_of(person, "budgets") == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_limit_and_alert_can_change(person: Person, method: str) -> None:
    person.spend(95, date="2026-02-01")
    made = budget(person, limit=100)
    path = f"{BUDGETS}{made['_id']}"
    assert data(person.request(method, path, json={"alert_at": 96}))["status"] == "ok"
    after = data(person.request(method, path, json={"limit": 90.5}))
    assert (after["limit"], after["status"], after["alert_at"], after["remaining"]) == (90.5, "over", 96, -4.5)
    assert data(person.get(path)) == after


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"limit": None}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 1.001}, "limit"),
        ({"alert_at": None}, "alert_at"),
        ({"category": "Travel"}, "category"),
        ({"month": 3}, "month"),
        ({"period": "yearly"}, "period"),
        ({"_id": "x"}, "_id"),
    ],
)
def test_nothing_else_can_change(person: Person, body: dict[str, Any], fault: str) -> None:
    made = budget(person)
    assert fields_at_fault(person.patch(f"{BUDGETS}{made['_id']}", body)) == [["body", fault]]
    assert data(person.get(f"{BUDGETS}{made['_id']}")) == made


def test_parallel_changes_lose_nothing(person: Person) -> None:
    path = f"{BUDGETS}{budget(person)['_id']}"
    at_once(10, lambda index: person.patch(path, {"limit": 77} if index % 2 else {"alert_at": 33}))
    after = data(person.get(path))
    assert (after["limit"], after["alert_at"]) == (77, 33)


def test_a_budget_keeps_its_currency(person: Person) -> None:
    made = budget(person, limit=100.5)
    person.spend(10, date="2026-02-01")
    person.patch("/api/auth/profile", {"currency": "JPY"})
    person.spend(10, date="2026-02-01")
    (listed,) = data(person.get(BUDGETS))
    assert (listed["currency"], listed["limit"], listed["current_spend"]) == ("INR", 100.5, 10)
    assert data(person.patch(f"{BUDGETS}{made['_id']}", {"limit": 99.5}))["limit"] == 99.5
    assert budget(person, category="Travel", limit=5)["currency"] == "JPY"


def test_deleting(person: Person) -> None:
    path = f"{BUDGETS}{budget(person)['_id']}"
    answer = person.delete(path)
    assert answer.status_code == 200
    assert data(answer)["message"]
    assert {person.delete(path).status_code, person.get(path).status_code} == {404}
    assert data(person.get(BUDGETS)) == []
    budget(person)


def test_a_list_costs_one_aggregation(person: Person) -> None:
    for category in ("Groceries", "Travel", "Housing", "Other"):
        budget(person, category=category)
    data(person.post(BUDGETS, {"category": "Other", "limit": 5, "period": "yearly", "year": 2026}))
    with profiled("transactions", of=person) as operations:
        assert len(data(person.get(BUDGETS))) == 5
    assert ["aggregate" in operation["command"] for operation in operations] == [True]
