"""How well unusual and recurring payments are found, over many made-up people (`make bench-insights`).

python -m bench.insights [PEOPLE]    the people of the tests and of none of the bounds
"""

import sys
import time
from collections import Counter
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from app.insights import anomalies, recurring
from tests.insights import generator, recurring_generator
from tests.insights.recurring_generator import FEWEST, PERIODS, counterpart

PEOPLE = 200
Counts = Counter[str]


def unusual(people: int) -> Table:
    """Recall by kind of what was planted in a year, and false alarms by what the payment was compared with."""
    planted, hits, false, lines = Counts(), Counts(), Counts(), 0
    began = time.process_time()
    for seed in range(people):
        life = generator.year(seed)
        found = {one.line.id: str(one.why) for one in anomalies.find(life.lines)}
        planted.update(life.planted.values())
        hits.update(kind for transaction, kind in life.planted.items() if transaction in found)
        false.update(why for transaction, why in found.items() if transaction not in life.planted)
        lines += len(life.lines)
    seconds = time.process_time() - began
    table = Table("", "of", "found", "recall", title=f"Unusual among {lines:,} payments of {people} years")
    for kind in generator.KINDS:
        table.add_row(kind, str(planted[kind]), str(hits[kind]), f"{hits[kind] / planted[kind]:.3f}")
    table.add_row("all", str(planted.total()), str(hits.total()), f"{hits.total() / planted.total():.3f}")
    for why, number in false.most_common():
        table.add_row(f"false alarms ({why})", "", str(number), f"{number / lines * 500:.2f} in 500")
    table.add_row("false alarms", "", str(false.total()), f"{false.total() / lines * 500:.2f} in 500")
    precision = hits.total() / (hits + false).total()
    table.caption = f"precision {precision:.3f}; {seconds / people * 1000:.0f} ms a year, with making it up"
    return table


def coming_again(people: int, days: int) -> Table:
    """Recall by cadence of what was planted in so many days, and precision."""
    planted, hits, false = Counts(), Counts(), Counts()
    for seed in range(people):
        ledger = recurring_generator.ledger(seed, recurring_generator.TODAY - timedelta(days=days))
        found = recurring.find(ledger.lines, recurring_generator.TODAY)
        for stream in ledger.streams:
            payment = counterpart(stream, found) if stream.paid and not stream.is_over else None
            if payment:
                found.remove(payment)
            if not stream.is_over and len(stream.paid) >= FEWEST[stream.cadence]:
                planted[stream.cadence] += 1
                hits[stream.cadence] += payment is not None
        false.update(payment.cadence for payment in found)
    table = Table("", "of", "found", "recall", "false", "precision", title=f"Recurring, {people} people, {days} days")
    for cadence in [*PERIODS, "all"]:
        of, right, wrong = (
            counts.total() if cadence == "all" else counts[cadence] for counts in (planted, hits, false)
        )
        recall, precision = (f"{right / total:.3f}" if total else "" for total in (of, right + wrong))
        table.add_row(cadence, str(of), str(right), recall, str(wrong), precision)
    return table


def main() -> None:
    """Print the tables."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    console = Console()
    console.print(unusual(people))
    for days in (365, 1140):
        console.print(coming_again(max(1, people // 4), days))


if __name__ == "__main__":
    main()
