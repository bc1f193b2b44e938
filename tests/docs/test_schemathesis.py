"""Random requests made from the document, valid and broken ones, find nothing that contradicts it.

`SCHEMATHESIS_EXAMPLES` sets how many each operation gets on top of the systematic ones; the decisions and
exceptions are in docs/decisions/api-documentation.md.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "2")
SEED = os.environ.get("SCHEMATHESIS_SEED", "20260201")
CONFIGURATION = Path(__file__).parent / "schemathesis.toml"


@pytest.mark.slow
def test_all_checks_of_schemathesis_find_nothing(live_url: str, tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "schemathesis", "--config-file", CONFIGURATION, "--no-color"]
    options = ["--checks", "all", "--max-examples", EXAMPLES, "--seed", SEED]
    result = subprocess.run(
        [*command, "run", f"{live_url}/api/apispec.json", *options],
        cwd=tmp_path,  # it keeps a folder of its own
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr
    counts = re.search(r"(\d+) generated, (\d+) passed", result.stdout)
    assert counts, result.stdout
    assert int(counts[1]) == int(counts[2]) > 1000
    sys.stdout.write(f"schemathesis: {counts[1]} cases, no findings\n")
