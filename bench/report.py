"""The figures as a table, as JSON and as a plot."""

from pathlib import Path
from typing import Any

import orjson
import pygal
from rich.console import Console
from rich.table import Table

from bench.load import Figures
from bench.rows import Row

WIDTH = 150


def table(rows: list[Row]) -> Table:
    """All rows."""
    made = Table("what", "req/s", "p50 ms", "p99 ms", "floor req/s", "floor p50", "result", "target", "")
    for column in made.columns[1:7]:
        column.justify = "right"
    for row in rows:
        made.add_row(row.what, *_numbers(row.figures), *_numbers(row.floor)[:2], *_verdict(row))
    return made


def _numbers(figures: Figures | None) -> list[str]:
    if figures is None:
        return ["", "", ""]
    return [f"{figures.rate:,.0f}", f"{figures.p50:.2f}", f"{figures.p99:.2f}"]


def _verdict(row: Row) -> list[str]:
    result = "" if row.value is None else f"{row.value:.2f} {row.unit}"
    bounds = [f"{sign} {bound:g}" for sign, bound in (("≥", row.at_least), ("≤", row.at_most)) if bound is not None]
    verdict = {True: "reached", False: "MISSED", None: ""}[row.reached]
    if row.failed:
        verdict = f"{row.failed} FAILED"
    return [result, " ".join(bounds), verdict]


def write(folder: Path, rows: list[Row], about: dict[str, Any]) -> None:
    """benchmark.txt, benchmark.json and benchmark.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "benchmark.txt").open("w") as file:
        Console(file=file, width=WIDTH).print(table(rows))
    content = {"about": about, "rows": [row.as_dict() for row in rows]}
    (folder / "benchmark.json").write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    chart(rows).render_to_file(str(folder / "benchmark.svg"))


def chart(rows: list[Row]) -> pygal.HorizontalBar:
    """Milliseconds of each row, and of its floor where it has one."""
    timed = [row for row in reversed(rows) if row.figures]  # pygal begins at the bottom
    made = pygal.HorizontalBar(
        title="Milliseconds under which half of the requests were answered",
        logarithmic=True,
        height=120 + 42 * len(timed),
        js=[],  # no script from another host
        y_labels=(0.1, 1, 10, 100, 1000, 10_000),
        zero=0.1,  # where bars begin
    )
    made.x_labels = [row.what for row in timed]
    made.add("application", [row.figures.p50 if row.figures else None for row in timed])
    made.add("floor", [row.floor.p50 if row.floor else None for row in timed])
    return made
