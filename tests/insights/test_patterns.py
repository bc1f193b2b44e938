"""The patterns over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from app.insights import service
from tests.factories import Person, code, data
from tests.insights.generator import TODAY
from tests.records import TRANSACTIONS, freeze

PATTERNS = "/api/insights/spending-patterns"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, f"{TODAY}T12:00:00+00:00")


def enter(person: Person, rows: list[dict[str, Any]]) -> list[str]:
    answer = data(person.post(f"{TRANSACTIONS}bulk", {"transactions": rows}))
    assert not answer["errors"]
    return [row["_id"] for row in answer["created"]]


def groceries(amount: float, ago: int, **fields: Any) -> dict[str, Any]:
    day = str(TODAY - timedelta(days=ago))
    return {
        "amount": amount,
        "category": "Groceries",
        "description": "food",
        "merchant": "Big Bazaar",
        "date": day,
    } | fields


def test_what_stands_out_is_said_in_words(person: Person, stranger: Person) -> None:
    enter(stranger, [groceries(90_000, 3)])
    ids = enter(
        person,
        [
            *(groceries(1900 + 13 * (week % 17), 7 * week) for week in range(1, 50)),
            groceries(12400, 20),
            groceries(1234.5, 10),
            groceries(1234.5, 10),
            groceries(600_000, 5, type="refund"),
            groceries(777, 6, currency="USD"),
        ],
    )
    patterns = data(person.get(PATTERNS))
    twice, dear = patterns["anomalies"]
    assert (dear["transaction_id"], dear["date"], dear["amount"]) == (ids[49], str(TODAY - timedelta(days=20)), 12400)
    assert dear["expected"] == pytest.approx(2000, rel=0.02)
    assert dear["score"] > 3.5
    assert dear["reason"] == "₹12,400 at Big Bazaar is 6 times what you usually pay there (about ₹2,000)."
    assert (twice["transaction_id"] in ids[50:52], twice["expected"]) == (True, 0)
    assert twice["reason"] == "₹1,234.50 at Big Bazaar was paid twice, though you seldom pay there twice a day."
    assert patterns["period"]["transaction_count"] == 53
    assert [(part["currency"], part["total"]) for part in patterns["unconverted"]] == [("USD", 777)]


def test_nothing_yet(person: Person) -> None:
    patterns = data(person.get(PATTERNS))
    assert [day["name"] for day in patterns["weekday"]][::6] == ["Monday", "Sunday"]
    assert {day["total"] for day in patterns["weekday"] + patterns["day_of_month"]} == {0}
    assert [season["month"] for season in patterns["seasonal"]] == list(range(1, 13))
    assert {season["index"] for season in patterns["seasonal"]} == {None}
    for name in ("anomalies", "trends", "recurring", "unconverted"):
        assert patterns[name] == []
    assert patterns["period"] == {"start_date": None, "end_date": None, "transaction_count": 0}


def test_rhythms_trends_and_what_recurs(person: Person) -> None:
    """TODAY is a Saturday."""
    enter(person, [groceries(100, 7 * week, description="market", merchant=None) for week in range(40)])
    enter(person, [groceries(200 + 200 * month, 30 * month, merchant="Jio") for month in range(10)])
    enter(person, [groceries(649, 31 * month, merchant="Netflix", category="Entertainment") for month in range(1, 9)])
    patterns = data(person.get(PATTERNS))
    saturday = patterns["weekday"][5]
    assert saturday["index"] == max(day["index"] for day in patterns["weekday"])
    assert saturday["average"] == pytest.approx(saturday["total"] / saturday["count"], abs=0.01)
    assert [one["direction"] for one in patterns["trends"] if one["category"] == "Groceries"] == ["down"]
    (netflix,) = [one for one in patterns["recurring"] if one["merchant"] == "Netflix"]
    assert (netflix["amount"], netflix["cadence"]) == (649, "monthly")
    assert netflix["last_date"] < str(TODAY)


def test_a_new_entry_shows_at_once(person: Person) -> None:
    enter(person, [groceries(100, 7 * week) for week in range(10)])
    assert data(person.get(PATTERNS))["period"]["transaction_count"] == 10
    person.spend(5, date=str(TODAY))
    assert data(person.get(PATTERNS))["period"]["transaction_count"] == 11


def test_who_waits_long_for_others_is_told_to_come_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.ledgers, "patience_seconds", 0.05)
    with service.ledgers.taken():
        answer = person.get(PATTERNS)
        assert (answer.status_code, code(answer)) == (503, "too_many_insights")
        assert int(answer.headers["Retry-After"]) > 0
    assert person.get(PATTERNS).status_code == 200
