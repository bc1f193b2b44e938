"""The Makefile on machines that are not like this one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A project folder with nothing but a Makefile and locks, and a PATH of our making beside it."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "touch", "awk"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def add_python(machine: Path, name: str, script: str) -> None:
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def make(machine: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment["PATH"] = str(machine / "bin")
    command = [shutil.which("make"), *targets]
    return subprocess.run(command, cwd=machine, env=environment, capture_output=True, text=True, check=False)


def test_help_is_the_default_and_lists_every_command(machine: Path) -> None:
    listed = re.findall(r"^make ([a-z-]+) +\S", make(machine).stdout, re.MULTILINE)
    assert listed == re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()


@pytest.mark.parametrize("script", ["exit 127", "exit 1"], ids=["a shim without a Python", "too old or without venv"])
def test_without_a_usable_python_it_says_what_is_missing(machine: Path, script: str) -> None:
    add_python(machine, "python3", script)
    result = make(machine, "install")
    assert result.returncode != 0
    assert "FinSight needs Python 3.11 or newer with its venv module" in result.stderr
    assert not (machine / ".venv").exists()


def test_a_shim_that_runs_nothing_is_passed_over_for_a_python_that_works(machine: Path) -> None:
    add_python(machine, "python3.11", "exit 127")
    # Stands for a Python: makes a .venv whose python does nothing but succeed.
    succeed = "printf '#!/bin/sh\\n' > .venv/bin/python; chmod +x .venv/bin/python"
    add_python(machine, "python3", f"case $2 in venv) mkdir -p .venv/bin; {succeed};; esac")
    for tool in ("mkdir", "chmod"):
        (machine / "bin" / tool).symlink_to(shutil.which(tool))
    assert "Making .venv" in make(machine, "install").stdout
    assert (machine / ".venv" / ".installed").exists()


def test_requirements_are_installed_again_only_when_they_changed(machine: Path) -> None:
    (machine / ".venv" / "bin").mkdir(parents=True)
    add_python(machine, "../.venv/bin/python", "exit 0")
    assert "Installing the locked requirements" in make(machine, "install").stdout
    assert "Installing" not in make(machine, "install").stdout
    newer = (machine / ".venv" / ".installed").stat().st_mtime + 10
    os.utime(machine / "requirements.txt", (newer, newer))
    assert "Installing the locked requirements" in make(machine, "install").stdout
