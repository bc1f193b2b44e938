"""Known outages: while MongoDB or Redis is down, requests that need them answer at once instead of waiting.

A circuit breaker (Nygard, "Release It!"): without it every request would wait for its own time-out, and those
behind it for a free thread, until even /health is late.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import pymongo
from pymongo.errors import ExecutionTimeout, NetworkTimeout, PyMongoError
from redis.exceptions import RedisError, ResponseError

from app.core.errors import Unavailable, is_outage
from app.extensions import mongo, redis

log = logging.getLogger(__name__)
T = TypeVar("T")
PAUSE_SECONDS = 0.25
PING_SECONDS = 0.8
PROMPTLY_SECONDS = 0.4  # for who asks before the breaker does: a time-out and both together are less than three seconds


def mongodb_answers(seconds: float = PING_SECONDS) -> bool:
    """Whether MongoDB answers within some seconds."""
    try:
        with pymongo.timeout(seconds):
            mongo.cx.admin.command("ping")
    except PyMongoError:
        return False
    return True


def mongodb_in_sight() -> bool:
    """Whether MongoDB was there when the driver last looked, which costs nothing to ask."""
    return mongo.cx.topology_description.has_readable_server()


def redis_answers() -> bool:
    """Whether Redis answers within its short time-outs."""
    try:
        redis.client.ping()
    except RedisError:
        return False
    return True


def is_down(error: BaseException) -> bool:
    """Whether an exception means that a part can't be reached at all.

    A Redis that is full still answers, and so does a MongoDB that was asked for too much: nobody else need be refused.
    """
    if isinstance(error, ResponseError | ExecutionTimeout):
        return False
    return is_outage(error) and not (isinstance(error, NetworkTimeout) and mongodb_answers())


class Breaker:
    """Open from a failure until a thread of its own finds both parts back, which may be a moment later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._put_off: deque[Callable[[], object]] = deque()
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
            if is_down(error):
                self._open()
            raise

    def afterwards(self, action: Callable[[], object]) -> None:
        """Do something once both parts are back, before anybody else uses them; lost if the process ends earlier."""
        self._put_off.append(action)
        self._open()

    def _open(self) -> None:
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
        try:
            threading.Thread(target=self._await_recovery, name="recovery", daemon=True).start()
        except RuntimeError:  # no more threads: the next failure tries again
            self.is_open = False
            raise

    def _await_recovery(self) -> None:
        while not self._has_recovered():
            time.sleep(PAUSE_SECONDS)

    def _has_recovered(self) -> bool:
        try:
            return mongodb_answers() and redis_answers() and self._caught_up() and self._closed()
        except Exception:  # or nothing would ever close it again
            log.exception("looking for the recovery failed")
            return False

    def _caught_up(self) -> bool:
        while self._put_off:
            try:
                self._put_off[0]()
            except Exception as error:
                if is_down(error):
                    return False
                log.exception("what an outage had put off could not be done")
            self._put_off.popleft()
        return True

    def _closed(self) -> bool:
        with self._lock:
            self.is_open = bool(self._put_off)
            return not self.is_open


breaker = Breaker()
