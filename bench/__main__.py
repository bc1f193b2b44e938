"""`make bench`: how fast the application answers on much data, beside the least that could be done for the answers.

python -m bench [PART ...]    with --help for more
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import report, same
from bench.data import Plan
from bench.load import CONNECTIONS, LoadError, tool
from bench.measures import PARTS
from bench.rows import Row, Settings
from bench.stack import Stack, running
from config import ROOT
from dev.process import StackError

BUSY = 0.5  # load for each core
RESULTS = ROOT / "bench" / "results"


def arguments() -> argparse.Namespace:
    """From the command line, else from the environment."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").splitlines()[0])
    chosen = [part for part in os.environ.get("BENCH_ONLY", "").split(",") if part]
    parser.add_argument(
        "parts", nargs="*", default=chosen, metavar="PART", help=f"what to measure (BENCH_ONLY); of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=os.environ.get("BENCH_DIR"),
        help="where to keep the loaded data for the next run of the day (BENCH_DIR); a temporary one if left out",
    )
    for name, kind, default, words in (
        ("transactions", int, 1_000_000, "rows to load, of a thousandth as many users"),
        ("rounds", int, 3, "rounds of each load, of which the median counts"),
        ("seconds", float, 2, "length of a round"),
    ):
        value = os.environ.get(f"BENCH_{name.upper()}", default)
        parser.add_argument(f"--{name}", type=kind, default=value, help=f"{words} (BENCH_{name.upper()}, {default})")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to write the figures")
    chosen_now = parser.parse_args()
    if unknown := set(chosen_now.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}")
    return chosen_now


@contextmanager
def directory(given: Path | None) -> Iterator[Path]:
    """The directory of the data, absolute; a temporary one if none is given."""
    if given:
        yield Path(given).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="finsight-bench-") as made:
        yield Path(made)


def measure(stack: Stack, parts: list[str], settings: Settings, console: Console) -> list[Row]:
    """The rows of all parts, once it is sure that the floor answers the same."""
    same.compare(stack)
    rows: list[Row] = []
    for name in parts or PARTS:
        console.print(f"Measuring {name} …")
        try:
            rows += PARTS[name](stack, settings)
        except LoadError as error:
            rows.append(Row(name, f"{name}: {error}", value=0, unit="", at_least=1))
    return rows


def main() -> int:
    """Measure, print and write."""
    console = Console(width=None if sys.stdout.isatty() else report.WIDTH)
    given = arguments()
    about = circumstances(given)
    if about["load_before"] > BUSY * about["cores"]:
        console.print(
            f"Others use this machine, too (load {about['load_before']}): only the ratios will tell something."
        )
    started = time.monotonic()
    try:
        with directory(given.directory) as folder, running(Plan(given.transactions), folder) as stack:
            rows = measure(stack, given.parts, Settings(given.rounds, given.seconds), console)
    except (StackError, LoadError) as error:
        console.print(str(error))
        return 1
    about["took_seconds"] = round(time.monotonic() - started)
    console.print(report.table(rows))
    report.write(given.results, rows, about)
    console.print(f"Written to {given.results}, in {about['took_seconds']} s")
    return 0


def circumstances(given: argparse.Namespace) -> dict[str, Any]:
    """Under what the figures were measured."""
    return {
        "transactions": given.transactions,
        "connections": CONNECTIONS,
        "rounds": given.rounds,
        "seconds": given.seconds,
        "load_tool": tool(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
        "load_before": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    sys.exit(main())
