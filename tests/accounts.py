"""What tests of accounts share."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import limiter, mongo, redis
from tests.factories import PASSWORD

T = TypeVar("T")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def login(app: Flask, email: str, password: str = PASSWORD, **options: Any) -> TestResponse:
    return app.test_client().post("/api/auth/login", json={"email": email, "password": password}, **options)


def refresh(app: Flask, token: str) -> TestResponse:
    return app.test_client().post("/api/auth/refresh", json={}, headers=bearer(token))


def profile(app: Flask, token: str) -> TestResponse:
    return app.test_client().get("/api/auth/profile", headers=bearer(token))


def at_once(times: int, action: Callable[[int], T]) -> list[T]:
    """The results of the action, done that many times in as many threads."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(action, range(times)))


@contextmanager
def another_app(app: Flask, settings: dict[str, object], **overrides: object) -> Iterator[Flask]:
    """A second app with other settings; the extensions go back to the first one afterwards, and to its servers."""
    client, database, redis_client, limits = mongo.cx, mongo.db, redis.client, dict(vars(limiter))
    try:
        yield create_app(**{**settings, **overrides})
    finally:
        if mongo.cx is not client:
            mongo.cx.close()
        mongo.cx, mongo.db, redis.client = client, database, redis_client
        vars(limiter).update(limits)
        app.extensions["celery"].set_default()
        app.extensions["celery"].set_current()
