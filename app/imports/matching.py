"""What is there already and looks like a row of a file: the same amount, about the same day, similar words.

That is what was entered by hand, and what came of a file whose rows are recognised in another way: by the bank's ids
where these have none, or as an export of ours. Rows of one way that differ are different; a daily coffee would be
offered every day.
"""

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


class Matches:
    """Finds them for the rows of one import."""

    def __init__(self, owner: ObjectId, import_id: ObjectId) -> None:
        """Before its first row is stored."""
        self._owner, self._import_id = owner, import_id
        self._ways = transactions.ways(owner)

    def find(self, documents: list[Document]) -> Iterator[tuple[Document, Document]]:
        """Pairs of a row and what may be the same: of several the one of the nearest day, each once."""
        if not documents:
            return
        by_amount: dict[tuple[int, str], list[Document]] = {}
        for one in self._candidates(documents):
            by_amount.setdefault((one["amount"], one["currency"]), []).append(one)
        for document in documents:
            near = by_amount.get((document["amount"], document["currency"]), [])
            found = [one for one in near if _may_be(document, one)]
            if found:
                best = min(found, key=lambda one: (_apart(document, one), one["_id"]))
                near.remove(best)
                yield document, best

    def _candidates(self, documents: list[Document]) -> list[Document]:
        dates = [document["date"] for document in documents]
        amounts = list({document["amount_shown"] for document in documents})
        span = (amounts, min(dates) - WITHIN - HOURS, max(dates) + WITHIN + HOURS)
        entered = transactions.entered(self._owner, *span)
        others = {way for document in documents for way in self._ways if way != _way(document)}
        if not others:
            return entered
        imported = transactions.imported_in(self._owner, others, self._import_id, *span)
        if imported is None:  # very many: what is only offered is not waited for a second time
            self._ways = set()
        return [*entered, *(imported or [])]


def _way(document: Document) -> str | None:
    """How it is recognised when it comes again; None for what came of no file."""
    origin = document.get("imported")
    return transactions.way_of(origin["key"]) if origin else None


def _may_be(row: Document, other: Document) -> bool:
    paid = "expense"
    return (
        _apart(row, other) <= WITHIN
        and _way(row) != _way(other)
        and (row["type"] == paid) is (other["type"] == paid)
        and _alike(row, other)
    )


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
