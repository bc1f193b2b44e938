"""The history by local day."""

from typing import Any

import pytest

from tests.factories import Person, data, fields_at_fault
from tests.records import exact, failed_sentence, freeze, sentence

HISTORY = "/api/transactions/history"


def days(person: Person, **query: Any) -> dict[str, list[str]]:
    """Descriptions by day, in the order of the answer."""
    return {
        day["date"]: [transaction["description"] for transaction in day["transactions"]]
        for day in data(person.get(HISTORY, **query))
    }


def test_nothing_is_an_empty_list(person: Person, stranger: Person) -> None:
    stranger.spend(10)
    assert data(person.get(HISTORY)) == []


def test_days_and_their_transactions_come_newest_first(person: Person, stranger: Person) -> None:
    stranger.spend(10, date="2026-02-01")
    for description, date in (
        ("morning", "2026-02-01T08:00:00"),
        ("next day", "2026-02-02T00:00:00"),
        ("evening", "2026-02-01T23:59:59.999"),
        ("twin", "2026-02-01T08:00:00"),
    ):
        person.spend(10, description=description, date=date)
    found = days(person, start_date="2026-02-01", end_date="2026-02-28")
    assert list(found.items()) == [("2026-02-02", ["next day"]), ("2026-02-01", ["evening", "twin", "morning"])]


def test_a_days_figures(person: Person) -> None:
    for amount, fields in (
        (100.1, {}),
        (0.2, {}),
        (30.05, {"type": "refund"}),
        (85000, {"type": "income"}),
        (999, {"currency": "USD"}),
    ):
        person.spend(amount, date="2026-02-01", **fields)
    (day,) = exact(person.get(HISTORY, start_date="2026-02-01", end_date="2026-02-01"))
    assert (day["date"], str(day["total_spend"])) == ("2026-02-01", "70.25")
    assert day["transaction_count"] == len(day["transactions"]) == 5


def test_only_completed_ones_count(person: Person) -> None:
    sentence(person)
    failed_sentence(person)
    assert data(person.get(HISTORY)) == []


def test_more_refunds_than_expenses_are_negative(person: Person) -> None:
    person.spend(5, type="refund", date="2026-02-01")
    (day,) = data(person.get(HISTORY, start_date="2026-02-01"))
    assert day["total_spend"] == -5


def test_days_follow_their_day_even_where_instants_cross(person: Person) -> None:
    """After a move west an earlier local day can lie at a later instant; each day still stands once."""
    person.spend(1, description="in Kolkata", date="2026-02-02T01:00:00")
    person.patch("/api/auth/profile", {"timezone": "America/Los_Angeles"})
    person.spend(1, description="in Los Angeles", date="2026-02-01T20:00:00")
    assert days(person, start_date="2026-02-01", end_date="2026-02-02") == {
        "2026-02-02": ["in Kolkata"],
        "2026-02-01": ["in Los Angeles"],
    }


def test_the_front_ends_month_in_utc(person: Person) -> None:
    for description, date in (
        ("last of October", "2026-10-31T23:59:59"),
        ("first of November", "2026-11-01T00:00:00"),
        ("last of November", "2026-11-30T23:59:59"),
        ("first of December", "2026-12-01T00:00:00"),
    ):
        person.spend(1, description=description, date=date)
    found = days(person, start_date="2026-10-31T18:30:00.000Z", end_date="2026-11-30T18:29:59.000Z")
    assert list(found.items()) == [("2026-11-30", ["last of November"]), ("2026-11-01", ["first of November"])]


def test_without_a_range_the_latest_ninety_days(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-03-31T19:00:00+00:00")
    for day in ("2026-01-01", "2026-01-02", "2026-04-01", "2026-04-02"):
        person.spend(1, date=day)
    assert list(days(person)) == ["2026-04-01", "2026-01-02"], "today is the first of April in Kolkata"
    assert list(days(person, start_date="", end_date="")) == ["2026-04-01", "2026-01-02"]


def test_with_one_end_ninety_days_from_it(person: Person) -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-04-01", "2026-04-02"):
        person.spend(1, date=day)
    assert list(days(person, start_date="2026-01-02")) == ["2026-04-01", "2026-01-02"]
    assert list(days(person, end_date="2026-04-01")) == ["2026-04-01", "2026-01-02"]
    assert list(days(person, start_date="2026-01-01T06:30:00Z")) == ["2026-04-01", "2026-01-02", "2026-01-01"]
    assert list(days(person, end_date="2026-04-02T06:30:00Z")) == ["2026-04-02", "2026-04-01", "2026-01-02"]


@pytest.mark.parametrize(
    ("zone", "start", "end", "too_late"),
    [
        ("Asia/Kolkata", "2026-01-01", "2027-01-01", "2027-01-02"),
        ("Asia/Kolkata", "2024-01-01", "2024-12-31", "2025-01-01"),
        ("America/Los_Angeles", "2025-11-02", "2026-11-02", "2026-11-03"),
        ("America/Los_Angeles", "2026-03-08", "2027-03-08", "2027-03-09"),
        ("Asia/Kolkata", "2026-01-01T00:00:00Z", "2027-01-02T00:00:00Z", "2027-01-02T00:00:01Z"),
    ],
)
def test_366_days_are_the_most(people: Any, zone: str, start: str, end: str, too_late: str) -> None:
    person = people(timezone=zone)
    assert data(person.get(HISTORY, start_date=start, end_date=end)) == []
    assert fields_at_fault(person.get(HISTORY, start_date=start, end_date=too_late)) == [["query", "end_date"]]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "start_date"),
        ({"start_date": "tomorrow"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
    ],
)
def test_an_invalid_range_is_named(person: Person, query: dict[str, str], fault: str) -> None:
    assert fields_at_fault(person.get(HISTORY, **query)) == [["query", fault]]


@pytest.mark.parametrize("query", [{"start_date": "2100-12-31"}, {"end_date": "1970-01-01"}])
def test_the_ends_of_the_calendar(person: Person, query: dict[str, str]) -> None:
    assert data(person.get(HISTORY, **query)) == []
