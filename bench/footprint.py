"""How lean the API process is: time to import and build, and memory of each gunicorn worker after mixed requests.

python -m bench.footprint [REQUESTS]
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

from config import ROOT
from dev.servers import Servers, embedded_servers, free_port

BUILD = (
    "import time; start = time.perf_counter(); from app import create_app; create_app(); "
    "print(time.perf_counter() - start)"
)
PASSWORD = "Footprint-9"  # noqa: S105 -- of an account that lives for one measurement
MEBIBYTE = 1024 * 1024


@contextmanager
def gunicorn(servers: Servers, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The API alone, with gunicorn's own settings: its address and its master process."""
    port = free_port()
    environment = os.environ | {
        "MONGO_URI": servers.mongo_uri,
        "REDIS_URL": servers.redis_url,
        "PORT": str(port),
        "LOG_DIR": str(folder),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "run:app"]
    with (folder / "gunicorn.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: S603
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def sign_in(address: str) -> requests.Session:
    """A new account's session."""
    session = requests.Session()
    account = {"email": f"{secrets.token_hex(8)}@example.com", "password": PASSWORD}
    deadline = time.monotonic() + 30
    while True:
        try:
            session.post(f"{address}/api/auth/register", json=account, timeout=10).raise_for_status()
            break
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
    tokens = session.post(f"{address}/api/auth/login", json=account, timeout=10).json()["data"]
    session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return session


def mixed(session: requests.Session, address: str, number: int) -> None:
    """The number-th of a mix of writes and reads."""
    entry = {"amount": 45.5, "category": "Groceries", "description": f"entry {number}", "tags": ["mixed"]}
    reads = ("transactions/?limit=100", "transactions/summary", "transactions/history", "budgets/", "auth/profile")
    if number % 3 == 0:
        session.post(f"{address}/api/transactions/", json=entry, timeout=10).raise_for_status()
    else:
        session.get(f"{address}/api/{reads[number % len(reads)]}", timeout=10).raise_for_status()


def main() -> None:
    """Print the figures as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    environment = {**os.environ, "LOG_DIR": tempfile.mkdtemp()}
    built = [
        float(subprocess.check_output([sys.executable, "-c", BUILD], cwd=ROOT, env=environment))  # noqa: S603
        for _ in range(5)
    ]
    figures = {
        "import_and_build_seconds": round(sorted(built)[2], 3),
        "requests": count,
        "worker_rss_mib": memory(count),
    }
    print(json.dumps(figures))


def memory(count: int) -> list[float]:
    """MiB of each gunicorn worker after that many requests and a look at the docs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_servers(Path(folder) / "data") as servers,
        gunicorn(servers, Path(folder)) as (address, master),
    ):
        session = sign_in(address)
        for number in range(count):
            mixed(session, address, number)
        session.get(f"{address}/api/docs/", timeout=10)
        return [round(child.memory_info().rss / MEBIBYTE, 1) for child in master.children()]


if __name__ == "__main__":
    main()
