"""Single payments, as statistics read them: only what counts, one currency, oldest first."""

from datetime import date
from typing import Any

import pytest
from bson import ObjectId

from app.extensions import mongo
from app.transactions import ledger_service
from app.transactions.ledger_service import Line
from tests.factories import Person
from tests.records import failed_sentence, profiled, sentence
from tests.test_indexes import assert_indexed, stages

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def entries(person: Person, currency: str = "INR") -> list[Line]:
    return ledger_service.entries(ObjectId(person.profile["_id"]), FIRST, LAST, currency)


def test_only_what_counts_of_one_person_period_and_currency(person: Person, stranger: Person) -> None:
    late = person.spend(20.5, "Travel", date="2026-02-28", merchant="Rail", description="ticket")
    early = person.spend(45, "Groceries", date="2026-02-01T18:29:59Z", type="refund")
    for fields in ({"date": "2026-01-31"}, {"date": "2026-03-01"}, {"date": "2026-02-14", "currency": "USD"}):
        person.spend(7, **fields)
    stranger.spend(9, date="2026-02-14")
    sentence(person)
    failed_sentence(person)
    mongo.db.transactions.update_many({"status": "failed"}, {"$set": {"local_date": "2026-02-14"}})

    read = entries(person)
    assert [(str(line.id), str(line.local_date), line.moment.isoformat()) for line in read] == [
        (entry["_id"], entry["local_date"], entry["date"]) for entry in (early, late)
    ]
    assert [line[2:7] for line in read] == [
        ("refund", 4500, "Groceries", None, "something bought"),
        ("expense", 2050, "Travel", "Rail", "ticket"),
    ]
    assert [line.amount for line in entries(person, "USD")] == [700]


@pytest.mark.parametrize(
    "damage",
    [
        {"amount": "much"},
        {"amount": 4550.5},
        {"type": "gift"},
        {"category": "Sundries"},
        {"merchant": 5},
        {"description": None},
        {"date": "noon"},
        {"local_date": "2026-02-1x"},
    ],
    ids=str,
)
def test_a_damaged_one_is_left_out(person: Person, damage: dict[str, Any]) -> None:
    whole, damaged = (ObjectId(person.spend(5, date="2026-02-14")["_id"]) for _ in range(2))
    mongo.db.transactions.update_one({"_id": damaged}, {"$set": damage})
    assert [line.id for line in entries(person)] == [whole]


def test_it_reads_the_latest_along_an_index(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(10, 20):
        person.spend(day, date=f"2026-02-{day}")
    monkeypatch.setattr(ledger_service, "MOST_LINES", 3)
    with profiled("transactions", of=person) as operations:
        assert [line.amount for line in entries(person)] == [1700, 1800, 1900]
    (operation,) = operations
    assert_indexed(operations)
    assert "SORT" not in stages(operation)
    assert operation["docsExamined"] <= 4
