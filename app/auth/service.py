"""What can be done with an account and its sessions."""

import hashlib
from typing import Any

from bson import ObjectId
from flask import current_app, request
from pymongo.errors import DuplicateKeyError

from app.auth import erasure, passwords, repository, sessions, tasks, tokens
from app.auth.identifiers import account_of, canonical
from app.auth.schemas import (
    ChangePasswordIn,
    ForgotPasswordIn,
    LoginIn,
    RegisterIn,
    ResetPasswordIn,
)
from app.celery_utils import enqueue
from app.core import clock, idempotency
from app.core.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unavailable
from app.models.users import User

SECRETS = {"password_hash", "password_reset"}
SHOWN_DIGITS = 32


def register(body: RegisterIn) -> User:
    """Open an account.

    Raises:
        Conflict: the address or the username belongs to somebody.
    """
    moment = clock.now()
    user: User = {
        "_id": idempotency.new_id(),
        "email": body.email,
        "username": body.username,
        "username_key": body.username.lower() if body.username else None,
        "password_hash": passwords.hashed(body.password),
        "first_name": body.first_name,
        "last_name": body.last_name,
        "income": 0,
        "currency": body.currency or current_app.config["DEFAULT_CURRENCY"],
        "timezone": body.timezone or current_app.config["DEFAULT_TIMEZONE"],
        "settings": {},
        "role": "user",
        "subscription_tier": "free",
        "is_active": True,
        "tokens_valid_after": None,
        "last_login": None,
        "created_at": moment,
        "updated_at": moment,
    }
    try:
        return repository.insert(user)
    except DuplicateKeyError as error:
        raise taken(error) from None


def taken(error: DuplicateKeyError) -> Conflict:
    """The conflict behind a refusal by one of the unique indexes."""
    if "username_key" in (error.details or {}).get("keyPattern", {}):
        return Conflict("This username is taken.", code="username_taken")
    return Conflict("An account with this e-mail address exists already.", code="email_taken")


def login(body: LoginIn) -> dict[str, Any]:
    """Open a session and give its first tokens.

    Raises:
        Unauthorized: no such account or not its password; takes the same time.
        Forbidden: the account is disabled.
    """
    user = account_of(body.identifier)
    if not passwords.matches(body.password, user["password_hash"] if user else None) or user is None:
        raise _invalid_credentials()
    if not user["is_active"]:
        raise Forbidden("This account is disabled.", code="account_disabled")
    state = sessions.open_session(user["_id"], request.user_agent.string, request.remote_addr or "")
    # In this order: a change of the password meanwhile either fails this or ends the new session.
    if not repository.sign_in(user["_id"], user["password_hash"], clock.now()):
        sessions.end(user["_id"], [state.sid])
        raise _invalid_credentials()
    return tokens.issue(user["_id"], state)


def refresh(user: User, sid: str, jti: str) -> dict[str, Any]:
    """The tokens that follow the presented refresh token.

    Raises:
        Unauthorized: the session has ended, or the token was spent, which ends it.
    """
    try:
        state = sessions.rotate(user["_id"], sid, jti)
    except sessions.Gone:
        raise Unauthorized("This session has ended. Please sign in again.", code="token_revoked") from None
    except sessions.Reused:
        raise Unauthorized(
            "This refresh token was used before, so its session has been ended. Please sign in again.",
            code="refresh_reused",
        ) from None
    return tokens.issue(user["_id"], state)


def logout(user: User, sid: str) -> None:
    """End a session with all its tokens."""
    sessions.end(user["_id"], [sid])
    tokens.forget_cookies()


def list_sessions(user: User, current_sid: str) -> list[dict[str, Any]]:
    """The live sessions, the one asking marked as current."""
    return [{**session, "current": session["_id"] == current_sid} for session in sessions.of_user(user["_id"])]


def end_session(user: User, sid: str) -> None:
    """End one session of the user.

    Raises:
        NotFound: it is not one of theirs, or has ended already.
    """
    if not sessions.end_one(user["_id"], sid):
        raise NotFound()


def end_other_sessions(user: User, current_sid: str) -> None:
    """End all sessions of the user but the one asking."""
    sessions.end_all(user["_id"], but=current_sid)


def forgot_password(body: ForgotPasswordIn) -> None:
    """Have a reset mail sent if the account exists; the work is the same if not.

    Raises:
        Unavailable: the broker is down.
    """
    account = account_of(body.identifier)
    if not enqueue(tasks.send_reset_mail, str(account["_id"] if account else ObjectId())):
        raise Unavailable()


def reset_password(body: ResetPasswordIn) -> None:
    """Set a password by the token of a reset mail, and end all sessions.

    Raises:
        BadRequest: the token is unknown, used up or too old.
    """
    token_hash = tasks.reset_token_hash(body.token)
    user = repository.by_reset_token(token_hash, clock.now())
    # Hashing is slow: only for a token that looks good.
    new_hash = passwords.hashed(body.password) if user else ""
    if not user or not repository.consume_reset_token(user["_id"], token_hash, clock.now(), new_hash):
        raise BadRequest("This link is not valid any more. Please ask for a new one.", code="invalid_reset_token")
    sessions.end_all(user["_id"])


def change_password(user: User, sid: str, body: ChangePasswordIn) -> None:
    """Set another password and end all other sessions.

    Raises:
        Forbidden: the current password is wrong.
    """
    _require_password(user, body.current_password)
    new_hash = passwords.hashed(body.password)
    # Before the write, so that without Redis nothing changes at all; after it for those opened meanwhile.
    sessions.end_all(user["_id"], but=sid)
    if not repository.change_password(user["_id"], user["password_hash"], new_hash, clock.now()):
        raise _wrong_password()
    sessions.end_all(user["_id"], but=sid)


def erase(user: User, password: str) -> None:
    """Erase the account and everything it owns.

    Raises:
        Forbidden: the password is wrong.
    """
    _require_password(user, password)
    if not repository.bury(user["_id"], user["password_hash"], clock.now()):
        raise _wrong_password()
    erasure.erase_remains(user["_id"])
    tokens.forget_cookies()


def _require_password(user: User, password: str) -> None:
    """Raise Forbidden unless this is the user's password."""
    if not passwords.matches(password, user["password_hash"]):
        raise _wrong_password()


def set_active(user: User, active: bool) -> None:
    """Enable an account, or disable it and end its sessions."""
    repository.set_active(user["_id"], active, clock.now())
    sessions.end_all(user["_id"])


def find(owner: ObjectId) -> User | None:
    """An account that is there."""
    return repository.by_id(owner)


def without_secrets(user: User) -> dict[str, Any]:
    """All that is stored of an account, but what could be used to get into it."""
    return {name: value for name, value in user.items() if name not in SECRETS}


def with_address(email: str) -> User | None:
    """The account with this address; None if there is none."""
    return repository.by_email(canonical(email))


def is_active(owner: ObjectId) -> bool:
    """Whether there is an account that is neither disabled nor erased."""
    user = repository.by_id(owner)
    return user is not None and user["is_active"]


def credentials_digest(user: User) -> str:
    """What a link carries that is to end with the password and with all tokens: another one as soon as they do."""
    told = f"{user['password_hash']} {user['tokens_valid_after']}"
    return hashlib.sha256(told.encode()).hexdigest()[:SHOWN_DIGITS]


def _invalid_credentials() -> Unauthorized:
    return Unauthorized("The e-mail address, username or password is wrong.", code="invalid_credentials")


def _wrong_password() -> Forbidden:
    return Forbidden("The current password is wrong.", code="wrong_password")
