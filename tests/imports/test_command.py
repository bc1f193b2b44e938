"""`flask import-transactions`: the same as a request, without its limits."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import Person, data
from tests.imports.files import CSV, IMPORTS, transactions

Arguments = list[str]


@pytest.mark.parametrize(
    ("options", "says", "stored"),
    [
        ([], "created: 4\nduplicates: 0\ninvalid: 0", 4),
        (["--dry-run"], "created: 4", 0),
        (["--mapping", json.dumps({"description": "Nothing"})], "Error: mapping", 0),
        (["--currency", "ABC"], "Error: currency", 0),
    ],
)
def test_a_file_is_imported(
    app: Flask, person: Person, tmp_path: Path, options: Arguments, says: str, stored: int
) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(CSV)
    done = app.test_cli_runner().invoke(args=["import-transactions", str(path), "--user", person.email, *options])
    assert says in done.output, done.output
    assert (done.exit_code == 0) is says.startswith("created")
    assert len(transactions(person)) == stored
    assert all(one["finished_at"] is not None for one in data(person.get(IMPORTS))["imports"])


def test_nobody_has_that_address(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(CSV)
    done = app.test_cli_runner().invoke(args=["import-transactions", str(path), "--user", "nobody@example.com"])
    assert done.exit_code == 1
    assert "no account" in done.output
