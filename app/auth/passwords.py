"""Password hashes: bcrypt, at the configured cost."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache

from flask import current_app

from app.auth.fields import LONGEST_PASSWORD_BYTES
from app.extensions import bcrypt

PRIORITY = 10  # of 0, the highest a process may have, to 19 (setpriority(2))


def hashed(password: str) -> str:
    """The bcrypt hash of a password of at most 72 bytes."""
    return str(_hashers().submit(bcrypt.generate_password_hash, password, _rounds()).result(), "ascii")


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed; with no hash it takes as long and is False."""
    candidate = password.encode()
    against = password_hash or _nobody()
    same = _hashers().submit(bcrypt.check_password_hash, against, candidate[:LONGEST_PASSWORD_BYTES]).result()
    return same and password_hash is not None and len(candidate) <= LONGEST_PASSWORD_BYTES


def _nobody() -> str:
    return f"$2b${_rounds():02d}$" + "." * 53


def _rounds() -> int:
    return int(current_app.config["BCRYPT_LOG_ROUNDS"])


@cache
def _hashers() -> ThreadPoolExecutor:
    """As many threads as there are cores, behind all others: who waits for a page must not wait for sign-ins."""
    return ThreadPoolExecutor(os.cpu_count(), "hasher", initializer=_step_back)


def _step_back() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        with suppress(OSError):  # forbidden to this process: then it takes its turn
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRIORITY)


os.register_at_fork(after_in_child=_hashers.cache_clear)
