"""What a query of MongoDB may ask for: made of typed values only, which a test checks where they are made.

A dict that came from a client is neither of these types, so the type checker keeps it out of every query.
"""

from typing import Any, NewType

Condition = NewType("Condition", dict[str, Any])
Pipeline = NewType("Pipeline", list[dict[str, Any]])
