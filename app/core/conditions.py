"""What a query of MongoDB may ask for: made of typed values only, which a test checks where they are made.

A dict that came from a client is neither of these types, so the type checker keeps it out of every query.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, NewType

import pymongo

SEARCH_SECONDS = 5
Condition = NewType("Condition", dict[str, Any])
Pipeline = NewType("Pipeline", list[dict[str, Any]])


def patience(condition: Condition) -> AbstractContextManager[None]:
    """Around a query: longer than others may take, if it has to look at every text."""
    return pymongo.timeout(SEARCH_SECONDS) if "$expr" in condition else nullcontext()
