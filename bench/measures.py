"""The measurements: each part drives the application, mostly beside the floor, and yields the rows of the table."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bench.load import Figures, Load, Request, interleaved
from bench.stack import LARGE, Stack

TRANSACTIONS = "/api/transactions/"
BUDGETS = "/api/budgets/"


@dataclass(frozen=True)
class Settings:
    """How long to measure: rounds of so many seconds for each load."""

    rounds: int = 3
    seconds: float = 3


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
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "reached": self.reached}


Part = Callable[[Stack, Settings], Iterator[Row]]


def beside_floor(stack: Stack, settings: Settings, name: str, paths: tuple[str, str], target: float) -> Row:
    """The same GET again and again, as the large user, beside the floor's."""
    path, of_floor = paths
    headers = {} if path.endswith("categories") else stack.signed_in(LARGE)
    ours = Load(stack.api, [Request(path)], headers)
    bare = Load(stack.floor, [Request(of_floor.format(owner=stack.owners[LARGE]))])
    figures, floor = interleaved([ours, bare], settings.rounds, settings.seconds)
    return Row(name.split(maxsplit=1)[0], name, figures, floor, figures.rate / floor.rate, at_least=target)


def categories(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET categories against a constant."""
    paths = (f"{TRANSACTIONS}categories", "/categories")
    yield beside_floor(stack, settings, "categories", paths, 0.75)


def listing(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET 50 of many transactions against find and serialise; repeated, and no two requests alike."""
    paths = (TRANSACTIONS, "/transactions/{owner}")
    yield beside_floor(stack, settings, "list 50, repeated", paths, 0.65)
    ours = varied(stack.api, TRANSACTIONS, stack.signed_in(LARGE))
    bare = varied(stack.floor, f"/transactions/{stack.owners[LARGE]}")
    figures, floor = interleaved([ours, bare], settings.rounds, settings.seconds)
    yield Row("list", "list 50, each another", figures, floor, figures.rate / floor.rate, at_least=0.65)


def varied(address: str, path: str, headers: dict[str, str] | None = None) -> Load:
    """The newest before moments that never come again, so that no answer can have been kept."""
    today = datetime.now().astimezone()
    moments = (today - timedelta(milliseconds=number) for number in count())
    joint = "&" if "?" in path else "?"
    # The offset's plus sign would be read as a space.
    texts = (moment.isoformat(timespec="milliseconds").replace("+", "%2B") for moment in moments)
    return Load(address, (Request(f"{path}{joint}end_date={text}") for text in texts), headers or {})


def summary(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET summary against the bare aggregation."""
    paths = (f"{TRANSACTIONS}summary", "/summary/{owner}")
    yield beside_floor(stack, settings, "summary, repeated", paths, 0.75)


def budgets(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET 12 budgets against the summary's bare aggregation."""
    yield beside_floor(stack, settings, "budgets, repeated", (BUDGETS, "/summary/{owner}"), 0.6)


PARTS: dict[str, Part] = {"categories": categories, "list": listing, "summary": summary, "budgets": budgets}
