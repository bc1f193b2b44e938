"""Password hashes: bcrypt, at the configured cost."""

from flask import current_app

from app.auth.fields import LONGEST_PASSWORD_BYTES
from app.extensions import bcrypt


def hashed(password: str) -> str:
    """The bcrypt hash of a password of at most 72 bytes."""
    return str(bcrypt.generate_password_hash(password), "ascii")


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed; with no hash it takes as long and is False."""
    candidate = password.encode()
    against = password_hash or _nobody()
    same = bcrypt.check_password_hash(against, candidate[:LONGEST_PASSWORD_BYTES])
    return same and password_hash is not None and len(candidate) <= LONGEST_PASSWORD_BYTES


def _nobody() -> str:
    return f"$2b${current_app.config['BCRYPT_LOG_ROUNDS']:02d}$" + "." * 53
