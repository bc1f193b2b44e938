"""What was entered by hand and looks like a row of a file: the same amount, about the same day, similar words."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bson import ObjectId
from rapidfuzz import fuzz

from app.transactions import importing_service as transactions
from app.transactions.record_service import words

Document = dict[str, Any]
WITHIN = timedelta(days=3)
HOURS = timedelta(days=1)  # two instants of days that far apart may be further apart by that
ALIKE = 75.0  # rapidfuzz's token set ratio, 0..100
SHORTEST_WORD = 4
# What banks write around the name, and people who say what they paid for.
COMMON = frozenset(
    (
        "account",
        "bank",
        "bill",
        "bought",
        "card",
        "cash",
        "check",
        "contactless",
        "credit",
        "debit",
        "direct",
        "from",
        "kaufumsatz",
        "mastercard",
        "online",
        "order",
        "payment",
        "paypal",
        "purchase",
        "received",
        "recurring",
        "sent",
        "transaction",
        "transfer",
        "visa",
        "withdrawal",
        "with",
    )
)


def find(owner: ObjectId, documents: list[Document]) -> Iterator[tuple[Document, Document]]:
    """Pairs of a row and what was entered that may be the same: of several the one of the nearest day, each once."""
    if not documents:
        return
    dates = [document["date"] for document in documents]
    amounts = list({document["amount_shown"] for document in documents})
    entered = transactions.entered(owner, amounts, min(dates) - WITHIN - HOURS, max(dates) + WITHIN + HOURS)
    by_amount: dict[tuple[int, str], list[Document]] = {}
    for one in entered:
        by_amount.setdefault((one["amount"], one["currency"]), []).append(one)
    for document in documents:
        near = by_amount.get((document["amount"], document["currency"]), [])
        found = [one for one in near if _apart(document, one) <= WITHIN and _alike(document, one)]
        if found:
            best = min(found, key=lambda one: (_apart(document, one), one["_id"]))
            near.remove(best)
            yield document, best


def _apart(row: Document, entered: Document) -> timedelta:
    return abs(date.fromisoformat(row["local_date"]) - date.fromisoformat(entered["local_date"]))


def _alike(row: Document, entered: Document) -> bool:
    ours, theirs = _words(row), _words(entered)
    if set(ours) & set(theirs):
        return True
    return bool(ours and theirs) and fuzz.token_set_ratio(" ".join(ours), " ".join(theirs)) >= ALIKE


def _words(document: Document) -> list[str]:
    found = words(f"{document['description']} {document['merchant'] or ''}")
    return [word for word in found if len(word) >= SHORTEST_WORD and word.isalpha() and word not in COMMON]
