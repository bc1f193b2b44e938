"""What another feature needs to keep transactions of its own kind: how they are stored and how they are shown."""

from app.transactions.answer_parts import Failure, FileOut, ItemOut
from app.transactions.answers import EXAMPLE, TransactionOut, Unconverted, shown
from app.transactions.entry import changes, dated, derived, items, minor, new_document, require_day
from app.transactions.habits import of_merchant
from app.transactions.receipt_part import AMOUNTS, SHOWN_AS, remaining
from app.transactions.receipt_part import new as new_receipt
from app.transactions.receipt_part import title as receipt_title
from app.transactions.receipt_part import words as receipt_words
from app.transactions.schemas import (
    MOST_ITEMS,
    Item,
    Items,
    Tags,
    TransactionStatus,
    TransactionType,
    TransactionUpdate,
)
from app.transactions.texts import fold, payee, words

__all__ = [
    "AMOUNTS",
    "EXAMPLE",
    "MOST_ITEMS",
    "SHOWN_AS",
    "Failure",
    "FileOut",
    "Item",
    "ItemOut",
    "Items",
    "Tags",
    "TransactionOut",
    "TransactionStatus",
    "TransactionType",
    "TransactionUpdate",
    "Unconverted",
    "changes",
    "dated",
    "derived",
    "fold",
    "items",
    "minor",
    "new_document",
    "new_receipt",
    "of_merchant",
    "payee",
    "receipt_title",
    "receipt_words",
    "remaining",
    "require_day",
    "shown",
    "words",
]
