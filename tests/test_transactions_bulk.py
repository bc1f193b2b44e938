"""Many transactions in one request."""

from typing import Any

import pytest

from tests.factories import Person, data, fields_at_fault
from tests.records import MILK, TRANSACTIONS, count_of, profiled

BULK = f"{TRANSACTIONS}bulk"


def test_the_valid_ones_are_stored_and_the_others_named(person: Person) -> None:
    person.spend(1, external_id="taken")
    rows: list[Any] = [
        {**MILK, "description": "first"},
        {**MILK, "amount": 45.555},
        {**MILK, "external_id": "taken"},
        {"amount": -1, "colour": "red"},
        {**MILK, "external_id": "new", "description": "second"},
        {**MILK, "external_id": "new"},
        {"mode": "ai", "text": "tea 20"},
        "tea",
        None,
        {**MILK, "items": [{"name": "x", "total_price": 0.001}]},
        {**MILK, "description": "third", "currency": "USD", "date": "2026-02-01"},
    ]
    answer = person.post(BULK, {"transactions": rows})
    assert answer.status_code == 201
    result = data(answer)
    assert [transaction["description"] for transaction in result["created"]] == ["first", "second", "third"]
    faults = {error["index"]: [fault["loc"][3:] for fault in error["details"]] for error in result["errors"]}
    assert list(faults) == [1, 2, 3, 5, 6, 7, 8, 9]
    assert faults[1] == [["amount"]]
    assert faults[2] == faults[5] == [["external_id"]]
    assert faults[3] == [["amount"], ["category"], ["description"], ["colour"]]
    assert ["mode"] in faults[6]
    assert faults[7] == faults[8] == [[]]
    assert faults[9] == [["items", 0, "total_price"]]
    assert all(
        fault["loc"][:3] == ["body", "transactions", error["index"]]
        for error in result["errors"]
        for fault in error["details"]
    )
    assert count_of(person) == 4
    for transaction in result["created"]:
        assert data(person.get(f"{TRANSACTIONS}{transaction['_id']}")) == transaction


def test_five_hundred_are_the_most(person: Person) -> None:
    result = data(person.post(BULK, {"transactions": [MILK] * 500}))
    assert (len(result["created"]), result["errors"], count_of(person)) == (500, [], 500)
    assert len({transaction["_id"] for transaction in result["created"]}) == 500
    assert fields_at_fault(person.post(BULK, {"transactions": [MILK] * 501})) == [["body", "transactions"]]


def test_all_invalid_stores_nothing(person: Person) -> None:
    answer = person.post(BULK, {"transactions": [{}, {}]})
    assert answer.status_code == 201
    assert data(answer)["created"] == []
    assert [error["index"] for error in data(answer)["errors"]] == [0, 1]
    assert count_of(person) == 0


@pytest.mark.parametrize("body", [{}, {"transactions": []}, {"transactions": None}, {"transactions": {"0": MILK}}])
def test_there_must_be_a_list(person: Person, body: dict[str, Any]) -> None:
    assert fields_at_fault(person.post(BULK, body)) == [["body", "transactions"]]


def test_the_valid_ones_are_one_write(person: Person) -> None:
    with profiled("transactions") as operations:
        person.post(BULK, {"transactions": [MILK] * 300})
    assert [entry["ninserted"] for entry in operations if entry["op"] == "insert"] == [300]
