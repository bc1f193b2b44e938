"""`budgets`: limits per category and period, in minor units of `currency`; spending is computed, never stored.

`month` is null for a yearly budget.
"""

from pymongo import ASCENDING, IndexModel

COLLECTION = "budgets"
OWNED = True
INDEXES = [
    IndexModel(
        [
            ("user_id", ASCENDING),
            ("year", ASCENDING),
            ("month", ASCENDING),
            ("period", ASCENDING),
            ("category", ASCENDING),
        ],
        unique=True,
        name="one_per_period",
    )
]
