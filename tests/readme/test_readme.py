"""The README tells the truth: its commands are run, its answers compared, its names looked up."""

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from config import ROOT, Settings
from tests.readme.markdown import PAGES, Block, blocks, local_links, shell_scripts
from tests.stack.running import RunningStack

README = ROOT / "README.md"
OPERATIONS = ROOT / "docs" / "operations.md"
MARK = re.compile(r"^\n?@@@ (\d+)\n", re.MULTILINE)


class Step(NamedTuple):
    """Commands of the tour and the answer shown below them, if any."""

    commands: str
    language: str
    answer: str


def is_make(commands: str) -> bool:
    return all(line.startswith("make ") for line in commands.splitlines())


def tour() -> list[Step]:
    steps = []
    for block, after in pairwise([*blocks(README), Block("", "")]):
        if block.language == "bash" and not is_make(block.text):
            shown = after if after.language in ("json", "text") else Block("", "")
            steps.append(Step(block.text, *shown))
    return steps


STEPS = tour()


@pytest.fixture(scope="module")
def outcomes(stack: RunningStack) -> list[tuple[str, int]]:
    """What each step printed and its exit code: all typed into one shell, one after the other."""
    script = "".join(f"{step.commands}\nprintf '\\n@@@ %s\\n' $?\n" for step in STEPS)
    environment = {**os.environ, "PORT": stack.address.rsplit(":", 1)[1]}
    shell = subprocess.run(
        ["bash"], input=script, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert shell.stderr == ""
    printed, *rest = MARK.split(shell.stdout)
    outputs = [printed, *rest[1::2]]
    return [(output, int(code)) for output, code in zip(outputs, rest[0::2], strict=False)]


def is_shown_in(shown: Any, real: Any) -> bool:
    """Whether a shortened answer is part of a real one; … stands for any text that is not empty."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(name in real and is_shown_in(shown[name], real[name]) for name in shown)
    if isinstance(shown, list):
        return len(shown) == len(real) and all(map(is_shown_in, shown, real))
    if shown == "…":
        return isinstance(real, str) and real != ""
    return bool(shown == real)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(STEPS)), ids=lambda number: STEPS[number].commands.split("\n")[0][:60])
def test_the_tour_answers_what_it_shows(number: int, outcomes: list[tuple[str, int]]) -> None:
    step, (printed, code) = STEPS[number], outcomes[number]
    assert code == 0, printed
    if step.language == "json":
        assert is_shown_in(json.loads(step.answer), json.loads(printed)), printed
    else:
        assert printed.replace("\r", "").strip() == step.answer.strip()


def test_the_tour_has_the_steps_of_a_first_visit() -> None:
    commands = "".join(step.commands for step in STEPS)
    for part in (
        "auth/register",
        "auth/login",
        "for $45.50",
        "/status",
        "search=",
        "/summary",
        "/budgets/",
        "/receipts/",
        "/refresh",
    ):
        assert part in commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_whatever_is_to_be_typed_is_valid_shell(page: Path) -> None:
    for script in shell_scripts(page):
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, ""), script


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_into_the_project_leads_somewhere(page: Path) -> None:
    assert [target for target in local_links(page) if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_exists(page: Path) -> None:
    named = re.findall(r"(?:^|`)make ([a-z-]+)((?: [A-Z_]+=\S+)*)", page.read_text(), re.MULTILINE)
    for target, variables in {(target, variables.strip("`")) for target, variables in named}:
        command = [shutil.which("make"), "-n", target, *variables.split()]
        dry = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, dry.stderr


def test_the_two_commands_come_first() -> None:
    commands = [block.text.strip() for block in blocks(README) if block.language == "bash"]
    assert commands[:3] == ["make run", "make test", "make demo"]


def test_the_table_of_settings_has_their_names_and_defaults() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| (.*?) \| (.*?) \|$", README.read_text(), re.MULTILINE)
    assert len(rows) > 5
    for names, default, _ in rows:
        for name in re.findall(r"[A-Z_]+", names):
            real = Settings.model_fields[name].default
            assert default in (f"`{real}`", "none" if real == "" else None) or "by `make run`" in default, name


@pytest.mark.parametrize("page", [README, OPERATIONS], ids=lambda page: page.name)
def test_only_variables_that_something_reads_are_named(page: Path) -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=\S+)?`", page.read_text()))
    readers = [(ROOT / name).read_text() for name in ("config.py", "gunicorn.conf.py", "docker-compose.yml")]
    assert len(named) > 5
    assert [name for name in named if not any(re.search(rf"\b{name}\b", text) for text in readers)] == []


def test_operations_commands_name_services_that_exist() -> None:
    services = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])
    scripts = "\n".join(shell_scripts(OPERATIONS))
    in_one = set(re.findall(r" exec (?:-T )?([a-z-]+)", scripts)) | set(
        re.findall(r" logs .* ([a-z-]+)$", scripts, re.M)
    )
    in_several = {
        word for found in re.findall(r" (?:stop|start) (backend.*)$", scripts, re.M) for word in found.split()
    }
    assert in_one == {"mongo", "redis", "backend"}
    assert in_several == {
        "backend",
        "backend-2",
        "celery-worker",
        "celery-worker-ai",
        "celery-worker-ocr",
        "celery-worker-batch",
        "celery-beat",
    }
    assert in_one | in_several == services
