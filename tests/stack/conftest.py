"""Stacks under test, and their end."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.servers import free_port
from tests.stack.running import RunningStack, copy_project

STACK = [sys.executable, "-m", "dev.stack"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Blanks in a path are where shell scripts break.
    return copy_project(tmp_path_factory.mktemp("stack") / "a copy")


@pytest.fixture(scope="module")
def start(project: Path) -> Iterator[Callable[..., RunningStack]]:
    """Start a stack: start("--by", "command", DATA_DIR="a"); whatever is left of it at the end is killed."""
    stacks = []

    def begin(*command: str, port: int = 0, **environment: str) -> RunningStack:
        stacks.append(RunningStack(list(command) or STACK, project, port or free_port(), **environment))
        return stacks[-1]

    yield begin
    for stack in stacks:
        stack.kill()


@pytest.fixture(scope="module")
def pair(start: Callable[..., RunningStack]) -> tuple[RunningStack, RunningStack]:
    """Two stacks side by side, started at the same moment."""
    first, second = start(DATA_DIR="first"), start(DATA_DIR="second", JWT_ACCESS_TOKEN_EXPIRES="60")
    first.wait_ready()
    second.wait_ready()
    return first, second
