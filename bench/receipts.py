"""Receipts: uploads while pictures are read, the queue beside the engine alone, lists and searches among many."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import cast

import requests
from bson import ObjectId

from app.core import clock
from app.models.users import User
from bench import receipts_data
from bench.cold import Client, alone, summed_up
from bench.load import LoadError
from bench.requests import SEARCHES, TRANSACTIONS, Headers
from bench.rows import Row, Settings
from bench.stack import ZONE, Stack
from config import ROOT
from dev import commands
from dev.process import Process, stop

RECEIPTS = "/api/receipts/"
KNOWN = 20_000
READS = 60
UPLOADS = 40
QUEUED = 12
SENTENCES = 6
PATIENCE_SECONDS = 300
PASSWORD = "Bench-password-1"  # noqa: S105 -- of an account that lives for minutes
KNOWN_RECEIPT = {"merchant_name": "Corner Bakery", "total_amount": 12.4, "transaction_date": "2026-02-01"}
SENTENCE = {"mode": "ai", "text": "Bought groceries from Walmart for $45.50"}


def receipts(stack: Stack, _: Settings) -> Iterator[Row]:
    """All of receipts, with an account and workers of their own."""
    owner, headers = _account(stack)
    try:
        yield from _reads(stack, owner, headers)
        with _workers(stack):
            yield from _queue(stack, headers)
    finally:
        requests.delete(f"{stack.api}/api/auth/profile", json={"password": PASSWORD}, headers=headers, timeout=60)


def _account(stack: Stack) -> tuple[ObjectId, Headers]:
    credentials = {"email": f"receipts-{time.time_ns()}@example.com", "password": PASSWORD}
    requests.post(f"{stack.api}/api/auth/register", json=credentials, timeout=30).raise_for_status()
    answer = requests.post(f"{stack.api}/api/auth/login", json=credentials, timeout=30).json()
    user = cast(User, stack.database.users.find_one({"email": credentials["email"]}))
    made = receipts_data.known(user, KNOWN, clock.today(ZONE))
    while batch := list(islice(made, 2_000)):
        stack.database.transactions.insert_many(batch, ordered=False)
    return user["_id"], {"Authorization": f"Bearer {answer['data']['access_token']}"}


def _reads(stack: Stack, owner: ObjectId, headers: Headers) -> Iterator[Row]:
    """A page of the list up to ever other days, and searches for ever other words, one at a time."""
    days = [f"{day:%Y-%m-%d}" for day in _days()]
    pairs = {f"list 50 of {KNOWN:,} receipts": [f"?end_date={day}" for day in days]}
    for name, terms in SEARCHES.items():
        pairs[f"search receipts, {name}"] = [f"?search={word}" for word in islice(terms(), READS)]
    for what, queries in pairs.items():
        ours = alone(stack.api, headers, [RECEIPTS + query for query in queries])
        bare = alone(stack.floor, {}, [f"/receipts/{owner}{query}" for query in queries])
        yield Row("receipts", what, ours, bare, ours.p50, "ms p50", at_most=30)
    yield from _after_writes(stack, owner, headers)


def _after_writes(stack: Stack, owner: ObjectId, headers: Headers) -> Iterator[Row]:
    """The list, and a search for what is on every receipt, right after a write, so that nothing is known any more."""
    ours, bare = Client(stack.api, headers), Client(stack.floor, {})
    for what, query in {"list": "", "search on all": "?search=total", "two words": "?search=total+lantern"}.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(READS):
            ours.call("POST", RECEIPTS, KNOWN_RECEIPT)
            taken[0].append(ours.call("GET", RECEIPTS + query)[0])
            taken[1].append(bare.call("GET", f"/receipts/{owner}{query}")[0])
        figures, floor = map(summed_up, taken)
        yield Row("receipts", f"{what} after a write", figures, floor, figures.p50, "ms p50", at_most=30)
    ours.close()
    bare.close()


def _days() -> Iterator[object]:
    today = clock.today(ZONE)
    return (today.fromordinal(today.toordinal() - number) for number in range(READS))


@contextmanager
def _workers(stack: Stack) -> Iterator[None]:
    """The workers for pictures and for sentences, as the development stack runs them."""
    folder = stack.folder / "workers"
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, **stack.environment, "LOG_DIR": str(folder)}
    with (folder / "output.log").open("wb") as output:
        running = [Process(name, commands.worker(name), output.fileno(), environment) for name in ("ocr", "ai")]
        try:
            yield
        finally:
            stop(running, 30)


def _queue(stack: Stack, headers: Headers) -> Iterator[Row]:
    pictures = receipts_data.photos()
    _settled(stack, [_upload(stack, headers, next(pictures))[1]])  # the engine is loaded by the first
    idle = [_sentence(stack, headers) for _ in range(SENTENCES)]
    bare_rate = _engine_alone(next(pictures))
    queued = [_upload(stack, headers, picture)[1] for picture in islice(pictures, QUEUED)]
    started = time.perf_counter()
    busy = [_sentence(stack, headers) for _ in range(SENTENCES)]
    _settled(stack, queued)
    rate = QUEUED / (time.perf_counter() - started)
    yield Row("receipts", f"{QUEUED} receipts read, beside the engine alone", value=rate / bare_rate, at_least=0.8)
    slower = statistics.median(busy) / statistics.median(idle)
    yield Row("receipts", "AI entries meanwhile", value=slower, unit="x the time when idle", at_most=1.5)
    yield from _uploads(stack, headers, pictures)


def _uploads(stack: Stack, headers: Headers, pictures: Iterator[bytes]) -> Iterator[Row]:
    """Uploads, with the worker busy from the first one on, in turn with the bare storing of the same bytes."""
    ours, bare = [], []
    for picture in islice(pictures, UPLOADS):
        ours.append(_upload(stack, headers, picture)[0])
        seconds = time.perf_counter()
        requests.post(f"{stack.floor}/files", data=picture, timeout=30).raise_for_status()
        bare.append(time.perf_counter() - seconds)
    p95 = statistics.quantiles(ours, n=20, method="inclusive")[-1] * 1000
    figures, floor = summed_up(ours), summed_up(bare)
    yield Row("receipts", "upload of 3 MB while others are read", figures, floor, p95, "ms p95", at_most=150)


def _upload(stack: Stack, headers: Headers, picture: bytes) -> tuple[float, str]:
    """Seconds until the answer, and the id of the receipt."""
    started = time.perf_counter()
    answer = requests.post(
        stack.api + RECEIPTS, headers=headers, files={"file": ("photo.jpg", picture, "image/jpeg")}, timeout=60
    )
    seconds = time.perf_counter() - started
    if answer.status_code != requests.codes.accepted:
        raise LoadError(f"an upload was answered with {answer.status_code}: {answer.text:.200}")
    return seconds, answer.json()["data"]["receipt"]["_id"]


def _sentence(stack: Stack, headers: Headers) -> float:
    """Seconds until a sentence is settled."""
    started = time.perf_counter()
    answer = requests.post(stack.api + TRANSACTIONS, json=SENTENCE, headers=headers, timeout=30)
    _settled(stack, [answer.json()["data"]["_id"]])
    return time.perf_counter() - started


def _settled(stack: Stack, ids: list[str]) -> None:
    """Wait until all of these transactions are settled."""
    waiting = {ObjectId(entry) for entry in ids}
    deadline = time.monotonic() + PATIENCE_SECONDS
    condition = {"_id": {"$in": list(waiting)}, "status": "processing"}
    while stack.database.transactions.find_one(condition):
        if time.monotonic() > deadline:
            raise LoadError(f"{len(waiting)} entries were not all settled in {PATIENCE_SECONDS} s")
        time.sleep(0.05)


def _engine_alone(picture: bytes) -> float:
    """Pictures a second that the engine reads in a process of its own."""
    command = [sys.executable, "-m", "bench.engine", str(QUEUED)]
    done = subprocess.run(command, input=picture, cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise LoadError(done.stderr.decode()[-500:])
    return QUEUED / float(done.stdout.split()[-1])
