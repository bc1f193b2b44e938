"""What a process remembers under the marks of users (`freshness`)."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TTLCache

from app.extensions import redis

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """A bounded cache that several threads use.

    It is emptied whenever the process connects to Redis anew: a Redis that lost its last moments, by failing over to a
    replica or by starting again, may have gone back to marks that had been replaced.

    Args:
        largest: how much it holds, as `weigh` counts it; entries if `weigh` is left out.
        seconds: for how long, so that changes made past the application, by hand, are seen.
    """

    def __init__(self, largest: int, seconds: int, weigh: Callable[[V], int] | None = None) -> None:
        self.cache: TTLCache[K, V] = TTLCache(largest, seconds, getsizeof=weigh)
        self._lock = Lock()
        redis.when_connected.append(self.clear)

    def get(self, key: K) -> V | None:
        """What is remembered, or None."""
        with self._lock:
            return self.cache.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember something that is no larger than `largest`."""
        with self._lock:
            self.cache[key] = value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.cache.clear()
