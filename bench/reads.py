"""Parts that read: categories, list, summary, budgets, search and deep pages."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote

import orjson
import requests

from app.core import clock
from bench.cold import Client, after_writes, alone, summed_up
from bench.load import Figures, interleaved
from bench.requests import BUDGETS, CATEGORIES, SEARCHES, SUMMARY, TRANSACTIONS, Headers, repeated, searching, varied
from bench.rows import Row, Settings
from bench.stack import LARGE, NEW_ENTRY, ZONE, Stack

PAGE = 50
CURSORS = 100
SEARCHES_ALONE = 60


def categories(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET categories against a constant."""
    loads = [repeated(stack.api, CATEGORIES), repeated(stack.floor, "/categories")]
    figures, floor = interleaved(loads, settings.rounds, settings.seconds)
    yield Row("categories", "categories", figures, floor, figures.rate / floor.rate, at_least=0.75)


def listing(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET 50 of many transactions against find and serialise: repeated, each another, and after writes."""
    bare = f"/transactions/{stack.owners[LARGE]}"
    yield from _warm_and_cold(stack, settings, "list 50", (TRANSACTIONS, bare), 0.65)
    loads = [varied(stack.api, TRANSACTIONS, stack.signed_in(LARGE)), varied(stack.floor, bare)]
    figures, floor = interleaved(loads, settings.rounds, settings.seconds)
    # The floor counts nothing, the application tells how many there are up to that moment: no target.
    yield Row("list", "list 50 up to ever other moments", figures, floor, figures.rate / floor.rate)


def summary(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET summary against the bare aggregation."""
    yield from _warm_and_cold(stack, settings, "summary", (SUMMARY, f"/summary/{stack.owners[LARGE]}"), 0.75)


def budgets(stack: Stack, settings: Settings) -> Iterator[Row]:
    """GET 12 budgets against the summary's bare aggregation."""
    yield from _warm_and_cold(stack, settings, "budgets", (BUDGETS, f"/summary/{stack.owners[LARGE]}"), 0.6)


def _warm_and_cold(stack: Stack, settings: Settings, name: str, paths: tuple[str, str], target: float) -> Iterator[Row]:
    path, bare = paths
    part = name.partition(" ")[0]
    headers = stack.signed_in(LARGE)
    loads = [repeated(stack.api, path, headers), repeated(stack.floor, bare)]
    tag = requests.get(stack.api + path, headers=headers, timeout=30).headers["ETag"]
    loads.append(repeated(stack.api, path, {**headers, "If-None-Match": tag}))
    figures, floor, known = interleaved(loads, settings.rounds, settings.seconds)
    yield Row(part, f"{name}, repeated", figures, floor, figures.rate / floor.rate, at_least=target)
    yield Row(part, f"{name}, known by its ETag", known, floor, known.rate / floor.rate)
    figures, floor = after_writes(stack.api, path, headers, clock.today(ZONE), (stack.floor, bare))
    yield Row(part, f"{name}, after a write (1 at a time)", figures, floor, floor.p50 / figures.p50, at_least=target)


def search(stack: Stack, settings: Settings) -> Iterator[Row]:
    """Substring searches with ever different words, over one connection and over all."""
    headers = stack.signed_in(LARGE)
    bare = f"/search/{stack.owners[LARGE]}"
    for name, terms in SEARCHES.items():
        words = terms()
        ours, floors = (
            [f"{path}?search={word}" for word in islice(words, SEARCHES_ALONE)] for path in (TRANSACTIONS, bare)
        )
        one, bare_one = alone(stack.api, headers, ours), alone(stack.floor, {}, floors)
        yield Row("search", f"search {name} (1 at a time)", one, bare_one, one.p50, "ms p50", at_most=60)
        loads = [searching(stack.api, TRANSACTIONS, words, headers), searching(stack.floor, bare, words)]
        figures, floor = interleaved(loads, settings.rounds, settings.seconds)
        yield Row("search", f"search {name}", figures, floor, figures.p50, "ms p50", at_most=60)
        if terms is SEARCHES["finds nothing"]:
            ratio = figures.p50 / floor.p50
            yield Row("search", f"search {name}, beside an index", value=ratio, unit="x the floor's p50", at_most=1.5)
    (cold,) = after_writes(
        stack.api, f"{TRANSACTIONS}?search={quote(str(NEW_ENTRY['description']))}", headers, clock.today(ZONE)
    )
    yield Row("search", "search after a write (1 at a time)", cold, None, cold.p50, "ms p50", at_most=60)


def deep(stack: Stack, _: Settings) -> Iterator[Row]:
    """The page in the middle of a long list against the first, by its number and by cursors, none asked for before."""
    headers, today = stack.signed_in(LARGE), clock.today(ZONE)
    number = stack.plan.large[LARGE] // PAGE // 2
    path, unit = f"{TRANSACTIONS}?page={number}", "x page 1's p50"
    (first,) = after_writes(stack.api, f"{TRANSACTIONS}?page=1", headers, today)
    yield Row("deep", "page 1, after a write", first)
    followed = _follow(stack, headers, number)
    yield Row("deep", f"by cursor from page {number:,} on", followed, None, followed.p50 / first.p50, unit, at_most=3)
    (far,) = after_writes(stack.api, path, headers, today)
    yield Row("deep", f"page {number:,}, after a write", far, None, far.p50 / first.p50, unit, at_most=3)


def _follow(stack: Stack, headers: Headers, number: int) -> Figures:
    """How long each page takes that is reached by a cursor, from the number-th on."""
    client = Client(stack.api, headers)
    cursor, taken = "start", []
    for page in range(number // 2 + CURSORS):
        limit = 2 * PAGE if page < number // 2 else PAGE  # there in long steps
        seconds, answer = client.call("GET", f"{TRANSACTIONS}?limit={limit}&cursor={quote(cursor)}")
        taken.append(seconds)
        cursor = orjson.loads(answer)["data"]["pagination"].get("next_cursor")
        if not cursor:
            break
    client.close()
    return summed_up(taken[number // 2 :])
