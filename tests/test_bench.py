"""The benchmark works from end to end, here on little data; how fast anything is, no test asks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import ROOT

pytestmark = pytest.mark.slow
QUICK = {"BENCH_TRANSACTIONS": "2000", "BENCH_ROUNDS": "1", "BENCH_SECONDS": "1"}


def bench(folder: Path, *arguments: str, **environment: str) -> tuple[str, dict[str, Any]]:
    """What a run printed, and its figures."""
    command = [sys.executable, "-m", "bench", "--results", str(folder / "results"), *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **QUICK, "BENCH_DIR": str(folder / "kept"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads((folder / "results" / "benchmark.json").read_text())


def test_the_benchmark_measures_beside_a_floor_and_keeps_its_data(tmp_path: Path) -> None:
    output, figures = bench(tmp_path, BENCH_ONLY="post,memory")
    rows = figures["rows"]
    assert {row["part"] for row in rows} == {"post", "memory"}
    for row in rows[:-1]:
        assert row["figures"]["rate"] > 0
        assert row["floor"]["p99"] >= row["floor"]["p50"] > 0
    post = rows[-2]
    assert post["value"] == post["figures"]["rate"] / post["floor"]["rate"]
    assert post["reached"] == (post["value"] >= post["at_least"])
    assert rows[-1]["value"] > 10
    assert "Loading transactions" in output
    for row in rows:
        assert row["what"] in output
        assert row["what"] in (tmp_path / "results" / "benchmark.txt").read_text()
    assert (tmp_path / "results" / "benchmark.svg").read_text().rstrip().endswith("</svg>")

    output, figures = bench(tmp_path, "categories", BENCH_PYTHON_LOAD="1")
    assert "Loading transactions" not in output, "the data of the first run is still good"
    assert figures["about"]["load_tool"] == "python"
    assert {row["part"] for row in figures["rows"]} == {"categories"}


def test_a_part_that_is_not_there_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "speed"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no speed" in done.stderr
