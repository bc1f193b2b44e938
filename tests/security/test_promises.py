"""docs/security.md names tests that exist, and leaves none of these out of its sight."""

import ast
import re
from functools import cache
from pathlib import Path

from config import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def defined_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def named() -> list[tuple[str, str]]:
    return NAMED.findall(DOCUMENT.read_text())


def test_every_test_it_names_exists() -> None:
    assert len(named()) >= 50
    for file, test in named():
        assert (ROOT / file).is_file(), file
        assert test in defined_in(ROOT / file), (file, test)


def test_every_promise_names_a_test() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ") and "shown by" not in line]
    assert len(rows) >= 25
    for row in rows:
        assert NAMED.search(row), row


def test_every_attack_here_shows_some_promise() -> None:
    files = {file for file, _ in named()}
    attacks = {f"tests/security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert attacks - files == {"tests/security/test_promises.py"}
