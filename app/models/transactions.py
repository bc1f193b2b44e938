"""`transactions`: expenses, income and refunds with embedded line items.

Amounts are int64 minor units of `currency`; `amount_shown` is the same number in
ten-thousandths, for comparing across currencies; `date` is a UTC instant and `local_date`
("YYYY-MM-DD") its day in the owner's zone when written; `search_text` is the folded
description, merchant and notes; `edited` lists the fields a person set after the AI, and
`decided` says that a person chose the category, which is what later entries learn from.
`revision` counts the writes. AI entries keep the `timezone` they were typed in. While
`processing`, `requested_at` is when the AI was asked for, `attempts` how often a worker took it
up, and `lease_until` when the sweep may hand it out again.

A receipt is a transaction with `source` "receipt" and the subdocument `receipt`: {file ({_id, filename, size,
content_type, sha256, pages, …} of what was uploaded, or null), once (the hash of the file, absent from copies that
were asked for: one of each for a user), progress (queued, reading, extracting, done), own_currency (where the
document names none), given (the fields set at upload), subtotal, tax, tip, discount, payment_method, ocr_text,
ocr_confidence, field_confidence, review_reasons, extracted_by, rag_indexed, rag_due (when the
retrieval service is to be asked again), read_as (the merchant as it was read, folded), words (folded, what a search
finds it by), worker (the task that has it)}.

One that was read out of a file has `source` "import" and the subdocument `imported` (see imports.py); others have null
there, or nothing.
"""

from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION = "transactions"
OWNED = True
RECEIPT = "receipt"
FILES = "receipt.file"  # where a document describes the file it refers to


class Status(StrEnum):
    """Where a transaction stands."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


# What sums count: what is completed, and a receipt that was and is being read again. All else that waits has no amount.
COUNTED = {"status": {"$in": [Status.COMPLETED.value, Status.PROCESSING.value]}, "amount": {"$ne": 0}}


class Kind(StrEnum):
    """Which way the money went."""

    EXPENSE = "expense"
    INCOME = "income"
    REFUND = "refund"


SIGNS: dict[str, int] = {Kind.EXPENSE: 1, Kind.REFUND: -1, Kind.INCOME: 0}  # what adds to spending, and what lowers it

INDEXES = [
    IndexModel([("user_id", ASCENDING), ("date", DESCENDING), ("_id", DESCENDING)], name="by_date"),
    IndexModel([("user_id", ASCENDING), ("amount_shown", DESCENDING), ("_id", DESCENDING)], name="by_amount"),
    IndexModel(
        [
            ("user_id", ASCENDING),
            ("status", ASCENDING),
            ("local_date", ASCENDING),
            ("type", ASCENDING),
            ("currency", ASCENDING),
            ("category", ASCENDING),
            ("amount", ASCENDING),
            ("merchant", ASCENDING),
        ],
        name="sums",  # holds all that these need, so that they never read a document
    ),
    IndexModel(
        [("user_id", ASCENDING), ("external_id", ASCENDING)],
        unique=True,
        partialFilterExpression={"external_id": {"$type": "string"}},
        name="external_id",
    ),
    IndexModel(
        [("user_id", ASCENDING), ("updated_at", DESCENDING)],
        partialFilterExpression={"decided": True},
        name="decided",
    ),
    IndexModel(
        [("lease_until", ASCENDING)],
        partialFilterExpression={"status": Status.PROCESSING.value},
        name="processing",
    ),
    IndexModel(
        [("user_id", ASCENDING), ("receipt.once", ASCENDING)],
        unique=True,
        partialFilterExpression={"receipt.once": {"$type": "string"}},
        name="receipt_once",
    ),
    IndexModel(
        # With all that the list is filtered by, so that counting reads no document.
        [
            ("user_id", ASCENDING),
            ("source", ASCENDING),
            ("date", DESCENDING),
            ("_id", DESCENDING),
            ("local_date", ASCENDING),
            ("category", ASCENDING),
            ("status", ASCENDING),
        ],
        partialFilterExpression={"source": RECEIPT},
        name="receipts_by_date",
    ),
    IndexModel(
        # Nothing behind the words: with some hundred entries for each receipt, a date alone would double its size.
        [("user_id", ASCENDING), ("source", ASCENDING), ("receipt.words", ASCENDING)],
        partialFilterExpression={"source": RECEIPT},
        name="receipts_by_word",
    ),
    IndexModel(
        [("user_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
        partialFilterExpression={"receipt.file._id": {"$type": "objectId"}},
        name="uploads",
    ),
    IndexModel(
        [("user_id", ASCENDING), ("receipt.read_as", ASCENDING), ("updated_at", DESCENDING)],
        partialFilterExpression={"receipt.read_as": {"$type": "string"}},
        name="read_as",
    ),
    IndexModel(
        [("user_id", ASCENDING), (f"{FILES}._id", ASCENDING)],
        partialFilterExpression={f"{FILES}._id": {"$type": "objectId"}},
        name="file",
    ),
    IndexModel(
        [("receipt.rag_due", ASCENDING)],
        # Those that failed would stay in it for ever, and in front.
        partialFilterExpression={"receipt.rag_indexed": False, "status": Status.COMPLETED.value},
        name="completed_unindexed",
    ),
    IndexModel(
        [("user_id", ASCENDING), ("imported.key", ASCENDING)],
        unique=True,
        partialFilterExpression={"imported.key": {"$type": "string"}},
        name="imported_key",
    ),
    IndexModel(
        # Only of rows with a bank's id: others have it for a key. Several ids may share one.
        [("user_id", ASCENDING), ("imported.print", ASCENDING)],
        partialFilterExpression={"imported.print": {"$type": "string"}},
        name="imported_print",
    ),
]
REPLACED = ("spending", "entered_by_amount")  # by `sums`; by none, as `by_date` and `by_amount` do as well
