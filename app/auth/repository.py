"""The accounts in MongoDB; keyed by the user, or by what names one: address, username, reset token.

What changes an account is noted in its freshness: requests keep it for as long as it is the same.
"""

import logging
from datetime import datetime
from typing import Any, cast

from bson import DatetimeMS, ObjectId
from flask import current_app
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.core import freshness
from app.core.conditions import Condition
from app.core.money import DECIMALS
from app.core.types import ZONES
from app.extensions import mongo
from app.models.users import User

# The partial indexes serve only queries that ask for text; erased accounts have none.
IS_TEXT = {"$type": "string"}
# What an account is taken to have that lacks it; without the word that it is active it isn't.
ABSENT: dict[str, Any] = {
    "username": None,
    "first_name": None,
    "last_name": None,
    "income": 0,
    "settings": {},
    "role": "user",
    "subscription_tier": "free",
    "is_active": False,
    "tokens_valid_after": None,
    "last_login": None,
}
log = logging.getLogger(__name__)


def insert(user: User) -> User:
    """Store a new account; if an earlier try of the same request stored it, return that one.

    Raises:
        DuplicateKeyError: the address or the username belongs to somebody.
    """
    try:
        mongo.db.users.insert_one(cast(dict[str, Any], user))
    except DuplicateKeyError:
        existing = by_id(user["_id"])
        if existing is None:
            raise
        return existing
    return user


def by_id(owner: ObjectId) -> User | None:
    """The account, unless it is unknown or erased."""
    return _one(Condition({"_id": owner, "email": IS_TEXT}))


def by_email(email: str) -> User | None:
    """The account with this address in its stored form."""
    return _one(Condition({"email": {"$eq": email, **IS_TEXT}}))


def by_username(username_key: str) -> User | None:
    """The account with this username in lower case."""
    return _one(Condition({"username_key": {"$eq": username_key, **IS_TEXT}}))


def by_reset_token(token_hash: str, moment: datetime) -> User | None:
    """The account whose reset token has this SHA-256, if it is still valid at `moment`."""
    return _one(_reset_token(token_hash, moment))


@freshness.changes_account
def sign_in(owner: ObjectId, password_hash: str, moment: datetime) -> bool:
    """Note a sign-in; False if the password was changed or the account disabled or erased meanwhile."""
    unchanged = Condition({"_id": owner, "password_hash": password_hash, "is_active": True})
    # If the clock was set back since tokens were voided, those of this sign-in are good all the same.
    changes = {"$set": {"last_login": moment}, "$min": {"tokens_valid_after": moment}}
    return mongo.db.users.update_one(unchanged, changes).matched_count == 1


@freshness.changes_account
def set_reset_token(owner: ObjectId, token_hash: str, expires_at: datetime) -> User | None:
    """Replace the reset token of an account; the account, or None if there is none."""
    return cast(
        User | None,
        mongo.db.users.find_one_and_update(
            {"_id": owner, "email": IS_TEXT},
            {"$set": {"password_reset": {"token_hash": token_hash, "expires_at": expires_at}}},
        ),
    )


@freshness.changes_account
def consume_reset_token(owner: ObjectId, token_hash: str, moment: datetime, password_hash: str) -> bool:
    """Set the password of the account with this token: uses the token up and voids all signed before `moment`."""
    changes = {"password_hash": password_hash, "tokens_valid_after": moment, "updated_at": moment}
    outcome = mongo.db.users.update_one(
        {"_id": owner, **_reset_token(token_hash, moment)}, {"$set": changes, "$unset": {"password_reset": ""}}
    )
    return outcome.modified_count == 1


@freshness.changes_account
def change_password(owner: ObjectId, old_hash: str, new_hash: str, moment: datetime) -> bool:
    """Set another password and void a pending reset; False if it was changed meanwhile."""
    return (
        mongo.db.users.update_one(
            {"_id": owner, "password_hash": old_hash},
            {"$set": {"password_hash": new_hash, "updated_at": moment}, "$unset": {"password_reset": ""}},
        ).modified_count
        == 1
    )


@freshness.changes_account
def update_profile(owner: ObjectId, seen: Condition, changes: dict[str, Any]) -> User | None:
    """Set fields of a profile if `seen` still holds; the account after it, else None.

    Raises:
        DuplicateKeyError: the username belongs to somebody.
    """
    return _whole(
        mongo.db.users.find_one_and_update(
            {"_id": owner, "email": IS_TEXT, **seen}, {"$set": changes}, return_document=ReturnDocument.AFTER
        )
    )


@freshness.changes_account
def set_active(owner: ObjectId, active: bool, moment: datetime) -> None:
    """Disable or enable an account; either voids every token issued so far."""
    _changed(Condition({"_id": owner}), {"is_active": active, "tokens_valid_after": moment, "updated_at": moment})


@freshness.changes_account
def bury(owner: ObjectId, password_hash: str, moment: datetime) -> bool:
    """Replace an account by a bare tombstone; False if its password was changed meanwhile."""
    outcome = mongo.db.users.replace_one({"_id": owner, "password_hash": password_hash}, {"erased_at": moment})
    return outcome.modified_count == 1


def sweep_tombstones() -> list[tuple[ObjectId, datetime]]:
    """Accounts that were erased: id and when."""
    return [(stone["_id"], stone["erased_at"]) for stone in mongo.db.users.find({"erased_at": {"$type": "date"}})]


def sweep_tombstone(owner: ObjectId) -> None:
    """Forget that an account ever was."""
    mongo.db.users.delete_one({"_id": owner, "erased_at": {"$type": "date"}})


def _one(query: Condition) -> User | None:
    return _whole(mongo.db.users.find_one(query))


def _whole(account: dict[str, Any] | None) -> User | None:
    """The account with defaults for what is missing in it or unknown, which the log then names."""
    if account is None:
        return None
    missing = {
        name: value for name, value in ABSENT.items() if name not in account or isinstance(account[name], DatetimeMS)
    }
    if str(account.get("timezone")) not in ZONES:
        missing["timezone"] = current_app.config["DEFAULT_TIMEZONE"]
    if str(account.get("currency")) not in DECIMALS:
        missing["currency"] = current_app.config["DEFAULT_CURRENCY"]
    if missing:
        log.error("account %s: taking defaults for %s", account["_id"], ", ".join(missing))
    return cast(User, {**account, **missing})


def _changed(query: Condition, changes: dict[str, Any]) -> bool:
    return mongo.db.users.update_one(query, {"$set": changes}).matched_count == 1


def _reset_token(token_hash: str, moment: datetime) -> Condition:
    return Condition(
        {
            "password_reset.token_hash": {"$eq": token_hash, **IS_TEXT},
            "password_reset.expires_at": {"$gt": moment},
        }
    )
