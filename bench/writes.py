"""Parts that write: a manual entry, sign-in, and what the others feel of sign-ins."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import repeat

import bcrypt
import orjson
import psutil

from bench import data
from bench.cold import Client
from bench.load import CONNECTIONS, Figures, Load, Request, interleaved, median, send
from bench.requests import BUDGETS, CATEGORIES, SUMMARY, TRANSACTIONS, repeated
from bench.rows import Row, Settings
from bench.stack import LARGE, NEW_ENTRY, SIGNER, WRITER, Stack

LOGIN = "/api/auth/login"
LOGINS_AT_ONCE = 4
LOGINS_A_ROUND = 6 * CONNECTIONS
HASHES_A_ROUND = 24
COST = 12


def post(stack: Stack, settings: Settings) -> Iterator[Row]:
    """POST a manual entry against the bare insert of the same document with the same write concern."""
    headers = {**stack.signed_in(WRITER), "Content-Type": "application/json"}
    ours = Load(stack.api, [Request(TRANSACTIONS, "POST", orjson.dumps(NEW_ENTRY))], headers)
    bare = Load(stack.floor, [Request("/transactions", "POST")])
    figures, floor = interleaved([ours, bare], settings.rounds, settings.seconds)
    yield Row("post", "POST a manual entry", figures, floor, figures.rate / floor.rate, at_least=0.5)


def login(stack: Stack, settings: Settings) -> Iterator[Row]:
    """POST login against bcrypt alone on all cores, in turn."""
    cores = psutil.cpu_count() or 1
    hashed = bcrypt.hashpw(data.PASSWORD.encode(), bcrypt.gensalt(COST))
    with ProcessPoolExecutor(cores) as processes, ThreadPoolExecutor(CONNECTIONS) as threads:
        measured = [
            (_logins(stack), _hashes(processes, hashed), _hashes(threads, hashed)) for _ in range(settings.rounds)
        ]
    ours, bare, threaded = (median(figures) for figures in zip(*measured, strict=True))
    yield Row("login", "POST login, beside bcrypt alone", ours, bare, ours.rate / bare.rate, at_least=0.9)
    yield Row("login", f"bcrypt in {CONNECTIONS} threads of one process", threaded, bare, threaded.rate / bare.rate)


def _logins(stack: Stack) -> Figures:
    """So many sign-ins over all connections, from the first to the last: rounds of a fixed time would cut some off."""
    credentials = {"email": data.email(SIGNER), "password": data.PASSWORD}
    numbers = iter(range(LOGINS_A_ROUND))
    lock = threading.Lock()

    def sign_in(_: int) -> list[float]:
        client = Client(stack.api, {})
        taken: list[float] = []
        while True:
            with lock:
                if next(numbers, None) is None:
                    client.close()
                    return taken
            taken.append(client.call("POST", LOGIN, credentials)[0])

    started = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        taken = sorted(seconds * 1000 for each in pool.map(sign_in, range(CONNECTIONS)) for seconds in each)
    return Figures(len(taken) / (time.perf_counter() - started), taken[len(taken) // 2], taken[-1])


def _hashes(pool: ProcessPoolExecutor | ThreadPoolExecutor, hashed: bytes) -> Figures:
    started = time.perf_counter()
    taken = sorted(pool.map(_check, repeat(hashed, HASHES_A_ROUND)))
    return Figures(HASHES_A_ROUND / (time.perf_counter() - started), taken[len(taken) // 2], taken[-1])


def _check(hashed: bytes) -> float:
    """Milliseconds of one comparison."""
    started = time.perf_counter()
    bcrypt.checkpw(data.PASSWORD.encode(), hashed)
    return (time.perf_counter() - started) * 1000


def beside_logins(stack: Stack, settings: Settings) -> Iterator[Row]:
    """Other routes while others sign in at all times."""
    headers = stack.signed_in(LARGE)
    others = CONNECTIONS - LOGINS_AT_ONCE
    loads = {path: repeated(stack.api, path, headers, others) for path in (CATEGORIES, TRANSACTIONS, SUMMARY, BUDGETS)}
    measured: dict[str, list[Figures]] = {path: [] for path in loads}
    for _ in range(settings.rounds):
        for path, load in loads.items():
            measured[path].append(_during_logins(stack, load, settings.seconds))
    for path, figures in measured.items():
        row = median(figures)
        yield Row("busy", f"{path} while {LOGINS_AT_ONCE} sign in", row, None, row.p99, "ms p99", at_most=50)


def _during_logins(stack: Stack, load: Load, seconds: float) -> Figures:
    body = orjson.dumps({"email": data.email(SIGNER), "password": data.PASSWORD})
    headers = {"Content-Type": "application/json"}
    logins = Load(stack.api, [Request(LOGIN, "POST", body)], headers, LOGINS_AT_ONCE)
    with ThreadPoolExecutor(1) as pool:
        background = pool.submit(send, logins, seconds + 2)
        time.sleep(1)  # until they hash
        figures = send(load, seconds)
        background.result()
    return figures


def memory(stack: Stack, _: Settings) -> Iterator[Row]:
    """Resident memory of the largest API worker, after all that was measured before."""
    megabytes = max(stack.worker_memory())
    yield Row("memory", "memory of an API worker", value=megabytes, unit="MB", at_most=130)
