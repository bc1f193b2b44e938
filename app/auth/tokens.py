"""JSON Web Tokens (RFC 7519): how they are signed, and when one is refused."""

import hashlib
import hmac
from copy import copy
from typing import Any, Literal

from bson import ObjectId
from flask import Response, after_this_request, current_app, g
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
)
from jwt import InvalidTokenError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.auth import repository, sessions
from app.auth.sessions import RefreshTokenState
from app.core import clock, outage
from app.core.errors import Unauthorized, answer
from app.core.memory import Memory
from app.extensions import jwt
from app.models.users import User

Claims = dict[str, Any]
MOST_ACCOUNTS = 2_000
ACCOUNT_SECONDS = 60  # for changes made past the application, by hand
accounts = Memory[ObjectId, tuple[str | None, User | None]](MOST_ACCOUNTS, ACCOUNT_SECONDS)


class OurClaims(BaseModel):
    """What every token of ours says. Without `exp` or `jti` the libraries would take one, too."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    sub: str
    sid: str = Field(pattern=r"^[0-9a-f]{24}$")
    jti: str = Field(pattern=r"^[0-9a-f-]{32,36}$")
    type: Literal["access", "refresh"]
    iat: float
    exp: int


def issue(user_id: ObjectId, state: RefreshTokenState) -> dict[str, Any]:
    """A fresh access token, and the one refresh token that belongs to the state; also as cookies in cookie mode."""
    lifetime = current_app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    moment = clock.now()
    claims = {"sid": state.sid, "iat": moment.timestamp(), "nbf": int(moment.timestamp())}
    tokens = {
        "access_token": create_access_token(str(user_id), additional_claims=claims),
        "refresh_token": create_refresh_token(str(user_id), additional_claims=_refresh_claims(state)),
        "token_type": "Bearer",
        "expires_in": int(lifetime.total_seconds()),
    }
    if current_app.config["AUTH_COOKIES"]:
        after_this_request(lambda response: _set_cookies(response, tokens))
    return tokens


def forget_cookies() -> None:
    """In cookie mode, let the answer remove the tokens from the browser."""
    if current_app.config["AUTH_COOKIES"]:
        after_this_request(_unset_cookies)


def _refresh_claims(state: RefreshTokenState) -> Claims:
    # All that flask-jwt-extended would choose by itself is fixed: the same state gives the same token byte for byte.
    secret = current_app.config["JWT_SECRET_KEY"].encode()
    return {
        "sid": state.sid,
        "jti": state.jti,
        "iat": state.issued / 1000,
        "nbf": state.issued // 1000,
        "exp": state.expires,
        "csrf": hmac.new(secret, f"csrf:{state.jti}".encode(), hashlib.sha256).hexdigest(),
    }


def _set_cookies(response: Response, tokens: dict[str, Any]) -> Response:
    config = current_app.config
    access, refresh = config["JWT_ACCESS_TOKEN_EXPIRES"], config["JWT_REFRESH_TOKEN_EXPIRES"]
    set_access_cookies(response, tokens["access_token"], max_age=int(access.total_seconds()))
    set_refresh_cookies(response, tokens["refresh_token"], max_age=int(refresh.total_seconds()))
    return response


def _unset_cookies(response: Response) -> Response:
    unset_jwt_cookies(response)
    return response


def _is_revoked(_header: Claims, claims: Claims) -> bool:
    try:
        OurClaims.model_validate(claims)
    except ValidationError:
        raise InvalidTokenError("not one of ours") from None
    g.look = sessions.look(claims["sub"], claims["sid"])
    return g.look.ended


def _load_user(_header: Claims, claims: Claims) -> User | None:
    user = _account(ObjectId(claims["sub"])) if ObjectId.is_valid(claims["sub"]) else None
    if user is None or not user["is_active"]:
        return None
    valid_after = user["tokens_valid_after"]
    # Both have milliseconds, so that a token issued right after a reset is good and one right before is not.
    if valid_after and round(claims["iat"] * 1000) < round(valid_after.timestamp() * 1000):
        return None
    return user


def _account(owner: ObjectId) -> User | None:
    """The account: from memory while it is the same, for ACCOUNT_SECONDS at most, and not while MongoDB is away."""
    mark = g.look.account
    known, account = accounts.get(owner) or (None, None)
    if mark is None or known != mark or not outage.mongodb_in_sight():
        account = repository.by_id(owner)
        accounts.put(owner, (mark, account))
    return copy(account)


def _missing(explanation: str) -> Response:
    # flask-jwt-extended reports a failed double submit of the CSRF token as a missing token.
    if "CSRF" in explanation:
        return answer(Unauthorized("The CSRF token is missing or wrong.", code="csrf_failed"))
    return answer(Unauthorized())


def _invalid(_explanation: str) -> Response:
    return answer(Unauthorized("This token is not valid. Please sign in again.", code="token_invalid"))


def _expired(_header: Claims, _claims: Claims) -> Response:
    return answer(Unauthorized("This token has expired.", code="token_expired"))


def _revoked(_header: Claims, _claims: Claims) -> Response:
    return answer(Unauthorized("This session has ended. Please sign in again.", code="token_revoked"))


def init_app() -> None:
    """Let every refused token answer 401 in the envelope."""
    jwt.token_in_blocklist_loader(_is_revoked)
    jwt.user_lookup_loader(_load_user)
    jwt.unauthorized_loader(_missing)
    jwt.invalid_token_loader(_invalid)
    jwt.expired_token_loader(_expired)
    jwt.revoked_token_loader(_revoked)
    jwt.user_lookup_error_loader(_revoked)
