"""A stack started as the README says, in a copy of the project without anybody's settings."""

import shlex
from collections.abc import Iterator

import pytest

from config import ROOT
from dev.servers import free_port
from tests.readme.markdown import blocks
from tests.stack.running import RunningStack, copy_project


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    project = copy_project(tmp_path_factory.mktemp("readme") / "finsight")
    first_command = shlex.split(blocks(ROOT / "README.md")[0].text)
    running = RunningStack(first_command, project, free_port(), DATA_DIR=".data")
    try:
        running.wait_ready()
        yield running
    finally:
        running.process.terminate()
        running.wait_gone()
