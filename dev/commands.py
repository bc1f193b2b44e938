"""The command line of each part of the application, as the development stack runs it."""

import sys
from pathlib import Path

# Two workers: tasks that wait for a slow AI must hold up no mail and no housekeeping.
WORKERS = {"ai": ("ai", 64), "default": ("default,mail", 16)}


def api(port: int, reload: bool) -> list[str]:
    """gunicorn or, with `reload`, Flask's development server that restarts when the code changes."""
    if reload:
        flask = [sys.executable, "-m", "flask", "--app", "run", "run", "--debug"]
        return [*flask, "--host", "127.0.0.1", "--port", str(port)]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    return [*gunicorn, "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "2", "run:app"]


def worker(name: str) -> list[str]:
    """A Celery worker of threads on its own queues: its tasks wait more than they compute."""
    queues, concurrency = WORKERS[name]
    threads = ["--pool", "threads", "--concurrency", str(concurrency)]
    # Workers of this stack have nothing to tell each other: without that they start a second sooner.
    alone = ["--without-mingle", "--without-gossip"]
    return [*celery(), "worker", "--queues", queues, *threads, "--hostname", f"{name}@%h", *alone]


def beat(data_dir: Path) -> list[str]:
    """The clock of the periodic tasks; no pid file, the data directory is locked already."""
    return [*celery(), "beat", "--schedule", str(data_dir / "celerybeat-schedule"), "--pidfile", ""]


def celery() -> list[str]:
    """Celery without its start-up banner, and without its paragraph for those who are root, as in a container."""
    calm = ["-W", "ignore:You're running the worker with superuser privileges"]
    return [sys.executable, *calm, "-m", "celery", "--quiet", "--app", "celery_worker.celery"]
