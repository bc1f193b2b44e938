"""What the measurements yield: the rows of the table, and how long to measure for each."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bench.load import Figures
from bench.stack import Stack


@dataclass(frozen=True)
class Settings:
    """How long to measure: rounds of so many seconds for each load."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """One line of the table; `value` is what the target is about, in `unit`."""

    part: str
    what: str
    figures: Figures | None = None
    floor: Figures | None = None
    value: float | None = None
    unit: str = "of the floor"
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.value is None or (self.at_least is None and self.at_most is None):
            return None
        enough = self.at_least is None or self.value >= self.at_least
        little = self.at_most is None or self.value <= self.at_most
        return enough and little and not self.failed

    @property
    def failed(self) -> int:
        """How many requests failed; the times of such answers tell nothing."""
        return sum(figures.failed for figures in (self.figures, self.floor) if figures)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "reached": self.reached}


Part = Callable[[Stack, Settings], Iterator[Row]]
