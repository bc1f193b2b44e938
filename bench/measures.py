"""The measurements by name, in the order in which they are made; memory comes last, after all the work."""

from collections.abc import Callable, Iterator

from bench import analytics, growth, reads, receipts, writes
from bench.rows import Row, Settings
from bench.stack import Stack

PARTS: dict[str, Callable[[Stack, Settings], Iterator[Row]]] = {
    "categories": reads.categories,
    "list": reads.listing,
    "summary": reads.summary,
    "budgets": reads.budgets,
    "analytics": analytics.analytics,
    "search": reads.search,
    "deep": reads.deep,
    "growth": growth.growth,
    "post": writes.post,
    "login": writes.login,
    "busy": writes.beside_logins,
    "receipts": receipts.receipts,
    "memory": writes.memory,
}
