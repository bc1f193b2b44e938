"""Reads that come right after a write of the same user, one after the other, so that nothing kept can answer them."""

import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import orjson
import urllib3

from bench.load import Figures, LoadError
from bench.requests import TRANSACTIONS, Headers
from bench.stack import NEW_ENTRY


class Client:
    """One kept connection, made anew when the server has closed it."""

    def __init__(self, address: str, headers: Headers) -> None:
        given = {**headers, "Content-Type": "application/json"}
        self._pool = urllib3.connection_from_url(address, maxsize=1, timeout=30, retries=False, headers=given)

    def call(self, method: str, path: str, body: object = None) -> tuple[float, bytes]:
        """Seconds until the whole answer was here, and the answer.

        Raises:
            LoadError: it is not a success.
        """
        sent = None if body is None else orjson.dumps(body)
        started = time.perf_counter()
        answer = self._pool.request(method, path, body=sent)
        seconds = time.perf_counter() - started
        if answer.status >= 300:
            raise LoadError(f"{method} {path} was answered with {answer.status}")
        return seconds, answer.data

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class Writer:
    """Adds an entry and takes it away again in turn: two writes, and everything is as before."""

    def __init__(self, client: Client, day: date) -> None:
        self._client = client
        self._entry = {**NEW_ENTRY, "date": day.isoformat()}
        self._added = ""

    def write(self) -> None:
        """The next write."""
        if self._added:
            self._client.call("DELETE", f"{TRANSACTIONS}{self._added}")
            self._added = ""
            return
        _, answer = self._client.call("POST", TRANSACTIONS, self._entry)
        self._added = orjson.loads(answer)["data"]["_id"]


def after_writes(
    address: str, path: str, headers: Headers, day: date, floor: tuple[str, str] | None = None, times: int = 60
) -> list[Figures]:
    """How long a GET takes after a write to `day`; with `floor`, its address and path, also that in turn.

    Raises:
        LoadError: an answer did not show the write.
    """
    client = Client(address, headers)
    writer = Writer(client, day)
    others = [(Client(floor[0], {}), floor[1])] if floor else []
    taken: list[list[float]] = [[] for _ in (path, *others)]
    before = b""
    for _ in range(times + times % 2):
        writer.write()
        seconds, answer = client.call("GET", path)
        if answer == before:
            raise LoadError(f"{path} does not show what was just written")
        before = answer
        for into, value in zip(taken, [seconds, *(other.call("GET", of)[0] for other, of in others)], strict=True):
            into.append(value)
    for each in (client, *(other for other, _ in others)):
        each.close()
    return [summed_up(each) for each in taken]


def alone(address: str, headers: Headers, paths: Sequence[str]) -> Figures:
    """How long GETs take one after the other over one connection."""
    client = Client(address, headers)
    taken: list[float] = []
    for path in paths:
        with suppress(LoadError):
            taken.append(client.call("GET", path)[0])
    client.close()
    if not taken:
        raise LoadError(f"{address}{paths[0]} and others were not answered")
    return summed_up(taken, len(paths) - len(taken))


def summed_up(seconds: list[float], failed: int = 0) -> Figures:
    """Of a series of answers over one connection."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Figures(1 / statistics.mean(seconds), cuts[49] * 1000, cuts[98] * 1000, failed)
