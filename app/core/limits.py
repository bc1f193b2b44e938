"""Rate limits that count an account's calls of a route."""

from app.core.contract import Limit
from app.core.identity import current_user


def _account() -> str:
    return f"account:{current_user()['_id']}"


UPLOAD = (Limit("RATELIMIT_UPLOAD", _account),)
# Answers that are kept are not counted: only what has to be made.
EXPENSIVE = (Limit("RATELIMIT_EXPENSIVE", _account),)
