"""`forecasts`: what workers made of histories of spending, one for each history of a user, the latest of a category.

{_id (the task id), user_id, digest (of all that decides the result), status (pending, processing, completed, failed),
running (true while unsettled), category (that it was asked about first; null for all), currency, totals (minor units
by month, oldest first), attempts, worker (the task that has it), lease_until, result ({points: [[predicted, lower,
upper]] in minor units, models, naive_mase, low_data}), created_at, expires_at}
"""

from pymongo import ASCENDING, IndexModel

COLLECTION = "forecasts"
OWNED = True
INDEXES = [
    IndexModel([("user_id", ASCENDING), ("digest", ASCENDING)], unique=True, name="one_of_each"),
    IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"running": True}, name="processing"),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
]
