"""Known outages: while MongoDB or Redis is down, requests that need them answer at once instead of waiting.

A circuit breaker (Nygard, "Release It!"): without it every request would wait for its own time-out, and those
behind it for a free thread, until even /health is late.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import pymongo
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError, ResponseError

from app.core.errors import Unavailable, is_outage
from app.extensions import mongo, redis

T = TypeVar("T")
PAUSE_SECONDS = 0.25
PING_SECONDS = 0.8


def mongodb_answers() -> bool:
    """Whether MongoDB answers within PING_SECONDS."""
    try:
        with pymongo.timeout(PING_SECONDS):
            mongo.cx.admin.command("ping")
    except PyMongoError:
        return False
    return True


def redis_answers() -> bool:
    """Whether Redis answers within its short time-outs."""
    try:
        redis.client.ping()
    except RedisError:
        return False
    return True


class Breaker:
    """Open from a failure until a thread of its own finds both parts back, which may be a moment later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.is_open = False

    def run(self, action: Callable[[], T]) -> T:
        """Do something that needs MongoDB or Redis.

        Raises:
            Unavailable: one of them is known to be down.
        """
        if self.is_open:
            raise Unavailable()
        try:
            return action()
        except Exception as error:
            if is_outage(error) and not isinstance(error, ResponseError):  # a full Redis still answers
                self._open()
            raise

    def _open(self) -> None:
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
        threading.Thread(target=self._await_recovery, name="recovery", daemon=True).start()

    def _await_recovery(self) -> None:
        while not (mongodb_answers() and redis_answers()):
            time.sleep(PAUSE_SECONDS)
        self.is_open = False


breaker = Breaker()
