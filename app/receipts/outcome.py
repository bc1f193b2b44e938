"""What becomes of a receipt once it is read: pure functions, which believe a reading no more than a person's input."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.core import clock, money
from app.core.types import CATEGORIES, UNCLEAN
from app.models.transactions import Kind, Status
from app.receipts import line_items
from app.receipts.line_items import one_line
from app.receipts.schemas import LONGEST_TEXT
from app.transactions import record_service as records

if TYPE_CHECKING:
    from app.services.receipt_parser.types import Reading

Document = dict[str, Any]
EARLIEST = date(1970, 1, 1)  # as for a person
SURE_ENOUGH = 0.7  # below it a person should look
UNCHECKED = 0.6  # at most, that all items are right where they do not add up
NEEDED = ("merchant", "total", "date")
REASON = re.compile(r"[a-z]+(_[a-z]+)*")
MOST_REASONS = 20
MONEY = {"amount", "items", *records.AMOUNTS}
READ_AS = {"total": "total_amount", "merchant": "merchant_name", "date": "transaction_date"}
NOT_READ = {"merchant_missing": "merchant", "date_missing": "date", "date_out_of_range": "date"}
FAILURES = {
    "no_text": "Nothing could be read in this file.",
    "no_total": "No total was found. You can set it yourself.",
    "unreadable_file": "This file can't be read.",
    "timeout": "Reading this file took too long.",
    "reader_unavailable": "The file could not be read just now. Please try again.",
}


@dataclass
class Judged:
    """What of a reading can be stored, and why a person should look."""

    fields: Document = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def kept(document: Document) -> set[str]:
    """The stored fields that a person has set, and the currency their money is in: a reading never changes them."""
    by_hand = set_by_hand(document)
    return by_hand | ({"currency"} if by_hand & MONEY else set())


def set_by_hand(document: Document) -> set[str]:
    """The stored fields that a person has set, at upload or later."""
    return {*document["edited"], *document["receipt"]["given"]}


def failed(document: Document, code: str) -> Document:
    """The outcome when nothing was read; a receipt that had an amount before stays as it was."""
    if document["amount"]:
        return {"status": Status.COMPLETED.value, "failure": None}
    missing = records.remaining([f"{name}_missing" for name in NEEDED], kept(document))
    return {
        "status": Status.FAILED.value,
        "failure": {"code": code, "message": FAILURES[code]},
        "receipt.review_reasons": missing,
    }


def currency_of(document: Document, reading: "Reading") -> str:
    """The currency a person set, else the document's, else the one it was uploaded with."""
    if "currency" in kept(document):
        return str(document["currency"])
    return _named_currency(reading) or str(document["receipt"]["own_currency"])


def _named_currency(reading: "Reading") -> str | None:
    code = (reading.currency or "").upper()
    return code if code in money.DECIMALS else None


def settled(document: Document, reading: "Reading", merchant: str | None, category: str | None) -> Document:
    """The outcome of a reading.

    Args:
        merchant: the one the person means by what was read.
        category: the one of this person's habit, or of the merchant and the items.
    """
    judged, fixed = _judged(document, reading)
    fields = {**judged.fields, "merchant": merchant, "category": category or document["category"]}
    outcome = {name: value for name, value in fields.items() if name.removeprefix("receipt.") not in fixed}
    if "date" in fixed:
        outcome.pop("local_date", None)
    if "amount" in fixed:
        outcome.pop("type", None)
    amount = outcome.get("amount", document["amount"])
    if not amount:
        outcome.update(status=Status.FAILED.value, failure={"code": "no_total", "message": FAILURES["no_total"]})
    else:
        outcome.update(status=Status.COMPLETED.value, failure=None)
    after = {**document, **outcome}
    if document["description"] == records.receipt_title(document["merchant"]) and "description" not in fixed:
        outcome["description"] = after["description"] = records.receipt_title(after["merchant"])
    after["receipt"] = {**document["receipt"], "ocr_text": fields["receipt.ocr_text"]}
    outcome["receipt.review_reasons"] = records.remaining(dict.fromkeys(judged.reasons), set_by_hand(document))
    outcome["receipt.words"] = records.receipt_words(after)
    return {**outcome, **records.derived(after)}


def _judged(document: Document, reading: "Reading") -> tuple[Judged, set[str]]:
    """The judged reading, and the stored fields that stay as they are."""
    fixed, currency = kept(document), currency_of(document, reading)
    judged = judge(document, reading, currency)
    if document["amount"] and not judged.fields["amount"]:  # a total that is known is not given up for none
        fixed |= {"amount", "currency"}
        judged.fields = judge(document, reading, document["currency"]).fields
    elif "currency" not in set_by_hand(document) and _named_currency(reading) not in (None, currency):
        judged.reasons.append("total_doubtful")  # a number of one currency under the name of another
    if document["amount"]:
        fixed |= _unread(document, judged)
    stays = {records.SHOWN_AS.get(name, name) for name in fixed}
    chances, before = judged.fields["receipt.field_confidence"], document["receipt"]["field_confidence"]
    judged.fields["receipt.field_confidence"] = {
        **{name: chance for name, chance in chances.items() if name not in stays},
        **{name: chance for name, chance in before.items() if name in stays},
    }
    return judged, fixed


def _unread(document: Document, judged: Judged) -> set[str]:
    """What an earlier reading found and this one does not: no day, name or items are given up for none."""
    unread = {NOT_READ[reason] for reason in judged.reasons if reason in NOT_READ}
    same_currency = judged.fields["currency"] == document["currency"]
    return unread | ({"items"} if same_currency and not judged.fields["items"] else set())


def judge(document: Document, reading: "Reading", currency: str) -> Judged:
    """The fields that a reading gives a receipt, with amounts in `currency`, and the reasons to look at them."""
    judged = Judged(reasons=[reason for reason in reading.reasons if REASON.fullmatch(reason)][:MOST_REASONS])
    _judge_total(judged, reading.total, currency)
    _judge_day(judged, reading.date, document)
    merchant = one_line(reading.merchant, 200)
    confidence = {name: min(max(float(chance), 0.0), 1.0) for name, chance in reading.confidence.items()}
    bought = line_items.checked(reading, judged.fields["amount"], currency)
    if bought.reasons and "items" in confidence:
        confidence["items"] = min(confidence["items"], UNCHECKED)
    judged.reasons += [*(["merchant_missing"] if merchant is None else []), *bought.reasons]
    judged.reasons += [
        f"{name}_doubtful"
        for name in NEEDED
        if confidence.get(name, 1) < SURE_ENOUGH and f"{name}_missing" not in judged.reasons
    ]
    judged.reasons = list(dict.fromkeys(judged.reasons))
    judged.fields.update(
        {
            "currency": currency,
            "items": bought.items,
            "receipt.field_confidence": {
                READ_AS.get(name, name): round(chance, 4) for name, chance in confidence.items()
            },
            "receipt.payment_method": one_line(reading.payment_method, 50),
            "receipt.ocr_text": text(reading.text),
            **{f"receipt.{name}": amount for name, amount in bought.charges.items()},
            "receipt.read_as": records.fold(merchant or "") or None,
        }
    )
    return judged


def _judge_total(judged: Judged, total: Decimal | None, currency: str) -> None:
    amount, reason = 0, "total_missing"
    if total:
        try:
            amount, reason = money.to_minor(abs(total), currency), ""
        except money.TooPrecise:
            reason = "total_too_precise"
        if abs(total) > money.LARGEST_AMOUNT:
            amount, reason = 0, "total_out_of_range"
    judged.fields["amount"] = amount
    judged.fields["type"] = (Kind.REFUND if total and total < 0 else Kind.EXPENSE).value
    if reason and reason not in judged.reasons:
        judged.reasons.append(reason)


def _judge_day(judged: Judged, day: date | None, document: Document) -> None:
    from app.services.receipt_parser.types import latest_day  # noqa: PLC0415 -- never in the API

    timezone = document["timezone"]
    reason = "date_missing"
    if day is not None and not EARLIEST <= day <= latest_day(clock.today(timezone)):
        day, reason = None, "date_out_of_range"
    if day is None and reason not in judged.reasons:
        judged.reasons.append(reason)
    judged.fields.update(records.dated(day or document["created_at"], timezone))


def text(read: str) -> str | None:
    """Text as it was read, bounded, without control characters; None if nothing is left."""
    return UNCLEAN.sub("", read)[:LONGEST_TEXT].strip() or None


def known_category(category: str | None) -> str | None:
    """A category of ours, or None."""
    return category if category in CATEGORIES else None
