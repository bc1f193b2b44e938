"""Imports: 20,000 rows in one request while others ask for other things, and a million whose worker is killed twice.

`python -m bench.imports` measures both; IMPORT_ROWS sets how many rows the long file has.
"""

import os
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.requests import Headers
from bench.stack import gunicorn, settings
from dev import commands
from dev.process import Process, StackError, stop
from dev.servers import embedded_servers

ROWS, LONG_ROWS = 20_000, int(os.environ.get("IMPORT_ROWS", "1000000"))
KILLED_AT = (0.3, 0.6)  # of the rows
PASSWORD = "Bench-password-1"  # noqa: S105 -- of an account that lives for minutes
LIST = "/api/transactions/?limit=50"
EVERY_SECONDS = 0.05
PATIENCE_SECONDS = 3600
SHOPS = [
    f"{kind} {place}" for kind in ("BAKERY", "CAFE", "PHARMACY", "MARKET", "TAXI", "GARAGE") for place in range(40)
]


def file_of(rows: int) -> bytes:
    """A bank's CSV with so many different rows over ten years, oldest first."""
    made = BytesIO(b"Date,Amount,Description\n")
    made.seek(0, os.SEEK_END)
    for number in range(rows):
        day = number * 3360 // rows
        written = f"{2015 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
        shop = SHOPS[number * 7919 % len(SHOPS)]
        made.write(f"{written},-{number % 997 + 1}.{number % 100:02},CARD {number:08} {shop}\n".encode())
    return made.getvalue()


def signed_in(api: str, name: str) -> Headers:
    """Headers of a new account."""
    credentials = {"email": f"{name}-{time.time_ns()}@example.com", "password": PASSWORD}
    requests.post(f"{api}/api/auth/register", json=credentials, timeout=30).raise_for_status()
    answer = requests.post(f"{api}/api/auth/login", json=credentials, timeout=30).json()
    return {"Authorization": f"Bearer {answer['data']['access_token']}"}


def send(api: str, headers: Headers, content: bytes) -> dict[str, Any]:
    """What came of an import."""
    answer = requests.post(
        f"{api}/api/transactions/import", files={"file": ("bank.csv", content)}, headers=headers, timeout=120
    )
    answer.raise_for_status()
    return dict(answer.json()["data"])


@contextmanager
def asking(api: str, headers: Headers) -> Iterator[list[float]]:
    """Somebody else who asks for a list now and then: the milliseconds that each answer took."""
    taken: list[float] = []
    done = threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while not done.wait(EVERY_SECONDS):
                begun = time.perf_counter()
                session.get(
                    f"{api}{LIST}", headers={**headers, "Cache-Control": "no-cache"}, timeout=60
                ).raise_for_status()
                taken.append((time.perf_counter() - begun) * 1000)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield taken
    finally:
        done.set()
        thread.join()


def peak(process: psutil.Process) -> float:
    """The most memory that a process, or one of its children, has had, in MB."""
    found = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            status = Path(f"/proc/{one.pid}/status").read_text()
        except OSError:  # it has just ended
            continue
        found = max([found, *(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM"))])
    return found


def expect(holds: bool, told: dict[str, Any]) -> None:
    """End the measurement where what it measures is wrong."""
    if not holds:
        raise StackError(str(told))


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def in_a_request(api: str, master: psutil.Process) -> None:
    """20,000 rows, and what others notice of it."""
    mine, others, content = signed_in(api, "importer"), signed_in(api, "reader"), file_of(ROWS)
    send(api, mine, file_of(100))  # the readers and the vocabulary are loaded
    with asking(api, others) as before:
        time.sleep(5)
    with asking(api, others) as meanwhile:
        begun = time.perf_counter()
        outcome = send(api, mine, content)
        seconds = time.perf_counter() - begun
    expect(outcome["created"] + outcome["duplicates"] == ROWS, outcome)
    print(f"{ROWS:,} rows in a request: {seconds:.1f} s, {peak(master):.0f} MB at most")
    print(f"  a list meanwhile, p95: {p95(meanwhile):.0f} ms; before: {p95(before):.0f} ms")
    begun = time.perf_counter()
    again = send(api, mine, content)
    expect(again["duplicates"] == ROWS, again)
    print(f"  the same file again: {time.perf_counter() - begun:.1f} s")


def in_the_background(api: str, environment: dict[str, str], folder: Path) -> None:
    """A million rows, whose worker is killed twice."""
    headers = signed_in(api, "importer")
    with (folder / "workers.log").open("wb") as output:

        def started() -> list[Process]:
            return [Process("batch", commands.worker("batch"), output.fileno(), {**os.environ, **environment})]

        # What a killed worker leaves, a sweep hands out again.
        others = [
            Process(name, command, output.fileno(), {**os.environ, **environment})
            for name, command in (("default", commands.worker("default")), ("beat", commands.beat(folder)))
        ]
        workers, most, kills = started(), 0.0, [round(share * LONG_ROWS) for share in KILLED_AT]
        try:
            begun = time.perf_counter()
            job = send(api, headers, file_of(LONG_ROWS))
            print(f"{LONG_ROWS:,} rows: taken in {time.perf_counter() - begun:.1f} s", flush=True)
            while job["state"] in ("queued", "processing"):
                expect(time.perf_counter() - begun < PATIENCE_SECONDS, job)
                time.sleep(0.5)
                most = max(most, peak(psutil.Process(workers[0].popen.pid)))
                answer = requests.get(f"{api}/api/transactions/imports/{job['import_id']}", headers=headers, timeout=60)
                job = answer.json()["data"]
                if kills and job["processed"] >= kills[0]:
                    kills.pop(0)
                    kill(workers[0].popen.pid)
                    workers = started()
            seconds = time.perf_counter() - begun
        finally:
            stop([*workers, *others], 30)
    listed = requests.get(f"{api}{LIST}", headers=headers, timeout=60).json()["data"]["pagination"]["total"]
    counts = (job["created"], job["duplicates"], job["invalid"], listed)
    expect(counts == (LONG_ROWS, 0, 0, LONG_ROWS), {**job, "listed": listed})
    print(f"  done after {seconds:.0f} s, killed {len(KILLED_AT)} times, {most:.0f} MB at most in the worker")


def kill(pid: int) -> None:
    """SIGKILL for a worker and its processes."""
    for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        os.kill(process.pid, signal.SIGKILL)


def main() -> None:
    """Measure both on servers of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with embedded_servers(folder / "data") as servers:
            environment = {key: str(value) for key, value in settings(servers).items()}
            environment["LOG_DIR"] = str(folder)
            with gunicorn("run:app", environment, folder / "api") as (api, master):
                in_a_request(api, master)
                in_the_background(api, environment, folder)


if __name__ == "__main__":
    main()
