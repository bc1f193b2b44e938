"""The account routes."""

from typing import Any

from bson import ObjectId
from flask import Blueprint
from flask_jwt_extended import get_jwt

from app.auth import limits, profile, service
from app.auth.schemas import (
    ChangePasswordIn,
    EraseIn,
    ForgotPasswordIn,
    LoginIn,
    ProfileIn,
    ProfileOut,
    RegisteredOut,
    RegisterIn,
    ResetPasswordIn,
    SessionsOut,
    TokensOut,
)
from app.core.contract import contract
from app.core.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthorized
from app.core.identity import current_user
from app.core.types import Message

bp = Blueprint("Authentication", __name__, url_prefix="/api/auth")


@bp.post("/register")
@contract(
    auth="none",
    body=RegisterIn,
    returns={201: RegisteredOut},
    raises=(Conflict,),
    limits=limits.REGISTER,
    idempotent=True,
)
def register(body: RegisterIn) -> dict[str, Any]:
    """Open an account.

    Currency and time zone are the service's defaults unless given.
    """
    return {"message": "Welcome! Your account is ready.", "user": profile.shown(service.register(body))}


@bp.post("/login")
@contract(auth="none", body=LoginIn, returns={200: TokensOut}, raises=(Unauthorized, Forbidden), limits=limits.LOGIN)
def login(body: LoginIn) -> dict[str, Any]:
    """Sign in.

    By e-mail address or username. The access token goes with every request as `Authorization: Bearer …`.
    """
    return service.login(body)


@bp.post("/refresh")
@contract(auth="refresh", returns={200: TokensOut}, limits=limits.REFRESH)
def refresh() -> dict[str, Any]:
    """Get new tokens.

    Send the refresh token as bearer. It is spent as soon as its successor is presented here; until then
    it gives that same successor again. A spent one answers 401 `refresh_reused` and ends the session.
    """
    token = get_jwt()
    return service.refresh(current_user(), token["sid"], token["jti"])


@bp.route("/logout", methods=["DELETE", "POST"])
@contract(auth="any", returns={200: Message})
def logout() -> dict[str, str]:
    """Sign out.

    Ends the session of the access or refresh token: both its tokens are refused from now on.
    """
    service.logout(current_user(), get_jwt()["sid"])
    return {"message": "You are signed out."}


@bp.get("/sessions")
@contract(returns={200: SessionsOut})
def list_sessions() -> dict[str, Any]:
    """List where you are signed in.

    The live sessions, the latest used first.
    """
    return {"sessions": service.list_sessions(current_user(), get_jwt()["sid"])}


@bp.delete("/sessions")
@contract(returns={200: Message})
def end_other_sessions() -> dict[str, str]:
    """Sign out everywhere else.

    Ends all sessions but the one asking.
    """
    service.end_other_sessions(current_user(), get_jwt()["sid"])
    return {"message": "All other sessions have ended."}


@bp.delete("/sessions/<session_id>")
@contract(returns={200: Message}, raises=(NotFound,))
def end_session(session_id: ObjectId) -> dict[str, str]:
    """End one session.

    All its tokens are refused from now on.
    """
    service.end_session(current_user(), str(session_id))
    return {"message": "The session has ended."}


@bp.post("/forgot-password")
@contract(auth="none", body=ForgotPasswordIn, returns={200: Message}, limits=limits.FORGOT_PASSWORD)
def forgot_password(body: ForgotPasswordIn) -> dict[str, str]:
    """Ask for a reset mail.

    The answer is the same whether or not the account exists. The link is good for one hour; a new one voids it.
    """
    service.forgot_password(body)
    return {"message": "If there is an account with this address, a mail with a link is on its way."}


@bp.post("/reset-password")
@contract(auth="none", body=ResetPasswordIn, returns={200: Message}, raises=(BadRequest,))
def reset_password(body: ResetPasswordIn) -> dict[str, str]:
    """Set a new password by the mailed token.

    The token works once; a refused password doesn't use it up. All sessions end.
    """
    service.reset_password(body)
    return {"message": "Your password has been changed. Please sign in."}


@bp.post("/change-password")
@contract(body=ChangePasswordIn, returns={200: Message}, raises=(Forbidden,), limits=limits.CONFIRM_PASSWORD)
def change_password(body: ChangePasswordIn) -> dict[str, str]:
    """Change the password.

    All other sessions end.
    """
    service.change_password(current_user(), get_jwt()["sid"], body)
    return {"message": "Your password has been changed."}


@bp.get("/profile")
@contract(returns={200: ProfileOut})
def read_profile() -> dict[str, Any]:
    """Read the profile.

    Income is 0 until it is set.
    """
    return profile.shown(current_user())


@bp.route("/profile", methods=["POST", "PUT", "PATCH"])
@contract(body=ProfileIn, returns={200: ProfileOut}, raises=(Conflict,))
def update_profile(body: ProfileIn) -> dict[str, Any]:
    """Change the profile.

    Fields that are left out stay as they are. A new currency keeps the number of the income.
    """
    return profile.shown(profile.update(current_user(), body))


@bp.delete("/profile")
@contract(body=EraseIn, returns={200: Message}, raises=(Forbidden,), limits=limits.CONFIRM_PASSWORD)
def erase_profile(body: EraseIn) -> dict[str, str]:
    """Erase the account.

    With everything it owns, at once and for good.
    """
    service.erase(current_user(), body.password)
    return {"message": "Your account and everything in it has been erased."}
