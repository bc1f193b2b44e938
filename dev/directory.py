"""The data directory of a development stack: held by one stack at a time."""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.process import StackError, wait_until

LOCK_SECONDS = 5.0  # as long as the servers of a stack that was killed may take to end
SECRET = "jwt_secret"  # noqa: S105 -- the name of the file


@contextmanager
def locked(data_dir: Path, cancelled: threading.Event) -> Iterator[int]:
    """Hold the data directory for one stack; yields the descriptor that carries the lock.

    The lock is on the directory itself, so there is no lock file to go stale.

    Raises:
        StackError: if another stack holds it, or it can't be made.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(data_dir, os.O_RDONLY)
    except OSError as error:
        raise StackError(f"The data directory {data_dir} can't be used: {error.strerror}") from None
    try:
        if not wait_until(lambda: try_lock(descriptor), LOCK_SECONDS, cancelled) and not cancelled.is_set():
            raise StackError(
                f"Another stack uses the data directory {data_dir}. End that one, or choose another: "
                "make run DATA_DIR=.data-2 PORT=5001"
            )
        yield descriptor
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Whether the exclusive lock could be had at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lasting_secret(data_dir: Path) -> str:
    """A random secret for signing tokens, made once: tokens stay valid when the stack is started again."""
    path = data_dir / SECRET
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
