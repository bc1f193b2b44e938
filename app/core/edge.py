"""What happens to every request at the edge of the application: its id, its log line, its metrics, its headers.

WSGI middleware (PEP 3333) rather than Flask's hooks: these cost a call and several context lookups each, at every
request, and an answer that was made outside of the application would miss them.
"""

import logging
import os
import random
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import logs, metrics

log = logging.getLogger(__name__)
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
FIXED = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
UNLESS_SET = [("Content-Security-Policy", API_POLICY), ("Cache-Control", "no-store")]
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
VARY = ("Vary", "Origin")
# Unique is enough for them, and asking the system for each would let all other threads go first.
request_ids = random.Random()  # noqa: S311  # nosec B311
os.register_at_fork(after_in_child=request_ids.seed)


class Edge:
    """Around the whole application."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if ACCEPTED_REQUEST_ID.fullmatch(given) else f"{request_ids.getrandbits(128):032x}"
        logs.request_id.set(request_id)

        def respond(status: str, headers: Headers, exc_info: Any = None) -> Any:
            _complete(environ, headers)
            headers.append(("X-Request-ID", request_id))
            _note(environ, status[:3], time.perf_counter() - started)
            return start_response(status, headers, exc_info)

        return self._application(environ, respond)


def _complete(environ: Environ, headers: Headers) -> None:
    present = {name.lower() for name, _ in headers}
    headers.extend(FIXED)
    headers.extend(entry for entry in UNLESS_SET if entry[0].lower() not in present)
    if "vary" not in present:
        headers.append(VARY)
    if environ["wsgi.url_scheme"] == "https":
        headers.append(STRICT_TRANSPORT)


def _note(environ: Environ, status: str, seconds: float) -> None:
    request = environ.get("werkzeug.request")
    route = request.url_rule.rule if request is not None and request.url_rule else "unmatched"
    method = environ["REQUEST_METHOD"]
    metrics.observe(route, method, status, seconds)
    log.info("%s %s %s %.1f ms", method, route, status, seconds * 1000)


def init_app(app: Flask) -> None:
    """Trust exactly the configured number of proxies, and stand around all else."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = Edge(app.wsgi_app)  # type: ignore[method-assign]
