"""Notices that the `make` which started the stack is gone or was interrupted."""

import os
import signal
from pathlib import Path


class Starter:
    """The parent process, watched if it is make.

    make hands SIGTERM on to its children, but not SIGINT: it counts on the terminal, which
    sends Ctrl-C to all. After `kill -INT` it would wait for ever for a child that knows
    nothing of it, and after `kill -KILL` the child would stay behind.
    """

    def __init__(self) -> None:
        self._is_make = "MAKELEVEL" in os.environ
        self._pid = os.getppid()
        self._caught_interrupts = catches(self._pid, signal.SIGINT)

    @property
    def gave_up(self) -> bool:
        """Whether it ended, or no longer catches SIGINT, as make does once it got one."""
        if not self._is_make:
            return False
        interrupted = self._caught_interrupts and not catches(self._pid, signal.SIGINT)
        return interrupted or os.getppid() != self._pid


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal; false where there is no /proc to tell (proc(5), SigCgt)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return bool(int(fields["SigCgt"], 16) >> (number - 1) & 1)
