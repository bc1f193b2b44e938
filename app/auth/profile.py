"""The profile: how an account looks to its owner, and changes of it."""

from decimal import Decimal
from typing import Any

from pymongo.errors import DuplicateKeyError

from app.auth import repository, service
from app.auth.schemas import ProfileIn
from app.core import clock, money
from app.core.conditions import Condition
from app.core.errors import Conflict, Invalid, Unauthorized
from app.models.users import User

SHOWN = (
    "_id",
    "email",
    "username",
    "first_name",
    "last_name",
    "currency",
    "timezone",
    "settings",
    "role",
    "subscription_tier",
    "is_active",
    "last_login",
    "created_at",
)
ATTEMPTS = 3


def shown(user: User) -> dict[str, Any]:
    """The account as its owner sees it; income as a number of the currency."""
    account: dict[str, Any] = {**user}
    profile = {name: account[name] for name in SHOWN}
    return {**profile, "income": money.to_number(user["income"], user["currency"])}


def update(user: User, body: ProfileIn) -> User:
    """Change fields of the profile.

    Raises:
        Conflict: the username belongs to somebody, or others keep changing the profile.
        Invalid: the income has more decimals than the currency.
    """
    for _ in range(ATTEMPTS):
        changes = {**_changes(user, body), "updated_at": clock.now()}
        # The income's minor units mean something in its currency only: both as they were, or try again.
        seen = _as_seen(user) if "income" in changes else Condition({})
        try:
            updated = repository.update_profile(user["_id"], seen, changes)
        except DuplicateKeyError as error:
            raise service.taken(error) from None
        if updated:
            return updated
        user = _again(user)
    raise Conflict("The profile was changed at the same moment. Please try again.")


def _as_seen(user: User) -> Condition:
    return Condition({"currency": user["currency"], "income": user["income"]})


def _changes(user: User, body: ProfileIn) -> dict[str, Any]:
    changes = body.model_dump(exclude_unset=True)
    if "username" in changes:
        changes["username_key"] = body.username.lower() if body.username else None
    if "income" in changes or "currency" in changes:
        changes["income"] = _income(user, changes)
    return changes


def _income(user: User, changes: dict[str, Any]) -> int:
    currency = changes.get("currency", user["currency"])
    amount: Decimal = changes.get("income", money.to_decimal(user["income"], user["currency"]))
    try:
        return money.to_minor(amount, currency)
    except money.TooPrecise as error:
        field = "income" if "income" in changes else "currency"
        raise Invalid.field(("body", field), str(error), "too_many_decimals") from None


def _again(user: User) -> User:
    current = repository.by_id(user["_id"])
    if current is None:
        raise Unauthorized("This account has been erased.", code="token_revoked")
    return current
