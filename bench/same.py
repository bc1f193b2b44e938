"""Whether the floor answers what the application answers; else their speeds could not be compared."""

from typing import Any

import requests

from bench.load import LoadError
from bench.requests import CATEGORIES, SUMMARY, TRANSACTIONS
from bench.stack import LARGE, Stack

TIMEOUT_SECONDS = 30
WORD = "coffee"
# What the floor leaves out: it knows no items in its sums, and amounts are in the currency of nearly all.
LEFT_OUT = ("items", "items_difference")
SIGNS = {"expense": 1, "refund": -1}


def compare(stack: Stack) -> None:
    """Compare categories, the newest 50, a search and the month's spending of the large user.

    Raises:
        LoadError: they differ.
    """
    headers, owner = stack.signed_in(LARGE), stack.owners[LARGE]
    pairs: list[tuple[Any, Any]] = [(data(stack.api + CATEGORIES), data(f"{stack.floor}/categories"))]
    for query, path in (("", "transactions"), (f"?search={WORD}", "search")):
        ours, bare = data(f"{stack.api}{TRANSACTIONS}{query}", headers), data(f"{stack.floor}/{path}/{owner}{query}")
        pairs.append((rows(ours), rows(bare)))
    ours = data(stack.api + SUMMARY, headers)
    pairs.append((spending(ours), spent(data(f"{stack.floor}/summary/{owner}"), ours)))
    for answer, of_floor in pairs:
        if answer != of_floor:
            raise LoadError(f"the floor gives another answer: {of_floor!r:.300} instead of {answer!r:.300}")


def data(address: str, headers: dict[str, str] | None = None) -> Any:
    """The data of an answer."""
    answer = requests.get(address, headers=headers, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.json()["data"]


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The transactions of a list without what the floor leaves out."""
    return [{name: row[name] for name in row if name not in LEFT_OUT} for row in answer["transactions"]]


def spending(summary: dict[str, Any]) -> tuple[float, int]:
    """What the summary says was spent this month, and in how many entries."""
    return summary["current_month_spend"], summary["transaction_count"]


def spent(sums: list[dict[str, Any]], summary: dict[str, Any]) -> tuple[float, int]:
    """The same from the floor's bare sums."""
    own = {"month": f"{summary['year']}-{summary['month']:02d}", "currency": summary["currency"]}
    mine = [(part["_id"]["type"], part) for part in sums if own.items() <= part["_id"].items()]
    total = sum(SIGNS.get(kind, 0) * part["total"] for kind, part in mine)
    return total / 100, sum(part["count"] for kind, part in mine if kind in SIGNS)
