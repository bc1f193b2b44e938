"""`handed_over`: which receipts the retrieval service was given, so that it can be told when they are gone.

{_id (the receipt's), user_id, withdrawable_at (when the service may be asked to forget it)}. Not owned: it has to
outlive receipts and accounts, and goes when the service has forgotten the receipt.
"""

from pymongo import ASCENDING, IndexModel

COLLECTION = "handed_over"
OWNED = False

INDEXES = [IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)], name="by_owner")]
