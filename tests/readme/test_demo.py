"""`make demo`: a year of data for a user whose login it prints."""

import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
import requests

from config import ROOT
from dev import demo_plan
from dev.servers import free_port
from tests.files import new_file_keys
from tests.stack.running import RunningStack

NOW = datetime.fromisoformat("2026-02-27T12:00")


def demo(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dev.demo"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_plan_is_a_year_long_and_the_same_every_time() -> None:
    plan = demo_plan.transactions(NOW)
    assert plan == demo_plan.transactions(NOW)
    assert 850 < len(plan) < 1050
    days = sorted(entry["date"] for entry in plan)
    assert "2025-02-01" <= days[0] < "2025-02-08"
    assert "2026-02-20" < days[-1] <= NOW.isoformat()
    assert len({entry["external_id"] for entry in plan}) == len(plan)


def test_a_day_later_the_plan_is_the_same_and_a_little_more() -> None:
    today, tomorrow = (
        {entry["external_id"]: entry for entry in demo_plan.transactions(NOW + timedelta(days=days))} for days in (0, 1)
    )
    assert today.items() >= {key: tomorrow[key] for key in today}.items()


def test_a_leap_day_and_a_new_year_have_months_too() -> None:
    for day in (date(2028, 2, 29), date(2027, 1, 1)):
        firsts = demo_plan.months(day)
        assert len(firsts) == 13
        assert firsts[-1] == day.replace(day=1)
        assert firsts[0] == day.replace(year=day.year - 1, day=1)


def test_the_plan_shows_what_the_service_can_do() -> None:
    plan = demo_plan.transactions(NOW)
    assert {entry.get("type", "expense") for entry in plan} == {"expense", "income", "refund"}
    assert {entry["currency"] for entry in plan} == {"INR", "USD"}
    assert len({entry["category"] for entry in plan}) == 12
    assert any(entry.get("items") for entry in plan)
    assert any("goa" in entry.get("tags", ()) for entry in plan)


def test_without_a_stack_it_says_how_to_start_one() -> None:
    refused = demo(PORT=str(free_port()))
    assert refused.returncode == 1
    assert "Start the stack first: make run" in refused.stderr


def test_production_gets_no_user_with_a_known_password() -> None:
    production = {"FLASK_ENV": "production", "JWT_SECRET_KEY": "x1" * 20, "FILE_ENCRYPTION_KEYS": new_file_keys("1")}
    refused = demo(**production, PORT=str(free_port()))
    assert refused.returncode == 1
    assert "known to all" in refused.stderr


@pytest.fixture(scope="module")
def first_run(stack: RunningStack) -> str:
    return make_demo(stack)


def make_demo(stack: RunningStack) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "COV"))}
    project = stack.output.parent
    environment["PORT"] = stack.address.rsplit(":", 1)[1]
    made = subprocess.run(
        ["make", "demo"], cwd=project, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


def totals(stack: RunningStack, printed: str) -> tuple[int, int]:
    """How many transactions and budgets the user has whose login was printed."""
    login = {
        name: re.search(rf"{label} +(\S+)", printed)[1]
        for name, label in (("email", "e-mail"), ("password", "password"))
    }
    tokens = requests.post(f"{stack.address}/api/auth/login", json=login, timeout=10).json()["data"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    listed = requests.get(f"{stack.address}/api/transactions/?limit=1", headers=bearer, timeout=10).json()["data"]
    budgets = requests.get(f"{stack.address}/api/budgets/", headers=bearer, timeout=10).json()["data"]
    return listed["pagination"]["total"], len(budgets)


@pytest.mark.slow
def test_the_login_it_prints_finds_what_it_says_it_made(stack: RunningStack, first_run: str) -> None:
    transactions, budgets = totals(stack, first_run)
    assert f"In all: {transactions} transactions." in first_run
    assert transactions > 850
    assert budgets == len(demo_plan.DATA["budgets"])
    assert f"{len(demo_plan.DATA['ai']['sentences'])} AI entries (4 of them read)" in first_run


@pytest.mark.slow
def test_run_again_it_doubles_nothing(stack: RunningStack, first_run: str) -> None:
    before = totals(stack, first_run)
    again = make_demo(stack)
    added = int(re.search(r"New: (\d+) transactions, 0 budgets, 0 AI entries", again)[1])
    assert added <= 5  # some may have come due since
    assert totals(stack, again) == (before[0] + added, before[1])
