"""Child processes of the development stack: started in a session of their own, ended with all they started."""

import atexit
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import IO

from config import ROOT
from dev.guardian import Guardian, signal_group

POLL_SECONDS = 0.02


class StackError(RuntimeError):
    """The stack can't start or go on; the message is for the person who started it."""


@cache
def guardian() -> Guardian:
    """The one guardian of this process, started when first needed."""
    started = Guardian()
    atexit.register(started.close)
    return started


class Process:
    """A running child.

    It leads a session, and so a process group, of its own: a Ctrl-C in the terminal
    reaches only the stack, which ends its children in the right order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        output: int | IO[bytes],
        environment: Mapping[str, str] | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.name = name
        try:
            self.popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=ROOT,
                pass_fds=keep_open,
                start_new_session=True,
            )
        except OSError as error:
            raise StackError(f"{name} can't be started: {error}") from None
        guardian().watch(self.popen.pid)

    @property
    def ended(self) -> bool:
        """Whether the child itself is gone."""
        return self.popen.poll() is not None

    @property
    def outcome(self) -> str:
        """How the child ended, in words."""
        code = self.popen.returncode
        return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def stop(processes: Iterable[Process], seconds: float) -> None:
    """Ask processes to end (SIGTERM), all at once; after `seconds` end them and whatever they started (SIGKILL)."""
    processes = list(processes)
    for process in processes:
        if not process.ended:
            process.popen.terminate()
    wait_until(lambda: all(process.ended for process in processes), seconds)
    for process in processes:
        signal_group(process.popen.pid, signal.SIGKILL)
        process.popen.wait()
        guardian().forget(process.popen.pid)


def wait_until(condition: Callable[[], bool], seconds: float, cancelled: threading.Event | None = None) -> bool:
    """Wait for a condition; false if it didn't come true within `seconds` or before `cancelled` was set."""
    cancelled = cancelled or threading.Event()
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or cancelled.wait(POLL_SECONDS):
            return False
    return True
