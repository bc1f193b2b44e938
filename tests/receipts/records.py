"""What tests of receipts share."""

from base64 import b64encode
from typing import Any

from urllib3.filepost import encode_multipart_formdata
from werkzeug.test import TestResponse

from tests.factories import Person, data
from tests.receipts.drawing import draw
from tests.waiting import wait_until

RECEIPTS = "/api/receipts/"
UPLOADS = "/api/uploads/"
BREAD = {
    "merchant_name": "Corner Bakery",
    "total_amount": 12.4,
    "transaction_date": "2026-02-01",
    "currency": "EUR",
    "items": [{"name": "Rye bread", "quantity": 2, "unit_price": 6.2}],
}
IMAGE = b64encode(draw()).decode()


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


def send(
    person: Person, content: bytes, path: str = RECEIPTS, filename: str = "lunch.jpg", **fields: str
) -> TestResponse:
    """An upload, as a form."""
    body, content_type = encode_multipart_formdata({**fields, "file": (filename, content)})
    return person.post(path, data=body, content_type=content_type)


def uploaded(person: Person, content: bytes | None = None, **fields: str) -> dict[str, Any]:
    """A receipt that was uploaded and waits to be read."""
    answer = send(person, content or draw(), **fields)
    assert answer.status_code == 202, answer.json
    return data(answer)["receipt"]


def settled(person: Person, receipt: dict[str, Any], seconds: float = 60) -> dict[str, Any]:
    """A receipt once it has been read."""
    path = path_of(receipt, "/status")
    wait_until(lambda: data(person.get(path))["status"] != "processing", seconds, every=0.2)
    return data(person.get(path_of(receipt)))
