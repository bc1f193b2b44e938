"""The month in figures."""

from typing import Any

import pytest

from tests.factories import Person, data, fields_at_fault
from tests.records import exact, failed_sentence, freeze, sentence

SUMMARY = "/api/transactions/summary"
FEBRUARY = {"month": 2, "year": 2026}


def test_nothing_is_zero(person: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-02-28T12:00:00+00:00")
    stranger.spend(10)
    assert data(person.get(SUMMARY)) == {
        "current_month_spend": 0,
        "income": 0,
        "refunds": 0,
        "net": 0,
        "transaction_count": 0,
        "by_category": [],
        "previous_month_spend": 0,
        "change_pct": None,
        **FEBRUARY,
        "currency": "INR",
        "unconverted": [],
    }


def test_a_month_in_figures(person: Person, stranger: Person) -> None:
    rows: list[tuple[float, str, dict[str, Any]]] = [
        (100.1, "Groceries", {}),
        (200.2, "Travel", {}),
        (0.3, "Groceries", {"type": "refund"}),
        (9.99, "Shopping", {"type": "refund"}),
        (85000, "Other", {"type": "income"}),
        (50, "Groceries", {"currency": "USD"}),
        (20, "Groceries", {"currency": "USD", "type": "refund"}),
        (70, "Other", {"currency": "USD", "type": "income"}),
        (1.234, "Travel", {"currency": "KWD"}),
    ]
    for amount, category, fields in rows:
        person.spend(amount, category, date="2026-02-14", **fields)
    person.spend(300, date="2026-01-31T23:59:59.999")
    person.spend(60, date="2026-01-01", type="refund")
    person.spend(7, date="2026-03-01T00:00:00")
    person.spend(5, date="2026-01-10", currency="USD")
    stranger.spend(1000, date="2026-02-14")
    summary = exact(person.get(SUMMARY, **FEBRUARY))
    shown = {name: str(summary[name]) for name in ("current_month_spend", "income", "refunds", "net", "change_pct")}
    assert shown == {
        "current_month_spend": "290.01",
        "income": "85000.0",
        "refunds": "10.29",
        "net": "84709.99",
        "change_pct": "20.84",
    }
    assert (summary["previous_month_spend"], summary["transaction_count"]) == (240, 4)
    totals = [(part["category"], str(part["total"]), part["count"]) for part in summary["by_category"]]
    assert totals == [("Travel", "200.2", 1), ("Groceries", "99.8", 2), ("Shopping", "-9.99", 1)]
    unconverted = [(part["currency"], str(part["total"]), part["count"]) for part in summary["unconverted"]]
    assert unconverted == [("KWD", "1.234", 1), ("USD", "30.0", 3)]
    assert summary["unconverted"][1]["income"] == 70


def test_only_completed_ones_count(person: Person) -> None:
    sentence(person)
    failed_sentence(person)
    assert data(person.get(SUMMARY))["transaction_count"] == 0


@pytest.mark.parametrize(
    ("zone", "month"), [("Pacific/Kiritimati", 3), ("Asia/Kolkata", 3), ("UTC", 2), ("America/Los_Angeles", 2)]
)
def test_this_month_is_the_month_of_the_user(
    people: Any, monkeypatch: pytest.MonkeyPatch, zone: str, month: int
) -> None:
    person = people(timezone=zone)
    freeze(monkeypatch, "2026-02-28T20:00:00+00:00")
    person.spend(5)
    summary = data(person.get(SUMMARY))
    assert (summary["month"], summary["year"], summary["current_month_spend"]) == (month, 2026, 5)


def test_january_compares_with_december(person: Person) -> None:
    person.spend(50, date="2025-12-31")
    person.spend(75, date="2026-01-01")
    summary = data(person.get(SUMMARY, month=1, year=2026))
    assert (summary["previous_month_spend"], summary["change_pct"]) == (50, 50)


def test_a_negative_base_still_tells_the_direction(person: Person) -> None:
    person.spend(50, date="2026-01-31", type="refund")
    person.spend(50, date="2026-02-01")
    assert data(person.get(SUMMARY, **FEBRUARY))["change_pct"] == 200


def test_what_is_left_out_is_todays(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-02-10T12:00:00+00:00")
    for query, month in (
        ({"month": 5}, (5, 2026)),
        ({"year": 2024}, (2, 2024)),
        ({"month": "", "year": ""}, (2, 2026)),
    ):
        summary = data(person.get(SUMMARY, **query))
        assert (summary["month"], summary["year"]) == month


def test_a_change_of_currency_changes_what_is_converted(person: Person) -> None:
    person.spend(5, date="2026-02-14")
    person.patch("/api/auth/profile", {"currency": "JPY"})
    summary = data(person.get(SUMMARY, **FEBRUARY))
    assert (summary["currency"], summary["current_month_spend"]) == ("JPY", 0)
    assert [part["currency"] for part in summary["unconverted"]] == ["INR"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"month": "0"}, "month"),
        ({"month": "13"}, "month"),
        ({"month": "February"}, "month"),
        ({"year": "1969"}, "year"),
        ({"year": "99999999999999999999"}, "year"),
        ({"year": "2026.5"}, "year"),
    ],
)
def test_an_invalid_month_is_named(person: Person, query: dict[str, str], fault: str) -> None:
    assert fields_at_fault(person.get(SUMMARY, **query)) == [["query", fault]]


def test_categories_are_public_and_fixed(app: Any) -> None:
    answer = app.test_client().get("/api/transactions/categories", headers={"Authorization": "Bearer broken"})
    assert data(answer) == [
        "Food & Dining",
        "Transportation",
        "Utilities",
        "Housing",
        "Shopping",
        "Entertainment",
        "Health & Wellness",
        "Groceries",
        "Bills & Fees",
        "Travel",
        "Education",
        "Other",
    ]
