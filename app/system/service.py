"""Checks of the parts the service needs; each bounded, so that all together answer within 3 s."""

import threading
import time
from typing import Any

from app.core.outage import mongodb_answers, redis_answers

SHARED_SECONDS = 0.5


class Checks:
    """One look at a time; bad news is shared for a moment, so that many askers don't queue up behind dead servers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bad_news: dict[str, str] = {}
        self._looked_at = 0.0

    def take(self) -> dict[str, str]:
        """ok or down for each part."""
        with self._lock:
            if self._bad_news and time.monotonic() - self._looked_at < SHARED_SECONDS:
                return self._bad_news
            found = {"mongodb": _word(mongodb_answers()), "redis": _word(redis_answers())}
            self._bad_news = found if "down" in found.values() else {}
            self._looked_at = time.monotonic()
            return found


checks = Checks()


def health() -> tuple[dict[str, Any], int]:
    """The state of MongoDB and Redis, with 200 when both answer, else 503."""
    found = checks.take()
    healthy = set(found.values()) == {"ok"}
    return {"status": "healthy" if healthy else "unhealthy", "checks": found}, 200 if healthy else 503


def _word(answers: bool) -> str:
    return "ok" if answers else "down"
