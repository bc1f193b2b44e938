"""How answers grow from a thousand transactions to a hundred thousand: repeated, and after writes."""

from collections.abc import Iterator
from datetime import date

import orjson

from app.core import clock
from bench.cold import Client, after_writes
from bench.load import Figures, interleaved
from bench.requests import BUDGETS, HISTORY, SUMMARY, TRANSACTIONS, repeated
from bench.rows import Row, Settings
from bench.stack import LARGE, MIDDLE, SMALL, ZONE, Stack

GROWTH = 1.3
USERS = (SMALL, MIDDLE, LARGE)
TIMES = 30


def growth(stack: Stack, settings: Settings) -> Iterator[Row]:
    """Each route as the small, the middle and the large user; the history by each of its entries."""
    today = clock.today(ZONE)
    first = clock.months_after(today, -1)
    _, last = clock.month_bounds(first.year, first.month)
    month = f"{HISTORY}?start_date={first}&end_date={last}"
    headers = [stack.signed_in(user) for user in USERS]
    per_entry = [_entries(stack, month, headers[user]) for user in USERS]
    ones = [1] * len(USERS)
    for name, path, day, per in (
        ("list", TRANSACTIONS, today, ones),
        ("summary", SUMMARY, today, ones),
        ("budgets", BUDGETS, today, ones),
        ("history of a month", month, first, per_entry),
    ):
        loads = [repeated(stack.api, path, headers[user]) for user in USERS]
        warm = interleaved(loads, settings.rounds, settings.seconds)
        yield from _rows(stack, f"{name}, repeated", warm, per)
        cold = [_after_writes(stack, path, headers[user], day) for user in USERS]
        yield from _rows(stack, f"{name}, after a write", cold, per)


def _after_writes(stack: Stack, path: str, headers: dict[str, str], day: date) -> Figures:
    (figures,) = after_writes(stack.api, path, headers, day, times=TIMES)
    return figures


def _entries(stack: Stack, path: str, headers: dict[str, str]) -> int:
    client = Client(stack.api, headers)
    days = orjson.loads(client.call("GET", path)[1])["data"]
    client.close()
    return max(1, sum(len(day["transactions"]) for day in days))


def _rows(stack: Stack, name: str, measured: list[Figures], per: list[int]) -> Iterator[Row]:
    each = [figures.p50 / entries for figures, entries in zip(measured, per, strict=True)]
    for user, figures in zip(USERS, measured, strict=True):
        what = f"{name}, of {stack.plan.large[user]:,}"
        if user == LARGE:
            yield Row("growth", what, figures, None, each[LARGE] / each[SMALL], "x the small user's", at_most=GROWTH)
        else:
            yield Row("growth", what, figures)
