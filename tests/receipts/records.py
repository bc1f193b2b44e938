"""What tests of receipts share."""

from typing import Any

from tests.factories import Person, data

RECEIPTS = "/api/receipts/"
UPLOADS = "/api/uploads/"
BREAD = {
    "merchant_name": "Corner Bakery",
    "total_amount": 12.4,
    "transaction_date": "2026-02-01",
    "currency": "EUR",
    "items": [{"name": "Rye bread", "quantity": 2, "unit_price": 6.2}],
}


def known_receipt(person: Person, **fields: Any) -> dict[str, Any]:
    """A receipt that was given in full."""
    answer = person.post(RECEIPTS, {**BREAD, **fields})
    assert answer.status_code == 201, answer.json
    return data(answer)["receipt"]


def path_of(receipt: dict[str, Any], more: str = "") -> str:
    return f"{RECEIPTS}{receipt['_id']}{more}"


def listed(person: Person, **query: Any) -> list[str]:
    """The ids in a list of receipts, in its order."""
    return [receipt["_id"] for receipt in data(person.get(RECEIPTS, **query))["receipts"]]
