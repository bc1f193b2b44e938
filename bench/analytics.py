"""The analytics routes over a hundred thousand transactions of one user, beside their bare aggregations."""

from collections.abc import Iterator
from datetime import date

from app.core import clock
from bench.cold import after_writes
from bench.load import interleaved
from bench.requests import ANALYTICS, repeated
from bench.rows import Row, Settings
from bench.stack import LARGE, ZONE, Stack

MOST = 1.5  # times the bare aggregation
MONTHS = 6
CONNECTIONS = 2  # more at once would only wait: two years are a tenth of a second of a core, and more on a loaded one


def analytics(stack: Stack, settings: Settings) -> Iterator[Row]:
    """Each route repeated and after a write, as a multiple of what the floor takes for the same sums."""
    headers, today = stack.signed_in(LARGE), clock.today(ZONE)
    for route, bare in bare_aggregations(stack.owners[LARGE], today).items():
        path = f"{ANALYTICS}{route}"
        loads = [repeated(stack.api, path, headers, CONNECTIONS), repeated(stack.floor, bare, None, CONNECTIONS)]
        figures, floor = interleaved(loads, settings.rounds, settings.seconds)
        unit = "x the bare aggregation"
        yield Row("analytics", f"{route}, repeated", figures, floor, floor.rate / figures.rate, unit, at_most=MOST)
        figures, floor = after_writes(stack.api, path, headers, today, (stack.floor, bare))
        value = figures.p50 / floor.p50
        yield Row("analytics", f"{route}, after a write", figures, floor, value, unit, at_most=MOST)


def bare_aggregations(owner: str, today: date) -> dict[str, str]:
    """What the floor is asked for, by route: the same days by the same keys."""
    first, last = clock.month_bounds(today.year, today.month)
    before = clock.months_after(today, -1)
    earliest = clock.months_after(today, -MONTHS)  # the first month is compared with the one before
    return {
        "spending-trends": f"/sums/{owner}/{earliest}/{last}",
        "category-insights": f"/merchants/{owner}/{before}/{first}/{last}",
        "monthly-reports": f"/report/{owner}/{before}/{first}/{last}",
        "year-over-year": f"/sums/{owner}/{today.year - 1}-01-01/{today.year}-12-31",
        "budget-vs-actual": f"/budgets/{owner}/{first}/{last}",
    }
