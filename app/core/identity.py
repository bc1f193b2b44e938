"""Who is asking."""

from typing import cast

from flask_jwt_extended import get_current_user

from app.models.users import User


def current_user() -> User:
    """The stored account of the signed-in user; the contract's guard has loaded it already.

    Raises:
        RuntimeError: in a public view, where nobody is signed in.
    """
    return cast(User, get_current_user())
