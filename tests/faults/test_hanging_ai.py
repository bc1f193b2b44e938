"""An AI that hangs delays nothing else; each entry fails within 25 s of its own request, and can be asked again."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

import pytest

from dev import commands
from tests import gemini_stub
from tests.accounts import at_once
from tests.faults.load import Answer, Request, Visitor, load, manual, spread
from tests.gemini_stub import GeminiStub
from tests.processes import Api, Background, Worker, beat
from tests.stack.test_deployment import option
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
HANGING, MAILS = 50, 5
PROMISE_SECONDS, MAIL_SECONDS = 25, 5
COMPARED = 150
GOOD = gemini_stub.good(
    type="expense", amount=250, currency="INR", category="Food & Dining", description="Coffee", merchant="", date=""
)


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with gemini_stub.gemini_stub() as server:
        server.replies = {"hanging": gemini_stub.hang, "coffee": GOOD}
        yield server


@pytest.fixture
def visitors(
    own_settings: dict[str, object], stub: GeminiStub, directory: Path, keep: Callable[[Background], Background]
) -> list[Visitor]:
    """People at an API with the workers of the development stack, which ask the stub."""
    gemini = {"AI_PROVIDER": "gemini", "GEMINI_API_KEY": "key-of-the-tests", "GEMINI_API_ENDPOINT": stub.endpoint}
    settings = {**own_settings, **gemini}
    api = Api("api", settings, directory)
    workers = [
        Worker(name, option(pool, "--queues").split(","), settings, directory, like=name)
        for name, pool in commands.WORKERS.items()
    ]
    for process in (api, *workers, beat(settings, directory)):
        keep(process)
    api.await_ready(api.is_healthy)
    for worker in workers:
        worker.await_ready(worker.is_ready)
    return [Visitor(api.address) for _ in range(MAILS)]


def enter(visitor: Visitor, text: str) -> str:
    """The id of a new AI entry."""
    answer = visitor.post("/api/transactions/", {"mode": "ai", "text": text})
    assert answer.status == 202, answer
    return answer.data["_id"]


def read(visitor: Visitor, transaction: str) -> dict[str, object]:
    return visitor.get(f"/api/transactions/{transaction}").data


def usual(visitor: Visitor) -> list[Answer]:
    """Answers to what people do all day, while they do it."""
    with load(visitor, lambda n: manual(n) if n % 2 else Request("GET", "/api/transactions/"), callers=3) as running:
        wait_until(lambda: len(running.answers) >= COMPARED, 60)
    assert {answer.status for answer in running.answers} <= {200, 201}
    return running.answers


def seconds_to_settle(transaction: dict[str, object]) -> float:
    created, settled = (datetime.fromisoformat(str(transaction[name])) for name in ("created_at", "updated_at"))
    return (settled - created).total_seconds()


def test_a_hanging_ai_delays_nothing_else(
    visitors: list[Visitor],
    stub: GeminiStub,
    own_settings: dict[str, object],
    record_property: Callable[[str, object], None],
) -> None:
    visitor = visitors[0]
    usual(visitor)  # the first requests of a process are slower
    before = spread(usual(visitor))
    hanging = at_once(HANGING, lambda number: enter(visitor, f"hanging {number}"))
    for one in visitors:
        assert one.post("/api/auth/forgot-password", {"email": one.account["email"]}).status == 200
    mails = Path(str(own_settings["LOG_DIR"])) / "mail"
    wait_until(lambda: len(list(mails.glob("*.eml"))) == MAILS, MAIL_SECONDS)
    wait_until(lambda: stub.asked("hanging") >= HANGING, 10)
    meanwhile = spread(usual(visitor))
    coffee = enter(visitor, "coffee 250")
    wait_until(lambda: read(visitor, coffee)["status"] == "completed", 5)

    wait_until(lambda: all(read(visitor, one)["status"] != "processing" for one in hanging), 2 * PROMISE_SECONDS)
    ended = [read(visitor, transaction) for transaction in hanging]
    record_property("median and p95 before, ms", [round(1000 * seconds) for seconds in before])
    record_property("median and p95 meanwhile, ms", [round(1000 * seconds) for seconds in meanwhile])
    record_property("seconds to settle, median and most", [f(map(seconds_to_settle, ended)) for f in (median, max)])
    assert {(one["status"], one["failure"]["code"], one["amount"]) for one in ended} == {
        ("failed", "ai_unavailable", 0)
    }
    assert stub.asked("hanging") > HANGING, "they were tried again"
    assert max(map(seconds_to_settle, ended)) <= PROMISE_SECONDS
    # As fast as before, but for what a busy machine adds to either.
    assert meanwhile[0] <= 1.5 * before[0] + 0.01
    assert meanwhile[1] <= 2 * before[1] + 0.05

    stub.replies = {"hanging": GOOD}
    assert visitor.post(f"/api/transactions/{hanging[0]}/retry").status == 202
    wait_until(lambda: read(visitor, hanging[0])["status"] == "completed", 10)
    assert read(visitor, hanging[0])["amount"] == 250
