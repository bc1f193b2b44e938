"""Ends child processes when the process that started them is gone, even by SIGKILL.

A tiny process of its own reads a pipe that only its parent can write to. The
parent tells it which process groups it runs; when the pipe closes, however
that came about, the groups still on the list are ended. Unlike PR_SET_PDEATHSIG
this reaches grandchildren, works outside Linux and needs no code between fork
and exec.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 3.0


class Guardian:
    """The parent's side: tell it what runs, and close it at the end."""

    def __init__(self) -> None:
        # -I -S: nothing of the project is imported, so that it starts in some 20 ms.
        # A session of its own: a Ctrl-C in the terminal is for the parent alone.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, group: int) -> None:
        """End process group `group` should this process end."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Process group `group` has ended."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guardian and, before it goes, every group it still watches."""
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 -- for the type checker: it is a pipe
        # If the guardian itself was ended, only the safety net is missing.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def end_groups(groups: set[int], grace: float = GRACE_SECONDS) -> None:
    """Send SIGTERM to each process group and, after `grace` seconds, SIGKILL to what is left."""
    deadline = time.monotonic() + grace
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Whether process group `group` was there to receive the signal; number 0 only asks."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers the latter for one that has just ended
        return False
    return True


def main() -> None:
    """Follow the parent's list until its pipe closes, then end what is on it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    end_groups(groups)


if __name__ == "__main__":
    main()
