"""Load over HTTP for a few seconds, by wrk where it is on PATH, else by processes of Python."""

import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import orjson

from bench import python_load

CONNECTIONS = 8
LONG_SECONDS = 20.0
SCRIPT = Path(__file__).with_name("wrk.lua")


class LoadError(RuntimeError):
    """A measurement can't be used."""


@dataclass(frozen=True)
class Request:
    """One request."""

    path: str
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Load:
    """What is sent where: `requests` gives them without end, or the few that are repeated."""

    address: str
    requests: Iterable[Request]
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = CONNECTIONS
    prepared: int = 20_000  # how many are taken for one round: more than can be answered in it


@dataclass(frozen=True)
class Figures:
    """Requests a second, and milliseconds under which 50 and 99 percent of them were answered; how many failed."""

    rate: float
    p50: float
    p99: float
    failed: int = 0


def send(load: Load, seconds: float) -> Figures:
    """One round; a longer one if it was too short for a single answer.

    Raises:
        LoadError: nothing was answered.
    """
    with tempfile.NamedTemporaryFile("wb", suffix=".requests") as file:
        lines = (f"{request.method}\t{request.path}\t".encode() + request.body for request in load.requests)
        file.write(b"\n".join(islice(lines, load.prepared)))
        file.flush()
        for length in (seconds, LONG_SECONDS):
            run = _wrk if tool() == "wrk" else python_load.run
            measured = run(load, file.name, length)
            if measured["requests"]:
                rate = measured["requests"] / measured["seconds"]
                return Figures(rate, measured["p50"], measured["p99"], round(measured["failed"]))
    raise LoadError(f"{load.address} answered nothing in {LONG_SECONDS:g} s")


def tool() -> str:
    """The name of the load tool in use."""
    return "wrk" if shutil.which("wrk") and not os.environ.get("BENCH_PYTHON_LOAD") else "python"


def _wrk(load: Load, file: str, seconds: float) -> dict[str, float]:
    headers = [option for name, value in load.headers.items() for option in ("-H", f"{name}: {value}")]
    size = ["-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    command = ["wrk", *size, *headers, "-s", str(SCRIPT), load.address, "--", file]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise LoadError(done.stderr.decode() or done.stdout.decode())
    measured: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
    return measured


def interleaved(loads: Sequence[Load], rounds: int, seconds: float) -> list[Figures]:
    """The medians of several loads, each warmed up, then measured in turn: the machine's moods hit all alike."""
    for load in loads:
        send(load, 1)
    measured = [[send(load, seconds) for load in loads] for _ in range(rounds)]
    return [median(figures) for figures in zip(*measured, strict=True)]


def median(figures: Sequence[Figures]) -> Figures:
    """Each figure's own median, and all failures."""
    rate, p50, p99 = (statistics.median(getattr(entry, name) for entry in figures) for name in ("rate", "p50", "p99"))
    return Figures(rate, p50, p99, sum(entry.failed for entry in figures))
