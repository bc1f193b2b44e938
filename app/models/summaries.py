"""`summaries`: AI summaries of the last 30 days, kept for a day.

{_id (the task id), user_id, status (pending, processing, completed, failed), running (true while
unsettled: one per user), currency, figures, summary, lease_until, created_at, expires_at}
"""

from pymongo import ASCENDING, IndexModel

COLLECTION = "summaries"
OWNED = True
INDEXES = [
    IndexModel([("user_id", ASCENDING)], unique=True, partialFilterExpression={"running": True}, name="one_at_a_time"),
    IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"running": True}, name="processing"),
    IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)], name="owner"),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
]
