"""Changing, deleting and retrying transactions."""

from typing import Any

import pytest

from tests.accounts import at_once
from tests.factories import Person, code, data, fields_at_fault
from tests.records import TRANSACTIONS, count_of, failed_sentence, send_raw, sentence, stored


def path_of(transaction: dict[str, Any], more: str = "") -> str:
    return f"{TRANSACTIONS}{transaction['_id']}{more}"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_only_the_given_fields_change(person: Person, method: str) -> None:
    before = person.spend(45.5, merchant="Walmart", tags=["a"], notes="n", external_id="e", date="2026-02-01")
    answer = person.request(method, path_of(before), json={"amount": 47.25})
    after = data(answer)
    assert after["updated_at"] > before["updated_at"]
    assert after == {**before, "amount": 47.25, "updated_at": after["updated_at"]}
    assert data(person.get(path_of(before))) == after


@pytest.mark.parametrize(
    ("field", "value", "becomes"),
    [
        ("amount", 0.01, 0.01),
        ("category", "Travel", "Travel"),
        ("description", " train ", "train"),
        ("type", "refund", "refund"),
        ("merchant", "IRCTC", "IRCTC"),
        ("merchant", None, None),
        ("merchant", "", None),
        ("notes", None, None),
        ("external_id", None, None),
        ("external_id", "other", "other"),
        ("tags", ["b"], ["b"]),
        ("tags", None, []),
        ("items", None, []),
        ("items", [], []),
        ("currency", "USD", "USD"),
        ("currency", "usd", "USD"),
    ],
)
def test_every_writable_field(person: Person, field: str, value: Any, becomes: Any) -> None:
    items = [{"name": "x", "total_price": 3}]
    transaction = person.spend(4, merchant="Walmart", tags=["a"], notes="n", external_id="e", items=items)
    assert data(person.patch(path_of(transaction), {field: value}))[field] == becomes
    assert data(person.get(path_of(transaction)))[field] == becomes


@pytest.mark.parametrize("field", ["amount", "category", "description", "type", "date", "currency"])
def test_null_only_where_a_field_is_optional(person: Person, field: str) -> None:
    transaction = person.spend(4)
    assert fields_at_fault(person.patch(path_of(transaction), {field: None})) == [["body", field]]
    assert data(person.get(path_of(transaction))) == transaction


@pytest.mark.parametrize(
    "field", ["_id", "user_id", "status", "source", "local_date", "text", "failure", "receipt", "mode", "created_at"]
)
def test_other_fields_are_not_writable(person: Person, field: str) -> None:
    transaction = person.spend(4)
    assert fields_at_fault(person.patch(path_of(transaction), {field: transaction.get(field, "manual")})) == [
        ["body", field]
    ]


def test_a_new_date_moves_the_local_day(person: Person) -> None:
    transaction = person.spend(4, date="2026-02-01")
    after = data(person.patch(path_of(transaction), {"date": "2026-02-28T19:00:00Z"}))
    assert (after["date"], after["local_date"]) == ("2026-02-28T19:00:00+00:00", "2026-03-01")


def test_a_new_zone_moves_nothing_until_a_date_is_given(person: Person) -> None:
    transaction = person.spend(4, date="2026-02-01T00:30:00")
    person.patch("/api/auth/profile", {"timezone": "America/Los_Angeles"})
    assert data(person.patch(path_of(transaction), {"notes": "n"}))["local_date"] == "2026-02-01"
    assert data(person.patch(path_of(transaction), {"date": transaction["date"]}))["local_date"] == "2026-02-01"
    assert data(person.patch(path_of(transaction), {"date": "2026-01-31T19:01:00Z"}))["local_date"] == "2026-01-31"


def test_a_new_currency_keeps_the_numbers(person: Person) -> None:
    items = [{"name": "x", "quantity": 2, "unit_price": 20, "total_price": 40}]
    transaction = person.spend(45, items=items)
    for currency, minor in (("JPY", 45), ("KWD", 45000), ("USD", 4500)):
        after = data(person.patch(path_of(transaction), {"currency": currency}))
        assert (after["amount"], after["items"][0]["unit_price"], after["items"][0]["total_price"]) == (45, 20, 40)
        assert stored(after)["amount"] == minor


def test_a_currency_with_too_few_decimals_is_refused(person: Person) -> None:
    transaction = person.spend(45.5)
    assert fields_at_fault(person.patch(path_of(transaction), {"currency": "JPY"})) == [["body", "currency"]]
    both = {"currency": "JPY", "amount": 46.5}
    assert fields_at_fault(person.patch(path_of(transaction), both)) == [["body", "amount"]]
    assert data(person.get(path_of(transaction))) == transaction
    assert data(person.patch(path_of(transaction), {**both, "amount": 46}))["amount"] == 46
    with_items = person.spend(45, items=[{"name": "x", "total_price": 0.5}])
    assert fields_at_fault(person.patch(path_of(with_items), {"currency": "JPY"})) == [["body", "currency"]]
    assert person.patch(path_of(with_items), {"currency": "JPY", "items": []}).status_code == 200


def test_an_amount_is_judged_by_the_stored_currency(person: Person) -> None:
    transaction = person.spend(1500, currency="JPY")
    assert fields_at_fault(person.patch(path_of(transaction), {"amount": 1500.5})) == [["body", "amount"]]


def test_a_taken_external_id_is_refused(person: Person) -> None:
    person.spend(1, external_id="one")
    other = person.spend(1, external_id="two")
    answer = person.patch(path_of(other), {"external_id": "one"})
    assert (answer.status_code, code(answer)) == (409, "external_id_taken")
    assert data(person.patch(path_of(other), {"external_id": "two"}))["external_id"] == "two", "its own is not taken"


def test_while_processing_nothing_changes(person: Person) -> None:
    transaction = sentence(person)
    for answer in (
        person.patch(path_of(transaction), {"amount": 5}),
        person.delete(path_of(transaction)),
    ):
        assert (answer.status_code, code(answer)) == (409, "transaction_processing")
    assert code(person.post(path_of(transaction, "/retry"))) == "not_retryable"
    assert count_of(person) == 1


def test_parallel_updates_lose_nothing(person: Person) -> None:
    transaction = person.spend(1)
    changes = [
        {"amount": 2.5},
        {"category": "Travel"},
        {"description": "changed"},
        {"merchant": "m"},
        {"notes": "n"},
        {"tags": ["t"]},
        {"type": "refund"},
        {"external_id": "e"},
        {"date": "2026-02-01T00:00:00+00:00"},
        {"items": [{"name": "i", "total_price": 1}]},
    ]
    answers = at_once(30, lambda index: person.patch(path_of(transaction), changes[index % len(changes)]))
    assert [answer.status_code for answer in answers] == [200] * 30
    after = data(person.get(path_of(transaction)))
    for change in changes[:-1]:
        assert {name: after[name] for name in change} == change
    assert after["items"][0]["name"] == "i"
    assert data(person.get(TRANSACTIONS, search="m\nn"))["pagination"]["total"] == 1


def test_a_currency_and_an_amount_that_race_never_mix(person: Person) -> None:
    transaction = person.spend(100)
    answers = at_once(
        8,
        lambda index: person.patch(path_of(transaction), {"currency": "JPY"} if index % 2 else {"amount": 12.34}),
    )
    assert {answer.status_code for answer in answers} <= {200, 422}
    after = data(person.get(path_of(transaction)))
    assert (after["currency"], after["amount"]) in (("JPY", 100), ("INR", 12.34))


def test_deleting(person: Person) -> None:
    transaction = person.spend(1)
    answer = person.delete(path_of(transaction))
    assert answer.status_code == 200
    assert data(answer)["message"]
    for again in (person.delete(path_of(transaction)), person.get(path_of(transaction))):
        assert (again.status_code, code(again)) == (404, "not_found")
    assert count_of(person) == 0


def test_of_parallel_deletes_one_succeeds(person: Person) -> None:
    transaction = person.spend(1)
    answers = at_once(8, lambda _: person.delete(path_of(transaction)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7


def test_a_failed_sentence_can_be_retried_once_at_a_time(person: Person) -> None:
    transaction = failed_sentence(person)
    answers = at_once(8, lambda _: person.post(path_of(transaction, "/retry")))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    retried = next(data(answer) for answer in answers if answer.status_code == 202)
    assert (retried["status"], retried["failure"], retried["text"]) == ("processing", None, transaction["text"])


def test_what_has_not_failed_is_not_retried(person: Person) -> None:
    answer = person.post(path_of(person.spend(1), "/retry"))
    assert (answer.status_code, code(answer)) == (409, "not_retryable")


def test_a_failed_sentence_is_completed_by_hand(person: Person) -> None:
    transaction = failed_sentence(person)
    assert data(person.patch(path_of(transaction), {"notes": "no idea"}))["status"] == "failed"
    after = data(person.patch(path_of(transaction), {"amount": 20, "category": "Food & Dining"}))
    assert (after["status"], after["failure"], after["amount"]) == ("completed", None, 20)
    assert after["source"] == "ai"


def test_a_failed_sentence_can_be_deleted(person: Person) -> None:
    assert person.delete(path_of(failed_sentence(person))).status_code == 200


def test_an_empty_update_changes_nothing(person: Person) -> None:
    before = person.spend(1)
    after = data(send_raw(person, "PATCH", path_of(before), "{}"))
    assert after == {**before, "updated_at": after["updated_at"]}
