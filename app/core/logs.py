"""Logs: to the console and to a rotating file that several processes may share.

Every line carries the id of the request it belongs to, in workers too. No line carries
a query string, a body, an address of a person or a secret.
"""

import logging
import sys
import time
from contextlib import suppress
from contextvars import ContextVar
from logging import Handler, LogRecord
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler
from flask import Flask
from pythonjsonlogger.json import JsonFormatter

from app.core.log_batches import BatchHandler

request_id: ContextVar[str] = ContextVar("request_id", default="-")
FIELDS = "%(asctime)s %(levelname)s %(process)d %(request_id)s %(name)s %(message)s"
FILE_BYTES, FILES_KEPT = 10 * 1024 * 1024, 5
OURS = "finsight_handler"
# Every sweep, every message: of interest only when something is wrong with it.
NOISY = (
    "pymongo",
    "flask-limiter",
    "werkzeug",
    "kombu",
    "celery.app.trace",
    "celery.beat",
    "celery.redirected",
    "celery.worker.strategy",
)


class RequestIdFilter(logging.Filter):
    """Stamps each record with the current request's id."""

    def filter(self, record: LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = request_id.get()
        return True


class Resilient(Handler):
    """Says on stderr once that it can't write, as on a full disk, and once that it can again.

    By itself logging would print a traceback there for every line. Requests go on without their lines.
    """

    failing = failed = False

    def emit(self, record: LogRecord) -> None:
        """Write a line if possible."""
        self.failed = False
        super().emit(record)
        if self.failing and not self.failed:
            self.failing = False
            _say(f"{self.get_name()}: logging again")

    def handleError(self, record: LogRecord) -> None:
        """Called where a line could not be written."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self.failed = True
        if not self.failing:
            self.failing = True
            _say(f"{self.get_name()}: log lines are lost: {error}")


class ConsoleHandler(Resilient, logging.StreamHandler):
    """To the console."""


class FileHandler(Resilient, ConcurrentRotatingFileHandler):
    """To the rotating file."""


def _say(text: str) -> None:
    with suppress(OSError):  # the last place to say anything may be full, too
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def configure(level: str, style: str, directory: Path) -> None:
    """Set up the root logger of this process, once or again."""
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if handler.get_name() == OURS]:
        root.removeHandler(old)
        old.close()
    handler = BatchHandler(_handlers(directory))
    handler.set_name(OURS)
    handler.setFormatter(_formatter(style))
    handler.addFilter(RequestIdFilter())
    root.addHandler(handler)
    root.setLevel(level)
    # Nothing of these is in a line, and each costs a look at every one.
    logging._srcfile = None
    logging.logThreads = logging.logMultiprocessing = False
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _formatter(style: str) -> logging.Formatter:
    formatter = JsonFormatter(FIELDS, json_ensure_ascii=False) if style == "json" else logging.Formatter(FIELDS)
    formatter.converter = time.gmtime
    return formatter


def _handlers(directory: Path) -> list[Handler]:
    console: Handler = ConsoleHandler(sys.stdout)
    console.set_name("console")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "app.log"
        file = FileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        file.set_name(str(path))
    except OSError as error:  # a read-only container logs to the console alone
        _say(f"no log file in {directory}: {error}")
        return [console]
    return [console, file]


def init_app(app: Flask) -> None:
    """Configure logging."""
    configure(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"], app.config["LOG_DIR"])
