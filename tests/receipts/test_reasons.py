"""Why a person should look at a receipt, and how each reason goes away: with the field that it is about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bson import ObjectId

from app.extensions import mongo
from app.receipts.outcome import FAILURES, NEEDED
from app.transactions.receipt_part import SHOWN_AS, fields_of
from config import ROOT
from tests.factories import Person, data
from tests.receipts.records import known_receipt, path_of

READERS = (
    *(ROOT / "app/services/receipt_parser").rglob("*.py"),
    *(ROOT / "app/services" / name for name in ("gemini_receipts.py", "witness.py", "receipt_reader.py")),
    *(ROOT / "app/receipts" / name for name in ("outcome.py", "line_items.py")),
)
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
STORED_NAMES = {"created_at", "field_confidence", "local_date", "ocr_text"}
CORRECTIONS = {
    "merchant_name": "Kiosk",
    "total_amount": 5,
    "transaction_date": "2026-02-03",
    "currency": "USD",
    "type": "refund",
    "items": [],
    **dict.fromkeys(("subtotal", "tax", "tip", "discount"), 1),
}


def codes(path: Path) -> Iterator[str]:
    """The codes in a reader's functions that have to do with reasons."""
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    for node in [node for function in functions if "reason" in ast.unparse(function) for node in ast.walk(function)]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value
        if isinstance(node, ast.JoinedStr) and (ending := re.fullmatch(r"f'\{\w+\}(_[a-z_]+)'", ast.unparse(node))):
            yield from (f"{name}{ending[1]}" for name in NEEDED)


REASONS = sorted({code for path in READERS for code in codes(path)} - STORED_NAMES - set(FAILURES))


def test_the_reasons_are_found() -> None:
    assert {"credit_note", "items_do_not_add_up", "items_doubtful", "date_out_of_range", "total_missing"} < set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_correcting_a_field_clears_what_was_said_about_it(person: Person, reason: str) -> None:
    receipt = known_receipt(person)
    assert fields_of(reason)
    for field in fields_of(reason):
        mongo.db.transactions.update_one(
            {"_id": ObjectId(receipt["_id"])}, {"$set": {"receipt.review_reasons": [reason]}}
        )
        assert data(person.patch(path_of(receipt), {"notes": "seen"}))["review_reasons"] == [reason]
        shown = SHOWN_AS.get(field, field)
        assert shown in CORRECTIONS, "nobody can correct it"
        corrected = data(person.patch(path_of(receipt), {shown: CORRECTIONS[shown]}))
        assert (corrected["review_reasons"], corrected["needs_review"]) == ([], False), field
