"""Checks of the parts the service needs; each bounded, so that all together answer within 3 s."""

from typing import Any

import pymongo
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.extensions import mongo, redis

PING_SECONDS = 0.8


def health() -> tuple[dict[str, Any], int]:
    """The state of MongoDB and Redis, with 200 when both answer, else 503."""
    checks = {"mongodb": _mongodb(), "redis": _redis()}
    healthy = set(checks.values()) == {"ok"}
    return {"status": "healthy" if healthy else "unhealthy", "checks": checks}, 200 if healthy else 503


def _mongodb() -> str:
    try:
        with pymongo.timeout(PING_SECONDS):
            mongo.cx.admin.command("ping")
    except PyMongoError:
        return "down"
    return "ok"


def _redis() -> str:
    try:
        redis.client.ping()
    except RedisError:
        return "down"
    return "ok"
