"""The scheduler of Celery beat, made to survive a clock that is set back.

By itself it would run nothing until the clock has caught up with the last run it remembers, in its file as well.
"""

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

from app.core import clock

NOT_YET_A_STEP = timedelta(seconds=1)


class Scheduler(PersistentScheduler):
    """Counts a last run that lies ahead as one of now."""

    def tick(self, *arguments: Any, **named: Any) -> float:
        """Run what is due; the seconds until the next look."""
        moment = clock.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > moment + NOT_YET_A_STEP]
        for entry in ahead:
            entry.last_run_at = moment
        if ahead:
            self._heap = None  # made anew from the schedule, with times of the clock as it is now
        return float(super().tick(*arguments, **named))
