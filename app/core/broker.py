"""Celery's way to Redis, mended: a worker outlives the loss of its broker while tasks are running."""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """A channel of a connection that may be gone."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        """What to connect with.

        Raises:
            RedisConnectionError: the connection has been given up. Kombu 5.7 trips over it with an AttributeError when
                a task that was running meanwhile is acknowledged, and Celery ends the worker for it.
        """
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection of this channel is closed")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    """Named by Celery's setting broker_transport."""

    Channel = Channel
