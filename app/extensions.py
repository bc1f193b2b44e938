"""The extensions, made unbound here and bound once in create_app."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, request
from flask_bcrypt import Bcrypt
from flask_cors import CORS
from flask_limiter import Limiter
from flask_mail import Mail
from flask_pymongo import PyMongo
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.retry import Retry

from app.core.jwt_manager import RememberingJWTManager

REDIS_TIMEOUT_SECONDS = 0.4
MONGO_OPTIONS: dict[str, Any] = {
    "tz_aware": True,
    "datetime_conversion": "DATETIME_AUTO",  # a date beyond Python's damages its record, not all that are read with it
    "readPreference": "primary",  # what is read after a write, and then kept, must have it
    "serverSelectionTimeoutMS": 1000,
    "connectTimeoutMS": 1000,
    "timeoutMS": 1500,  # every operation ends within this and the 0.5 s between two looks for a dead server
    "heartbeatFrequencyMS": 1000,  # what is kept in memory is served only while MongoDB is in sight
    "w": "majority",
    "journal": True,  # a 201 promises that the record survives a crash
    "retryWrites": True,
    "appname": "finsight",
}
ALLOWED_HEADERS = ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID", "X-CSRF-TOKEN"]
EXPOSED_HEADERS = [
    "Content-Disposition",
    "ETag",
    "Idempotent-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
]


class RedisClient:
    """A Redis connection pool bound to the app; unbound until `init_app`."""

    client: Redis

    def __init__(self) -> None:
        self.when_connected: list[Callable[[], None]] = []

    def init_app(self, app: Flask) -> None:
        """Bind to REDIS_URL; connects when first used, retries once on a connection that went stale."""
        options = {**redis_options(), "redis_connect_func": self._connected}
        self.client = Redis.from_url(app.config["REDIS_URL"], decode_responses=True, **options)

    def _connected(self, connection: AbstractConnection) -> None:
        connection.on_connect()
        for act in self.when_connected:
            act()


def redis_options() -> dict[str, Any]:
    """Connection options under which a dead Redis is noticed well within a second."""
    return {
        "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
        "socket_timeout": REDIS_TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1),
        "health_check_interval": 0,
    }


class Mongo(PyMongo):
    """PyMongo, typed as what it is once bound."""

    cx: MongoClient[dict[str, Any]]  # type: ignore[assignment]
    db: Database[dict[str, Any]]  # type: ignore[assignment]


class ViewLimiter(Limiter):
    """Flask-Limiter for views that declare limits; its hooks at every other request would find none."""

    _add_headers: Callable[[Response], Response]
    _release: Callable[[BaseException | None], None]

    def init_app(self, app: Flask) -> None:
        """Bind, and leave it to `finish` to do what the hooks do."""
        super().init_app(app)
        if not self.enabled:  # then it has no hooks
            self._add_headers, self._release = _unchanged, _nothing
            return
        app.before_request_funcs[None].pop()
        self._add_headers = cast(Callable[[Response], Response], app.after_request_funcs[None].pop())
        self._release = cast(Callable[[BaseException | None], None], app.teardown_request_funcs[None].pop())

    def finish(self, response: Response) -> Response:
        """The answer of a view that was counted, with the headers of its limits under both of their names."""
        response = self._add_headers(response)
        self._release(None)
        for name in ("Limit", "Remaining", "Reset"):
            if (value := response.headers.get(f"X-RateLimit-{name}")) is not None:
                response.headers[f"RateLimit-{name}"] = value
        return response


def _unchanged(response: Response) -> Response:
    return response


def _nothing(_error: BaseException | None) -> None:
    pass


mongo = Mongo()
jwt = RememberingJWTManager()
bcrypt = Bcrypt()
mail = Mail()
cors = CORS()
redis = RedisClient()
limiter = ViewLimiter(key_func=lambda: "", strategy="moving-window", key_prefix="limit")


def init_app(app: Flask) -> None:
    """Bind every extension to the app."""
    mongo.init_app(app, **MONGO_OPTIONS)
    redis.init_app(app)
    jwt.init_app(app)
    bcrypt.init_app(app)
    mail.init_app(app)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = redis_options()
    limiter.init_app(app)
    _init_cors(app)


def _init_cors(app: Flask) -> None:
    cors.init_app(
        app,
        origins=app.config["ORIGINS"],
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        supports_credentials=app.config["AUTH_COOKIES"],
        max_age=600,
        vary_header=True,
        intercept_exceptions=False,  # ours become answers that pass the hook like all others
    )
    evaluate = cast(Callable[[Response], Response], app.after_request_funcs[None].pop())

    def share(response: Response) -> Response:
        return evaluate(response) if "Origin" in request.headers else response

    app.after_request(share)
