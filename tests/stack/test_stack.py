"""The development stack through real processes: it starts, continues, ends, and leaves nothing behind."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

from dev.servers import free_port
from tests.stack.running import RunningStack
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
Start = Callable[..., RunningStack]
Pair = tuple[RunningStack, RunningStack]
SOMEBODY = {"email": "asha@example.com", "password": "Correct-horse-9"}


def login(stack: RunningStack) -> dict[str, object]:
    return requests.post(f"{stack.address}/api/auth/login", json=SOMEBODY, timeout=10).json()["data"]


def register(stack: RunningStack) -> None:
    answer = requests.post(f"{stack.address}/api/auth/register", json=SOMEBODY, timeout=10)
    assert answer.status_code == 201, answer.text


def test_two_stacks_side_by_side_share_nothing_and_get_their_own_environment(pair: Pair) -> None:
    first, second = pair
    register(first)
    register(second)  # not a conflict: another database
    assert login(first)["expires_in"] == 15 * 60
    assert login(second)["expires_in"] == 60


def test_it_says_where_the_api_and_its_documentation_are(pair: Pair) -> None:
    for stack in pair:
        said = wait_until(lambda stack=stack: "Ready" in stack.text() and stack.text())
        assert f"{stack.address}/\n" in said
        assert f"{stack.address}/api/docs\n" in said


def test_nothing_listens_beyond_this_machine(pair: Pair) -> None:
    listening = [
        connection.laddr.ip
        for stack in pair
        for process in stack.alive()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 6  # mongod, redis-server and the API of both
    assert set(listening) == {"127.0.0.1"}


def test_a_port_or_a_data_directory_in_use_is_named(pair: Pair, start: Start) -> None:
    port = int(pair[0].address.rsplit(":", 1)[1])
    same_port, same_directory = start(DATA_DIR="late", port=port), start(DATA_DIR="first")
    assert same_port.process.wait(timeout=15) == same_directory.process.wait(timeout=15) == 1
    assert f"Port {port} of 127.0.0.1 is in use" in same_port.text()
    assert "Another stack uses the data directory" in same_directory.text()
    assert pair[0].process.poll() is None
    same_port.wait_gone()


def test_when_one_part_dies_all_ends_with_its_name(pair: Pair) -> None:
    stack = pair[0]
    stack.part("beat").kill()
    assert stack.process.wait(timeout=10) == 1
    assert "beat died unexpectedly (signal SIGKILL)" in stack.text()
    stack.wait_gone(1)


def test_a_killed_stack_leaves_no_orphan(pair: Pair) -> None:
    stack = pair[1]
    stack.process.kill()
    stack.wait_gone()


def test_make_run_ends_on_sigterm_and_continues_where_it_was(start: Start) -> None:
    stack = start("make", "run", DATA_DIR="lasting")
    stack.wait_ready()
    register(stack)
    token = login(stack)["access_token"]
    told = time.monotonic()
    stack.process.terminate()
    stack.wait_gone(10)
    assert time.monotonic() - told < 10
    assert "Everything has ended" in stack.text()

    again = start("make", "run", DATA_DIR="lasting")
    assert again.wait_ready() < 15
    bearer = {"Authorization": f"Bearer {token}"}  # signed before: the secret has lasted too
    profile = requests.get(f"{again.address}/api/auth/profile", headers=bearer, timeout=10)
    assert profile.json()["data"]["email"] == SOMEBODY["email"]
    again.process.send_signal(signal.SIGINT)  # to make alone, as an editor's stop button does
    again.wait_gone(10)


def test_a_stack_told_to_end_while_it_starts_ends_with_code_0(start: Start, project: Path) -> None:
    stack = start(DATA_DIR="brief", port=free_port())
    wait_until((project / "brief" / "mongod").exists)
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(timeout=10) == 0
    stack.wait_gone(1)
