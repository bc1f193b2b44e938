"""`imports`: files of transactions that were read in, each with what came of it; `undone` ones stay as a record.

{_id, user_id, state (queued, processing, completed, failed, undoing, undone), running (true while a worker or a
request has it in hand or has still to take it), filename, format, dry_run, options ({mapping: [[our field, column]],
currency, date_format}), file (what is kept of the upload while it waits for a worker, or null), total (records in the
file; null until known), processed (records that are done, in their order), created, duplicates, invalid, fault_count,
errors ([{row, field, msg}]), preview, match_count, possible_matches, notes, failure ({code, message}), deleted, kept
(ids that an undo left), attempts (how often it was taken up since it last got on), worker (who has it in hand; null
while nobody has), lease_until, created_at, started_at, finished_at, expires_at (of a dry run)}

Its transactions have the ids that `prefix` begins; the last three bytes are the record's place in the file. So what
is stored again after an interruption is there once, and the order of the ids is that of the file. Their `imported` is
{import_id, key (unique for a user: what an entry is recognised by when it comes again), print (of one whose key is the
bank's id: what it would be recognised by without), row}.
"""

import hashlib

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION = "imports"
OWNED = True
FILES = "file"  # where a document describes the file it refers to
MOST_RECORDS = 1_000_000
PLACE_BYTES = 3
RANDOM_BYTES = 5
TIME_BYTES = 4

INDEXES = [
    IndexModel([("user_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="by_date"),
    IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"running": True}, name="running"),
    IndexModel(
        # Workers have one of each owner at a time.
        [("user_id", ASCENDING)],
        unique=True,
        partialFilterExpression={"at_work": True},
        name="at_work",
    ),
    IndexModel(
        [("user_id", ASCENDING), (f"{FILES}._id", ASCENDING)],
        partialFilterExpression={f"{FILES}._id": {"$type": "objectId"}},
        name="file",
    ),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
]


def transaction_id(import_id: ObjectId, place: int) -> ObjectId:
    """The id of the transaction that comes of a file's record, whose places count from 0."""
    return ObjectId(_prefix(import_id) + place.to_bytes(PLACE_BYTES))


def id_range(import_id: ObjectId) -> tuple[ObjectId, ObjectId]:
    """The first and the last id that a transaction of the import can have."""
    prefix = _prefix(import_id)
    return ObjectId(prefix + b"\x00" * PLACE_BYTES), ObjectId(prefix + b"\xff" * PLACE_BYTES)


def _prefix(import_id: ObjectId) -> bytes:
    # The ids of two imports of one second and one process differ in the last bytes alone, which are taken here.
    return import_id.binary[:TIME_BYTES] + hashlib.sha256(import_id.binary).digest()[:RANDOM_BYTES]
