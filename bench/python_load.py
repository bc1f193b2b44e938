"""The load tool where there is no wrk: one process for each connection, so that Python's lock holds up none."""

import http.client
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bench.load import Load

SUCCESS = range(200, 400)


def run(load: "Load", file: str, seconds: float) -> dict[str, float]:
    """Send the requests of `file` for so long; the same figures as wrk.lua prints."""
    address = urlsplit(load.address).netloc
    with ProcessPoolExecutor(load.connections) as pool:
        work = [
            pool.submit(_connection, address, file, load.headers, seconds, (number, load.connections))
            for number in range(load.connections)
        ]
        results = [future.result() for future in work]
    times = [entry for measured, _ in results for entry in measured]
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99 or [0.0] * 99
    figures = {"requests": len(times), "seconds": seconds, "failed": sum(failed for _, failed in results)}
    return {**figures, "p50": cuts[49] * 1000, "p99": cuts[98] * 1000}


def _connection(
    address: str, file: str, headers: dict[str, str], seconds: float, share: tuple[int, int]
) -> tuple[list[float], int]:
    """Seconds that each answer took, and how many were not a success; `share` is (which one, out of how many)."""
    lines = Path(file).read_bytes().split(b"\n")
    requests = [line.split(b"\t", 2) for line in lines[share[0] :: share[1]] or lines]
    connection = http.client.HTTPConnection(address, timeout=20)
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        method, path, body = requests[len(times) % len(requests)]
        connection.request(method.decode(), path.decode(), body or None, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        failed += answer.status not in SUCCESS
    connection.close()
    return times, failed
