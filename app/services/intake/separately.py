"""What is costly or risky to read is read by a process of its own: it may die of it, and nobody else does."""

import json
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import Unavailable
from app.services.intake.apart import Refused, Shown

SCRIPT = Path(__file__).with_name("apart.py")
MOST_SECONDS = 8
PATIENCE_SECONDS = 1.0
IN_LINE = 3  # one that is read and two that wait: the process has other requests for its threads
one_process = threading.Lock()
line = threading.BoundedSemaphore(IN_LINE)


def show(content: bytes, content_type: str, side: int) -> Shown:
    """Check a file, and draw it.

    Args:
        content_type: what it is by its own bytes.
        side: the most pixels that either side of the JPEG may have.

    Raises:
        Refused: for what is in it, or too_complex, if its reader died or took too long over it.
        Unavailable: too many others are being read.
    """
    command = [sys.executable, "-I", str(SCRIPT), content_type, str(side)]
    with _turn():
        try:  # with an environment of its own, as ours holds secrets
            done = subprocess.run(  # noqa: S603 -- our own script  # nosec B603
                command, input=content, capture_output=True, timeout=MOST_SECONDS, check=True, env={"LC_ALL": "C.UTF-8"}
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            raise Refused("too_complex") from None
    answer, _, picture = done.stdout.partition(b"\n")
    told = json.loads(answer)
    if "refused" in told:
        raise Refused(told["refused"])
    return Shown(picture, **told)


@contextmanager
def _turn() -> Iterator[None]:
    busy = Unavailable("Too many files are being read at once. Please try again.", code="too_many_uploads")
    if not line.acquire(blocking=False):
        raise busy
    try:
        if not one_process.acquire(timeout=PATIENCE_SECONDS):
            raise busy
        try:
            yield
        finally:
            one_process.release()
    finally:
        line.release()
