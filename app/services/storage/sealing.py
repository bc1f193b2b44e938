"""Encryption at rest: AES-256-GCM (NIST SP 800-38D), with the key's id in front of what it sealed.

A sealed file is MARK, the length of the key's id in one byte, the id, a nonce of 96 random bits, the ciphertext with
its tag. The key's id and the name it is stored under are authenticated with it: nothing opens under another name.
A key may seal 2^32 files before two nonces have to be feared alike.
"""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"FSF1"
NONCE_BYTES = 12
LONGEST_PREFIX = len(MARK) + 1 + 32  # with the longest id


class Unopenable(Exception):
    """Damaged, sealed under another name, or with a key that isn't there; the message says which, and nothing more."""


def seal(keys: Mapping[str, bytes], name: str, content: bytes) -> bytes:
    """Encrypt with the first of the keys, under a name."""
    key_id = next(iter(keys))
    nonce = os.urandom(NONCE_BYTES)
    prefix = _prefix(key_id)
    return b"".join((prefix, nonce, AESGCM(keys[key_id]).encrypt(nonce, content, prefix + name.encode())))


def unseal(keys: Mapping[str, bytes], name: str, sealed: bytes) -> bytes:
    """What was sealed under this name.

    Raises:
        Unopenable: it can't be had.
    """
    key_id = key_of(sealed)
    if key_id not in keys:
        raise Unopenable(f"no key {key_id}")
    prefix = _prefix(key_id)
    begin = len(prefix) + NONCE_BYTES
    view = memoryview(sealed)
    try:
        return AESGCM(keys[key_id]).decrypt(view[len(prefix) : begin], view[begin:], prefix + name.encode())
    except (InvalidTag, ValueError):
        raise Unopenable("damaged, or not what was stored here") from None


def key_of(sealed: bytes) -> str:
    """The id of the key, told by the first LONGEST_PREFIX bytes.

    Raises:
        Unopenable: it was not sealed here.
    """
    mark, length, rest = sealed[: len(MARK)], sealed[len(MARK) : len(MARK) + 1], sealed[len(MARK) + 1 :]
    if mark != MARK or not length or len(rest) < length[0]:
        raise Unopenable("not a sealed file")
    return rest[: length[0]].decode(errors="replace")


def _prefix(key_id: str) -> bytes:
    return MARK + bytes([len(key_id)]) + key_id.encode()
