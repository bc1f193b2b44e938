"""`users`: accounts. Amounts in minor units of `currency`, instants in UTC.

`username_key` is the username in lower case; `tokens_valid_after` voids every token issued
before it; `password_reset` is that of the latest request; an erased account keeps only
{_id, erased_at} until a sweep has made sure that nothing of it is left.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

COLLECTION = "users"
OWNED = False


class PasswordReset(TypedDict):
    """The SHA-256 of a reset token, and until when it is good."""

    token_hash: str
    expires_at: datetime


class User(TypedDict):
    """A stored account."""

    _id: ObjectId
    email: str
    username: str | None
    username_key: str | None
    password_hash: str
    first_name: str | None
    last_name: str | None
    income: int
    currency: str
    timezone: str
    settings: dict[str, Any]
    role: str
    subscription_tier: str
    is_active: bool
    tokens_valid_after: datetime | None
    last_login: datetime | None
    created_at: datetime
    updated_at: datetime
    password_reset: NotRequired[PasswordReset]


INDEXES = [
    IndexModel(
        [("email", ASCENDING)], unique=True, partialFilterExpression={"email": {"$type": "string"}}, name="email"
    ),
    IndexModel(
        [("username_key", ASCENDING)],
        unique=True,
        partialFilterExpression={"username_key": {"$type": "string"}},
        name="username",
    ),
    IndexModel(
        [("password_reset.token_hash", ASCENDING)],
        partialFilterExpression={"password_reset.token_hash": {"$type": "string"}},
        name="password_reset",
    ),
    IndexModel([("erased_at", ASCENDING)], partialFilterExpression={"erased_at": {"$type": "date"}}, name="erased"),
]
