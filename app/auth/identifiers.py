"""From what people type to the account they mean, and to keys that reveal neither."""

import hashlib
import hmac

from flask import current_app, g

from app.auth import repository
from app.auth.fields import normal_email
from app.models.users import User


def canonical(identifier: str) -> str:
    """The address or username as it would be stored; what can be neither stays different from all that can."""
    if "@" not in identifier:
        return identifier.lower()
    try:
        return normal_email(identifier)
    except ValueError:
        return identifier.lower()


def account_of(identifier: str) -> User | None:
    """The account somebody names by address or username; looked up once per request."""
    key = canonical(identifier)
    looked_up: dict[str, User | None] = g.setdefault("accounts", {})
    if key not in looked_up:
        looked_up[key] = repository.by_email(key) if "@" in key else repository.by_username(key)
    return looked_up[key]


def digest(value: str) -> str:
    """A keyed hash: addresses and names in it can't be guessed back from Redis or the logs."""
    secret = current_app.config["JWT_SECRET_KEY"].encode()
    return hmac.new(secret, f"identifier:{value}".encode(), hashlib.sha256).hexdigest()[:32]
