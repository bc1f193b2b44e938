"""Whether the floor answers what the application answers; else their speeds could not be compared."""

from typing import Any

import requests

from bench.load import LoadError
from bench.requests import ANALYTICS, CATEGORIES, SUMMARY, TRANSACTIONS
from bench.stack import LARGE, SMALL, Stack

TIMEOUT_SECONDS = 30
WORD = "coffee"
# What the floor leaves out: it knows no items in its sums, and amounts are in the currency of nearly all.
LEFT_OUT = ("items", "items_difference")
SIGNS = {"expense": 1, "refund": -1}


def compare(stack: Stack) -> None:
    """Compare categories, the newest 50 and the months' spending of the large user, and a search of the small one.

    Raises:
        LoadError: they differ.
    """
    headers, owner = stack.signed_in(LARGE), stack.owners[LARGE]
    pairs: list[tuple[Any, Any]] = [(data(stack.api + CATEGORIES), data(f"{stack.floor}/categories"))]
    ours, bare = data(f"{stack.api}{TRANSACTIONS}", headers), data(f"{stack.floor}/transactions/{owner}")
    pairs.append((rows(ours), rows(bare)))
    ours = data(stack.api + SUMMARY, headers)
    pairs.append((spending(ours), spent(data(f"{stack.floor}/summary/{owner}"), ours)))
    first, last = f"{ours['year'] - 1}-01-01", f"{ours['year']}-12-31"
    years = data(f"{stack.api}{ANALYTICS}year-over-year", headers)
    months = [(years["previous_year"], entry["month"], entry["previous"]) for entry in years["months"]]
    months += [(years["year"], entry["month"], entry["current"]) for entry in years["months"]]
    bare = data(f"{stack.floor}/sums/{owner}/{first}/{last}")
    pairs += [
        (total, spent(bare, {"year": year, "month": month, "currency": years["currency"]})[0])
        for year, month, total in months
    ]
    # Among few rows: a search among many may be refused for its time, which is for the measurement to tell.
    ours = data(f"{stack.api}{TRANSACTIONS}?search={WORD}", stack.signed_in(SMALL))
    pairs.append((rows(ours), rows(data(f"{stack.floor}/search/{stack.owners[SMALL]}?search={WORD}"))))
    for answer, of_floor in pairs:
        if answer != of_floor:
            raise LoadError(f"the floor gives another answer: {of_floor!r:.300} instead of {answer!r:.300}")


def data(address: str, headers: dict[str, str] | None = None) -> Any:
    """The data of an answer."""
    answer = requests.get(address, headers=headers, timeout=TIMEOUT_SECONDS)
    if not answer.ok:
        raise LoadError(f"{address} was answered with {answer.status_code}")
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
