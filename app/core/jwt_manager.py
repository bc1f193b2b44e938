"""flask-jwt-extended, checking the signature of a token that comes again only once."""

import hashlib
from threading import Lock
from typing import Any

from cachetools import TTLCache
from flask import current_app
from flask_jwt_extended import JWTManager

from app.core import clock

MOST_TOKENS = 5_000
SECONDS = 60


class RememberingJWTManager(JWTManager):
    """What a signature says of a token doesn't change; whether it has expired or ended is asked each time.

    Tokens are remembered by a digest under the key they were checked with: none is kept, and another key knows none.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: TTLCache[bytes, dict[str, Any]] = TTLCache(MOST_TOKENS, SECONDS)
        self._lock = Lock()

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: str | None = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        if csrf_value is not None or allow_expired:
            return super()._decode_jwt_from_config(encoded_token, csrf_value, allow_expired)
        secret = hashlib.sha256(current_app.config["JWT_SECRET_KEY"].encode()).digest()
        name = hashlib.blake2b(encoded_token.encode(errors="replace"), key=secret, digest_size=32).digest()
        with self._lock:
            claims = self._known.get(name)
        if claims is None or claims.get("exp", 0) <= clock.now().timestamp():
            claims = super()._decode_jwt_from_config(encoded_token)
            with self._lock:
                self._known[name] = claims
        return dict(claims)
