"""`make bench-exports`: a million transactions in each format: time, first byte, peak memory, beside a bare cursor.

python -m bench.exports [ROWS ...]    the numbers of rows to export, one after the other (100000 1000000)
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import psutil
import pymongo
import requests
from bson import ObjectId

from app.core import clock
from app.models.users import User
from app.transactions import entry
from app.transactions.portable import COLUMNS
from bench.entries import Document
from bench.stack import MEGABYTE, ZONE, gunicorn, settings
from dev.servers import embedded_servers

ROWS = (100_000, 1_000_000)
FORMATS = ("csv", "json", "xlsx")
BATCH = 10_000
EACH_DAY = 30
PATIENCE_SECONDS = 900
SAMPLE_SECONDS = 0.01
PASSWORD = "Bench-password-1"  # noqa: S105 -- of an account that lives for minutes
PLAIN: Document = {
    "type": "expense",
    "status": "completed",
    "source": "manual",
    "currency": "INR",
    "category": "Food & Dining",
    "merchant": "Corner Bakery & Café",
    "tags": ["home", "weekly"],
    "notes": "paid in cash, as ever",
}


class Download(NamedTuple):
    """What a download took: seconds to the first byte and to the last, MB on the wire, peak MB of the worker."""

    first: float
    total: float
    size: float
    peak: float


def main() -> None:
    """Load, export, tell."""
    numbers = [int(argument) for argument in sys.argv[1:]] or list(ROWS)
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "data") as servers:
        chosen = {name: str(value) for name, value in settings(servers).items()}
        environment = {**chosen, "WEB_CONCURRENCY": "1"}
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(servers.mongo_uri, tz_aware=True)
        with client, gunicorn("run:app", environment, Path(folder) / "api") as (api, master):
            (worker,) = master.children()
            database = client.get_default_database()
            for rows in numbers:
                headers, owner = sign_in(api, database)
                load(database, owner, rows)
                compare(api, headers, worker, database, owner, rows)
                database.transactions.delete_many({"user_id": owner})


def sign_in(api: str, database: Any) -> tuple[dict[str, str], ObjectId]:
    """Headers of a new account's session, and its id."""
    credentials = {"email": f"exports-{time.time_ns()}@example.com", "password": PASSWORD}
    requests.post(f"{api}/api/auth/register", json=credentials, timeout=30).raise_for_status()
    answer = requests.post(f"{api}/api/auth/login", json=credentials, timeout=30).json()
    owner = database.users.find_one({"email": credentials["email"]})["_id"]
    return {"Authorization": f"Bearer {answer['data']['access_token']}"}, owner


def load(database: Any, owner: ObjectId, rows: int) -> None:
    """Give somebody so many transactions, EACH_DAY a day."""
    user: User = {"_id": owner, "timezone": ZONE}  # type: ignore[typeddict-item]
    moment = clock.now()
    whole = entry.new_document(user, ObjectId(), moment, {**PLAIN, "amount": 4550, "description": ""})
    for begin in range(0, rows, BATCH):
        dates = [moment - timedelta(days=number // EACH_DAY) for number in range(begin, min(begin + BATCH, rows))]
        database.transactions.insert_many(
            [
                {
                    **whole,
                    "_id": ObjectId(),
                    "date": date,
                    "local_date": date.date().isoformat(),
                    "amount": 100 + number,
                    "description": f"Bread, milk and {number} eggs",
                }
                for number, date in enumerate(dates, begin)
            ],
            ordered=False,
        )


def compare(
    api: str, headers: dict[str, str], worker: psutil.Process, database: Any, owner: ObjectId, rows: int
) -> None:
    """Print a line for each format and one for the floor."""
    sys.stdout.write(f"\n{rows:,} rows       first byte   total   rows/s     size   peak of the API process\n")
    for form in FORMATS:
        took = download(f"{api}/api/transactions/export?format={form}", headers, worker)
        sys.stdout.write(
            f"{form:<18}{took.first:8.2f} s {took.total:7.1f} s {rows / took.total:8,.0f} {took.size:6.0f} MB"
            f" {took.peak:8.1f} MB\n"
        )
    seconds = floor(database, owner)
    sys.stdout.write(f"a bare cursor             {seconds:11.1f} s {rows / seconds:8,.0f}\n")
    sys.stdout.flush()


def download(url: str, headers: dict[str, str], worker: psutil.Process) -> Download:
    """Download and throw away."""
    with peak_of(worker) as peak:
        began = time.perf_counter()
        with requests.get(url, headers=headers, stream=True, timeout=PATIENCE_SECONDS) as answer:
            answer.raise_for_status()
            pieces = answer.raw.stream(65_536)
            size = len(next(pieces))
            first = time.perf_counter() - began
            size += sum(map(len, pieces))
        total = time.perf_counter() - began
    return Download(first, total, size / MEGABYTE, max(peak))


@contextmanager
def peak_of(process: psutil.Process) -> Iterator[list[float]]:
    """MB of resident memory while something runs, looked at every SAMPLE_SECONDS."""
    seen, done = [process.memory_info().rss / MEGABYTE], threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE_SECONDS):
            seen.append(process.memory_info().rss / MEGABYTE)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        done.set()
        watching.join()


def floor(database: Any, owner: ObjectId) -> float:
    """Seconds for the least there is to do: one cursor in the same order, each document as JSON, nothing checked."""
    began = time.perf_counter()
    found = database.transactions.find({"user_id": owner}, list(COLUMNS), batch_size=2_000)
    with Path(os.devnull).open("wb") as nowhere:
        for document in found.sort([("date", 1), ("_id", 1)]).hint("by_date"):
            nowhere.write(orjson.dumps(document, default=str))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
