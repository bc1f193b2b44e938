"""PDFs and HEIC pictures are read by a process that their readers' faults can't carry any further than to its end."""

import json
import subprocess  # nosec B404
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from app.services.intake.refusals import LONGEST_SIDE, MOST_PAGES, MOST_PIXELS, SHORTEST_SIDE, Refused

SCRIPT = Path(__file__).with_name("apart.py")
MOST_SECONDS = 15
ALLOWED = json.dumps({"pixels": MOST_PIXELS, "side": LONGEST_SIDE, "least": SHORTEST_SIDE, "pages": MOST_PAGES})
processes = threading.BoundedSemaphore(2)


class Shown(NamedTuple):
    """The first page, or the picture, as a JPEG; the original's size, upright: in pixels, or a page's in points."""

    picture: bytes
    pages: int
    width: int
    height: int


def show(content: bytes, content_type: str, side: int) -> Shown:
    """Check a PDF or HEIC picture, and draw it.

    Args:
        side: the most pixels that either side of the JPEG may have.

    Raises:
        Refused: for what is in it, or too_complex, if its reader died or took too long over it.
    """
    command = [sys.executable, "-I", str(SCRIPT), content_type, str(side), ALLOWED]
    try:
        with processes:  # with an environment of its own, as ours holds secrets
            done = subprocess.run(  # noqa: S603 -- our own script  # nosec B603
                command, input=content, capture_output=True, timeout=MOST_SECONDS, check=True, env={"LC_ALL": "C.UTF-8"}
            )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Refused("too_complex") from None
    line, _, picture = done.stdout.partition(b"\n")
    told = json.loads(line)
    if "refused" in told:
        raise Refused(told["refused"])
    return Shown(picture, **told)
