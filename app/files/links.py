"""Links to pictures of files: the signature is the authority, for five minutes."""

import hashlib
from typing import NamedTuple

from bson import ObjectId
from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from app.core import clock
from app.core.errors import NotFound
from app.files.blobs import Variant

SECONDS = 300
SKEW_SECONDS = 60  # by which the clocks of two hosts may differ
SALT = "files.link"


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


class Link(NamedTuple):
    """What a link leads to."""

    owner: ObjectId
    file_id: ObjectId
    variant: Variant


def sign(owner: ObjectId, file_id: ObjectId, variant: Variant) -> str:
    """A token for one variant of one file of one owner."""
    token: str = _serializer(BackdatingSigner).dumps([str(owner), str(file_id), variant])
    return token


def read(token: str) -> Link:
    """What a token of ours leads to.

    Raises:
        NotFound: it is too old, or none of ours.
    """
    try:
        owner, file_id, variant = _serializer(Signer).loads(token, max_age=SECONDS + SKEW_SECONDS)
    except BadData:
        raise NotFound() from None
    return Link(ObjectId(owner), ObjectId(file_id), variant)


def _serializer(signer: type[Signer]) -> URLSafeTimedSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(current_app.config["JWT_SECRET_KEY"], SALT, signer=signer, signer_kwargs=options)
