"""Notices that the `make` which started the stack is gone or was interrupted."""

import os
import signal
from pathlib import Path

FATAL = (signal.SIGHUP, signal.SIGINT)


class Starter:
    """The parent process, watched if it is make.

    make hands SIGTERM on to its children, but neither SIGINT nor SIGHUP: it counts on the
    terminal, or the shell in it, to signal all. After `kill -INT` it would wait for ever for a
    child that knows nothing of it, and after `kill -KILL` the child would stay behind.
    """

    # Its caught signals are needed, not only its end: an interrupt must end `make run` within 10 s also where an
    # editor's stop button or a script sends it to make alone, which then stays, waiting for this process.

    def __init__(self) -> None:
        self._is_make = "MAKELEVEL" in os.environ
        self._pid = os.getppid()
        self._caught = caught(self._pid)

    @property
    def gave_up(self) -> bool:
        """Whether it ended, or no longer catches a signal that it did, as is so with make once it got one."""
        return self._is_make and (os.getppid() != self._pid or bool(self._caught - caught(self._pid)))


def caught(pid: int) -> set[signal.Signals]:
    """Those of SIGHUP and SIGINT that a process handles; none where there is no /proc to tell (proc(5), SigCgt)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return set()
    mask = int(dict(line.split(":", 1) for line in status.splitlines())["SigCgt"], 16)
    return {number for number in FATAL if mask >> (number - 1) & 1}
