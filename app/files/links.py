"""Links to pictures of files: the signature is the authority, for five minutes."""

from typing import NamedTuple

from bson import ObjectId

from app.core import signing
from app.files.blobs import Variant

SECONDS = 300
SALT = "files.link"


class Link(NamedTuple):
    """What a link leads to."""

    owner: ObjectId
    file_id: ObjectId
    variant: Variant


def sign(owner: ObjectId, file_id: ObjectId, variant: Variant) -> str:
    """A token for one variant of one file of one owner."""
    return signing.sign(SALT, [str(owner), str(file_id), variant])


def read(token: str) -> Link:
    """What a token of ours leads to.

    Raises:
        NotFound: it is too old, or none of ours.
    """
    owner, file_id, variant = signing.read(SALT, token, SECONDS)
    return Link(ObjectId(owner), ObjectId(file_id), variant)
