"""Handing completed receipts to the retrieval service, and withdrawing those that are gone.

The documents say what is left to do: `receipt.rag_indexed` of a receipt, and `handed_over` for what the service has.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from bson import ObjectId
from flask import current_app

from app.core import clock, ownership
from app.extensions import redis
from app.receipts import indexing_repository as repository
from app.receipts.answers import ReceiptOut
from app.services import rag

log = logging.getLogger(__name__)
CHECKPOINT = "receipts:withdrawing"  # the owner who was looked at last; without it the next sweep begins anew
SWEEP_SECONDS = 8.0  # after which the rest waits for the next sweep; one request may still be under way
MOST_OWNERS = 50
TRIED_AGAIN_AFTER = timedelta(minutes=1)
REFUSED_AGAIN_AFTER = timedelta(hours=1)
UNDER_WAY = timedelta(minutes=1)  # longer than a request that was sent before a receipt was deleted
FIELDS = {
    "merchant_name",
    "total_amount",
    "currency",
    "transaction_date",
    "category",
    "subtotal",
    "tax",
    "tip",
    "discount",
    "payment_method",
}
ITEM_FIELDS = {"name", "quantity", "unit_price", "total_price"}


def sweep() -> None:
    """Withdraw and hand over what there is, for some seconds; a service that is down ends it at the first request."""
    settings = current_app.config["SETTINGS"]
    if settings.RAG_SERVICE_URL is None:
        return
    deadline = time.monotonic() + SWEEP_SECONDS
    try:
        _withdraw(settings, deadline)
        _hand_over(settings, deadline)
    except rag.RagUnavailable as error:
        log.warning("the retrieval service is not available: %s", error)


def _hand_over(settings: Any, deadline: float) -> None:
    while time.monotonic() < deadline:
        receipt = repository.sweep_unindexed(TRIED_AGAIN_AFTER, 2 * REFUSED_AGAIN_AFTER)
        if receipt is None:
            return
        owner, receipt_id = receipt["user_id"], receipt["_id"]
        repository.note_handed_over(owner, receipt_id, clock.now() + UNDER_WAY)
        try:
            rag.post(settings, document(receipt))
        except rag.RagRefusal as error:
            log.warning("the retrieval service refuses receipt %s: %s", receipt_id, error)
            repository.put_off(owner, receipt_id, clock.now() + REFUSED_AGAIN_AFTER)
        else:
            repository.indexed(owner, receipt_id, receipt["revision"])


def _withdraw(settings: Any, deadline: float) -> None:
    if not ownership.has_accounts():
        return  # in a database that was lost all receipts would look deleted
    for _ in range(MOST_OWNERS):
        reached = str(redis.client.get(CHECKPOINT) or "0" * 24)
        owner = repository.sweep_next_owner(ObjectId(reached))
        if owner is None:
            redis.client.delete(CHECKPOINT)
            return
        receipts = repository.handed_over(owner, 2 * REFUSED_AGAIN_AFTER)
        for receipt_id in receipts - repository.among(owner, list(receipts)):
            _withdraw_one(settings, owner, receipt_id)
            if time.monotonic() > deadline:
                return
        redis.client.set(CHECKPOINT, str(owner))


def _withdraw_one(settings: Any, owner: ObjectId, receipt_id: ObjectId) -> None:
    try:
        rag.withdraw(settings, str(receipt_id))
    except rag.RagRefusal as error:
        log.warning("the retrieval service refuses to forget receipt %s: %s", receipt_id, error)
        repository.note_handed_over(owner, receipt_id, clock.now() + REFUSED_AGAIN_AFTER)
    else:
        repository.forget_handed_over(owner, receipt_id)


def document(receipt: dict[str, Any]) -> dict[str, Any]:
    """What the service is told of a receipt: what is on it and whose it is; no notes, no file."""
    shown = ReceiptOut.model_validate(receipt)
    said = shown.model_dump(mode="json", include=FIELDS)
    items = [item.model_dump(mode="json", include=ITEM_FIELDS) for item in shown.items]
    return {"id": str(shown.id), "user_id": str(shown.user_id), **said, "items": items, "text": shown.ocr_text or ""}
