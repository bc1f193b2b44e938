"""Recording transactions, one at a time."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.accounts import at_once
from tests.factories import Person, code, data, fields_at_fault
from tests.records import MILK, TRANSACTIONS, count_of, exact, failed_sentence, freeze, send_raw, sentence, stored

FIELDS = [
    "_id",
    "user_id",
    "external_id",
    "type",
    "amount",
    "currency",
    "category",
    "description",
    "merchant",
    "date",
    "local_date",
    "status",
    "source",
    "items",
    "items_difference",
    "tags",
    "notes",
    "text",
    "failure",
    "receipt",
    "created_at",
    "updated_at",
]


def test_a_manual_entry_is_stored_as_given(person: Person) -> None:
    sent = {
        "mode": "manual",
        "type": "refund",
        "amount": 12.05,
        "currency": "USD",
        "category": "Food & Dining",
        "description": "  lunch\nwith Asha ",
        "merchant": "Café Ünïcode 🍜",
        "date": "2026-02-01T12:00:00+05:30",
        "tags": ["work", "team"],
        "notes": "line one\n\tline two",
        "external_id": "bank-1",
    }
    answer = person.post(TRANSACTIONS, sent)
    assert answer.status_code == 201
    transaction = data(answer)
    assert list(transaction) == FIELDS
    expected = {
        **{name: sent[name] for name in ("type", "amount", "currency", "category", "merchant", "tags", "notes")},
        "description": "lunch\nwith Asha",
        "external_id": "bank-1",
        "date": "2026-02-01T06:30:00+00:00",
        "local_date": "2026-02-01",
        "status": "completed",
        "source": "manual",
        "user_id": person.profile["_id"],
        "items": [],
        **dict.fromkeys(("items_difference", "text", "failure", "receipt")),
    }
    assert {name: transaction[name] for name in expected} == expected
    assert data(person.get(f"{TRANSACTIONS}{transaction['_id']}")) == transaction


def test_what_is_left_out_has_the_obvious_value(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-02-28T19:00:00.123+00:00")
    transaction = person.spend(10)
    assert transaction["type"] == "expense"
    assert transaction["currency"] == person.profile["currency"] == "INR"
    assert transaction["date"] == "2026-02-28T19:00:00.123000+00:00"
    assert transaction["local_date"] == "2026-03-01", "half past midnight in Kolkata"
    assert (transaction["merchant"], transaction["notes"], transaction["tags"]) == (None, None, [])
    assert transaction["created_at"] == transaction["updated_at"] == transaction["date"]


def test_amounts_are_stored_as_minor_units(people: Any) -> None:
    person = people(currency="KWD")
    for amount, currency, minor in ((0.29, "INR", 29), (1234.567, "KWD", 1234567), (1500, "JPY", 1500)):
        transaction = person.spend(amount, currency=currency)
        document = stored(transaction)
        assert (document["amount"], type(document["amount"])) == (minor, int)
        assert transaction["amount"] == amount


@pytest.mark.parametrize(
    ("written", "currency", "shown"),
    [
        ("45.50", "INR", "45.5"),
        ("45.500000", "INR", "45.5"),
        ("4.55e1", "INR", "45.5"),
        ("1e3", "JPY", "1000"),
        ("1500.0", "JPY", "1500"),
        ("10000000", "INR", "10000000.0"),
        ("9999999.99", "USD", "9999999.99"),
        ("0.001", "KWD", "0.001"),
        ("0.01", "INR", "0.01"),
    ],
)
def test_numbers_are_read_and_shown_exactly(person: Person, written: str, currency: str, shown: str) -> None:
    body = f'{{"amount": {written}, "currency": "{currency}", "category": "Other", "description": "x"}}'
    answer = send_raw(person, "POST", TRANSACTIONS, body)
    assert answer.status_code == 201, answer.text
    assert re.search(r'"amount":([^,]+),', answer.text).group(1) == shown


@pytest.mark.parametrize(
    ("amount", "currency"), [("45.555", "INR"), ("0.001", "USD"), ("1.5", "JPY"), ("1.2345", "KWD"), ("1e-7", "KWD")]
)
def test_more_decimals_than_the_currency_has_are_refused(person: Person, amount: str, currency: str) -> None:
    body = f'{{"amount": {amount}, "currency": "{currency}", "category": "Other", "description": "x"}}'
    answer = send_raw(person, "POST", TRANSACTIONS, body)
    assert fields_at_fault(answer) == [["body", "amount"]]
    assert currency in answer.json["message"]


def test_the_decimals_are_those_of_the_users_currency_when_none_is_given(people: Any) -> None:
    person = people(currency="JPY")
    assert fields_at_fault(person.post(TRANSACTIONS, MILK)) == [["body", "amount"]]


@pytest.mark.parametrize(
    ("written", "instant", "day"),
    [
        ("2026-02-01", "2026-02-01T06:30:00+00:00", "2026-02-01"),
        ("2026-02-01T00:10:00", "2026-01-31T18:40:00+00:00", "2026-02-01"),
        ("2026-01-31T23:59:59.999Z", "2026-01-31T23:59:59.999000+00:00", "2026-02-01"),
        ("2026-02-01T06:30:00.123456Z", "2026-02-01T06:30:00.123000+00:00", "2026-02-01"),
        ("2026-01-31T10:00:00-08:00", "2026-01-31T18:00:00+00:00", "2026-01-31"),
        ("2026-01-31 10:30:00-0800", "2026-01-31T18:30:00+00:00", "2026-02-01"),
    ],
)
def test_dates_are_instants_and_days_of_the_user(person: Person, written: str, instant: str, day: str) -> None:
    transaction = person.spend(1, date=written)
    assert (transaction["date"], transaction["local_date"]) == (instant, day)
    assert data(person.get(f"{TRANSACTIONS}{transaction['_id']}"))["date"] == instant


def test_no_day_is_beyond_the_calendar_in_its_zone(person: Person, people: Any) -> None:
    somebody = people(timezone="America/New_York")
    for asking, instant in ((person, "2100-12-31T23:59:59Z"), (somebody, "1970-01-01T00:00:00Z")):
        entry = asking.spend(1)
        for answer in (
            asking.post(TRANSACTIONS, {**MILK, "date": instant}),
            asking.post(TRANSACTIONS, {"mode": "ai", "text": "chai 20", "date": instant}),
            asking.patch(f"{TRANSACTIONS}{entry['_id']}", {"date": instant}),
        ):
            assert fields_at_fault(answer) == [["body", "date"]]
        receipt = {"merchant_name": "Shop", "total_amount": 1, "transaction_date": instant}
        assert fields_at_fault(asking.post("/api/receipts/", receipt)) == [["body", "transaction_date"]]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "America/Santiago", "Asia/Kathmandu"])
def test_a_day_stays_that_day_in_every_zone(people: Any, zone: str) -> None:
    person = people(timezone=zone)
    for day in ("2026-01-01", "2026-03-08", "2026-09-06", "2026-11-01", "2024-02-29", "2026-12-31"):
        assert person.spend(1, date=day)["local_date"] == day


def test_line_items(person: Person) -> None:
    items = [
        {"name": " Rice ", "quantity": 2.5, "unit_price": 40.5},
        {"name": "Oil", "quantity": 3, "unit_price": 0.33, "total_price": 0.99, "category": "Groceries"},
        {"name": "Bag", "total_price": 5},
        {"name": "Voucher", "unit_price": 7},
        {"name": "Free sample"},
    ]
    transaction = person.spend(120, items=items)
    assert transaction["items"] == [
        {"name": "Rice", "quantity": 2.5, "unit_price": 40.5, "total_price": 101.25, "category": None},
        {"name": "Oil", "quantity": 3, "unit_price": 0.33, "total_price": 0.99, "category": "Groceries"},
        {"name": "Bag", "quantity": None, "unit_price": None, "total_price": 5.0, "category": None},
        {"name": "Voucher", "quantity": None, "unit_price": 7.0, "total_price": 7.0, "category": None},
        {"name": "Free sample", "quantity": None, "unit_price": None, "total_price": None, "category": None},
    ]
    assert transaction["items_difference"] == 5.76
    assert (
        data(person.patch(f"{TRANSACTIONS}{transaction['_id']}", {"items": transaction["items"]}))["items"]
        == (transaction["items"])
    ), "what was read can be sent back"


def test_items_that_add_up_differ_by_nothing(person: Person) -> None:
    items = [{"name": "a", "total_price": 0.1}, {"name": "b", "total_price": 0.2}]
    assert person.spend(0.3, items=items)["items_difference"] == 0
    assert person.spend(0.2, items=items)["items_difference"] == -0.1


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({"name": "x", "quantity": 2, "unit_price": 10, "total_price": 21}, "total_price"),
        ({"name": "x", "quantity": 1.001, "unit_price": 10, "total_price": 10.02}, "total_price"),
        ({"name": "x", "quantity": 1_000_000, "unit_price": 10_000_000}, "total_price"),
        ({"name": "x", "quantity": 0.001, "unit_price": 1}, "total_price"),
        ({"name": "x", "unit_price": 1.005}, "unit_price"),
        ({"name": "x", "total_price": 1.005}, "total_price"),
        ({"name": "x", "quantity": 0, "unit_price": 10}, "quantity"),
        ({"name": "x", "quantity": -1}, "quantity"),
        ({"name": "x", "quantity": 0.0000001}, "quantity"),
        ({"name": "x", "quantity": 1_000_001}, "quantity"),
        ({"name": "x", "category": "Sweets"}, "category"),
        ({"name": "x", "colour": "red"}, "colour"),
        ({"name": ""}, "name"),
        ({"quantity": 1}, "name"),
    ],
)
def test_a_line_item_at_fault_is_named(person: Person, item: dict[str, Any], fault: str) -> None:
    answer = person.post(TRANSACTIONS, {**MILK, "items": [{"name": "fine"}, item]})
    assert fields_at_fault(answer) == [["body", "items", 1, fault]]
    assert count_of(person) == 0


def test_five_hundred_items_are_the_most(person: Person) -> None:
    items = [{"name": f"item {number}", "total_price": 0.01} for number in range(500)]
    assert len(person.spend(5, items=items)["items"]) == 500
    assert fields_at_fault(person.post(TRANSACTIONS, {**MILK, "items": [*items, items[0]]})) == [["body", "items"]]


def test_a_sentence_waits_for_the_ai(person: Person) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    transaction = sentence(person)
    assert list(transaction) == FIELDS
    assert (transaction["status"], transaction["source"], transaction["amount"]) == ("processing", "ai", 0)
    assert transaction["description"] == transaction["text"] == "Bought groceries from Walmart for $45.50"
    assert transaction["category"] == "Other"
    assert datetime.fromisoformat(transaction["date"]) >= before
    answer = person.get(f"{TRANSACTIONS}{transaction['_id']}/status")
    assert data(answer) == {"_id": transaction["_id"], "status": "processing"}


def test_a_sentence_may_say_which_day_it_counts_from(person: Person) -> None:
    answer = person.post(TRANSACTIONS, {"mode": "ai", "text": "tea 20 yesterday", "date": "2026-02-01"})
    assert answer.status_code == 202
    assert data(answer)["local_date"] == "2026-02-01"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"mode": "ai"}, ["body", "text"]),
        ({"mode": "ai", "text": ""}, ["body", "text"]),
        ({"mode": "ai", "text": " \n "}, ["body", "text"]),
        ({"mode": "ai", "text": "x" * 201}, ["body", "text"]),
        ({"mode": "ai", "text": "tea 20", "amount": 20}, ["body", "amount"]),
        ({"mode": "ai", "text": "tea 20", "date": "yesterday"}, ["body", "date"]),
        ({"mode": "magic", "text": "tea 20"}, ["body", "mode"]),
        ({"mode": None, **MILK}, ["body", "mode"]),
        ({"mode": 1, **MILK}, ["body", "mode"]),
        ({"mode": "manual", "text": "tea 20", **MILK}, ["body", "text"]),
    ],
)
def test_a_mode_takes_its_own_fields_only(person: Person, body: dict[str, Any], fault: list[str]) -> None:
    assert fields_at_fault(person.post(TRANSACTIONS, body)) == [fault]
    assert count_of(person) == 0


def test_two_hundred_characters_of_text_fit(person: Person) -> None:
    assert sentence(person, "чай " * 50)["text"] == ("чай " * 50).strip()


def test_a_settled_status_says_what_came_of_it(person: Person) -> None:
    done = person.spend(45.5, date="2026-02-01")
    assert data(person.get(f"{TRANSACTIONS}{done['_id']}/status")) == {
        name: done[name] for name in ("_id", "status", "amount", "category", "description", "date")
    }
    failed = failed_sentence(person)
    status = data(person.get(f"{TRANSACTIONS}{failed['_id']}/status"))
    assert (status["status"], status["failure"], status["amount"]) == ("failed", failed["failure"], 0)


def test_an_external_id_is_unique_per_user(person: Person, stranger: Person) -> None:
    person.spend(1, external_id="bank-1")
    answer = person.post(TRANSACTIONS, {**MILK, "external_id": " bank-1 "})
    assert (answer.status_code, code(answer)) == (409, "external_id_taken")
    assert stranger.spend(1, external_id="bank-1")["external_id"] == "bank-1"
    assert [person.spend(1)["external_id"] for _ in range(2)] == [None, None], "those without one don't collide"


def test_of_parallel_posts_with_one_external_id_one_wins(person: Person) -> None:
    answers = at_once(20, lambda _: person.post(TRANSACTIONS, {**MILK, "external_id": "bank-1"}))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"external_id_taken"}
    assert count_of(person) == 1


def test_numbers_are_numbers(person: Person) -> None:
    transaction = exact(person.post(TRANSACTIONS, {**MILK, "amount": 7}))
    assert transaction["amount"] == 7
    assert not isinstance(transaction["amount"], str)
