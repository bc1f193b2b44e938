"""Logs: to the console and to a rotating file that several processes may share.

Every line carries the id of the request it belongs to, in workers too. No line carries
a query string, a body, an address of a person or a secret.
"""

import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from logging import Handler, LogRecord
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler
from flask import Flask, Response, g, request
from pythonjsonlogger.json import JsonFormatter

from app.core.log_batches import BatchHandler

request_id: ContextVar[str] = ContextVar("request_id", default="-")
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
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
log = logging.getLogger(__name__)


class RequestIdFilter(logging.Filter):
    """Stamps each record with the current request's id."""

    def filter(self, record: LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = request_id.get()
        return True


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
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _formatter(style: str) -> logging.Formatter:
    formatter = JsonFormatter(FIELDS, json_ensure_ascii=False) if style == "json" else logging.Formatter(FIELDS)
    formatter.converter = time.gmtime
    return formatter


def _handlers(directory: Path) -> list[Handler]:
    console: Handler = logging.StreamHandler(sys.stdout)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = ConcurrentRotatingFileHandler(
            directory / "app.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )
    except OSError as error:  # a read-only container logs to the console alone
        sys.stderr.write(f"no log file in {directory}: {error}\n")
        return [console]
    return [console, file]


def init_app(app: Flask) -> None:
    """Configure logging, give every request an id and log one line for each."""
    configure(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"], app.config["LOG_DIR"])

    def start() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if ACCEPTED_REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        g.started = time.perf_counter()
        request_id.set(g.request_id)

    def finish(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        route = request.url_rule.rule if request.url_rule else "unmatched"
        elapsed = (time.perf_counter() - g.started) * 1000
        log.info("%s %s %d %.1f ms", request.method, route, response.status_code, elapsed)
        return response

    app.before_request(start)
    app.after_request(finish)
