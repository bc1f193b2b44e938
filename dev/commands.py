"""The command line of each part of the application, as the development stack runs it."""

import sys
from pathlib import Path

# Four workers: tasks that wait for a slow AI, or compute for seconds, must hold up no mail and no housekeeping.
# Tasks wait more than they compute, and so share a process as threads. OCR computes: one at a time, in a process that
# can be ended when it takes too long and is made anew when it has grown (KiB). Forecasts, long imports and exports
# compute, too, two at a time; an import of a million rows may take minutes, and one that is ended goes on where it was.
WORKERS = {
    "ai": "--queues ai --pool threads --concurrency 64",
    "default": "--queues default,mail --pool threads --concurrency 16",
    "ocr": "--queues ocr --pool prefork --concurrency 1 --max-memory-per-child 800000"
    " --soft-time-limit 60 --time-limit 75",
    "batch": "--queues forecasts,batch --pool prefork --concurrency 2 --max-memory-per-child 600000 --time-limit 3600",
}


def api(port: int, reload: bool) -> list[str]:
    """gunicorn or, with `reload`, Flask's development server that restarts when the code changes."""
    if reload:
        flask = [sys.executable, "-m", "flask", "--app", "run", "run", "--debug"]
        return [*flask, "--host", "127.0.0.1", "--port", str(port)]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    return [*gunicorn, "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "2", "run:app"]


def worker(name: str) -> list[str]:
    """A Celery worker on its own queues."""
    # Workers of this stack have nothing to tell each other: without that they start a second sooner.
    alone = ["--without-mingle", "--without-gossip"]
    return [*celery(), "worker", *WORKERS[name].split(), "--hostname", f"{name}@%h", *alone]


def beat(data_dir: Path) -> list[str]:
    """The clock of the periodic tasks; no pid file, the data directory is locked already."""
    return [*celery(), "beat", "--schedule", str(data_dir / "celerybeat-schedule"), "--pidfile", ""]


def celery() -> list[str]:
    """Celery without its start-up banner, and without its paragraph for those who are root, as in a container."""
    calm = ["-W", "ignore:You're running the worker with superuser privileges"]
    return [sys.executable, *calm, "-m", "celery", "--quiet", "--app", "celery_worker.celery"]
