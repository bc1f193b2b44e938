"""Signed links: the signature is the authority, for a time, for whoever has it."""

import hashlib
from typing import Any

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from app.core import clock
from app.core.errors import NotFound

SKEW_SECONDS = 60  # by which the clocks of two hosts may differ


class Signer(TimestampSigner):
    """With the time of our clock."""

    def get_timestamp(self) -> int:
        """Unix seconds."""
        return int(clock.now().timestamp())


class BackdatingSigner(Signer):
    """With a time that has passed on every host: what was signed in the future would be refused."""

    def get_timestamp(self) -> int:
        """Unix seconds."""
        return super().get_timestamp() - SKEW_SECONDS


def sign(salt: str, values: list[str]) -> str:
    """A token for these values; what is signed under one salt is good for nothing under another."""
    token: str = _serializer(salt, BackdatingSigner).dumps(values)
    return token


def read(salt: str, token: str, seconds: int) -> Any:
    """The values of a token of ours.

    Raises:
        NotFound: it is older than these seconds, or none of ours.
    """
    try:
        return _serializer(salt, Signer).loads(token, max_age=seconds + SKEW_SECONDS)
    except BadData:
        raise NotFound() from None


def _serializer(salt: str, signer: type[Signer]) -> URLSafeTimedSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(current_app.config["JWT_SECRET_KEY"], salt, signer=signer, signer_kwargs=options)
