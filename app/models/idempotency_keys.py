"""`idempotency_keys`: the answers of creating requests, kept for 24 hours.

{_id, user_id (null for public routes), key, fingerprint (HMAC of method, path, body),
state (running, interrupted, done), reserved_id, status, body, started_at, expires_at}
"""

from pymongo import ASCENDING, IndexModel

COLLECTION = "idempotency_keys"
OWNED = True
INDEXES = [
    IndexModel([("user_id", ASCENDING), ("key", ASCENDING)], unique=True, name="user_key"),
    IndexModel([("reserved_id", ASCENDING)], name="reserved"),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
]
