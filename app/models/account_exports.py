"""`account_exports`: everything there is about somebody as one ZIP, kept for an hour.

{_id, user_id, status (pending, processing, completed, failed), running (true while unsettled: one per user), attempts,
worker (the task that has it), file ({_id, filename, size, …} of the ZIP; {_id} alone while it is written; null before),
lease_until, created_at, expires_at}
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION = "account_exports"
OWNED = True
FILES = "file"  # where a document describes the file it refers to
INDEXES = [
    IndexModel([("user_id", ASCENDING)], unique=True, partialFilterExpression={"running": True}, name="one_at_a_time"),
    IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"running": True}, name="processing"),
    IndexModel([("user_id", ASCENDING), ("created_at", DESCENDING)], name="owner"),
    IndexModel(
        [("user_id", ASCENDING), ("file._id", ASCENDING)],
        partialFilterExpression={"file._id": {"$type": "objectId"}},
        name="file",
    ),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
]
