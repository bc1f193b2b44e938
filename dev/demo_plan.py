"""The transactions of the demo user, planned from demo.toml: the same month is planned the same way every time."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from app.core import clock
from app.core.money import to_minor, to_number

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("demo.toml").read_text(), parse_float=Decimal)
SEED = "finsight"
WHOLE_MONTHS = 12
REFUND_AFTER = timedelta(days=6)
Entry = dict[str, Any]


def months(today: date) -> list[date]:
    """The first days of the last twelve whole months and of the current one, oldest first."""
    return [clock.months_after(today, step) for step in range(-WHOLE_MONTHS, 1)]


def transactions(now: datetime) -> list[Entry]:
    """Bodies of manual entries up to `now`, a local time without zone; each with an `external_id` of its own."""
    planned = [entry for first in months(now.date()) for entry in _month(first)]
    return [_as_sent(entry) for entry in planned if entry["date"] <= now]


def _month(first: date) -> Iterator[Entry]:
    # Each month from a seed of its own, so that tomorrow's plan is today's and one day more.
    random = Random(f"{SEED} {first}")  # noqa: S311 -- to look real, not to be secret
    everything = [*_monthly(first), *_occasional(first, random), *_trips(first)]
    for number, entry in enumerate(everything):
        yield {**entry, "external_id": f"demo-{first:%Y-%m}-{number:03}"}


def _monthly(first: date) -> Iterator[Entry]:
    for fixed in DATA["monthly"]:
        entry = dict(fixed)
        if first.month in entry.pop("months", range(1, 13)):
            yield _at(first, entry.pop("day"), entry.pop("hour"), entry)


def _trips(first: date) -> Iterator[Entry]:
    for trip in DATA["trips"]:
        for fixed in trip["entries"] if trip["month"] == first.month else ():
            entry = {**fixed, "tags": [trip["tag"]], "notes": trip["notes"]}
            yield _at(first, entry.pop("day"), entry.pop("hour"), entry)


def _occasional(first: date, random: Random) -> Iterator[Entry]:
    last = clock.month_bounds(first.year, first.month)[1].day
    for habit in DATA["occasional"]:
        for _ in range(habit["times"]):
            moment = _at(first, random.randint(1, last), random.randint(*habit["hours"]), {}, random.randint(0, 59))
            entry = {**moment, **_drawn(habit, random)}
            yield entry
            if random.random() < habit.get("refunded", 0):
                yield {**entry, "type": "refund", "date": entry["date"] + REFUND_AFTER}


def _drawn(habit: dict[str, Any], random: Random) -> Entry:
    entry = {"category": habit["category"], "description": random.choice(habit["descriptions"])}
    if habit["merchants"]:
        entry["merchant"] = random.choice(habit["merchants"])
    if "tags" in habit:
        entry["tags"] = habit["tags"]
    if "products" in habit:
        chosen = random.sample(habit["products"], random.randint(2, 6))
        entry["items"] = [{**product, "quantity": random.randint(1, 3)} for product in chosen]
        return {**entry, "amount": sum(item["quantity"] * item["unit_price"] for item in entry["items"])}
    return {**entry, "amount": random.randint(*habit["amounts"])}


def _at(first: date, day: int, hour: int, entry: Entry, minute: int = 0) -> Entry:
    return {**entry, "date": datetime(first.year, first.month, day, hour, minute)}  # noqa: DTZ001 -- local


def _as_sent(entry: Entry) -> Entry:
    currency = entry.setdefault("currency", DATA["user"]["currency"])
    shown = {**entry, "date": entry["date"].isoformat(), "amount": _number(entry["amount"], currency)}
    if "items" in entry:
        shown["items"] = [{**item, "unit_price": _number(item["unit_price"], currency)} for item in entry["items"]]
    return shown


def _number(amount: Decimal | int, currency: str) -> int | float:
    return to_number(to_minor(amount, currency), currency)
