"""An AI that hangs delays nothing else; each entry fails within 25 s of its own request, and can be asked again."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests import gemini_stub
from tests.gemini_stub import GeminiStub
from tests.stack.client import Client
from tests.stack.running import RunningStack
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
HANGING = 10
PROMISE_SECONDS = 25
GOOD = gemini_stub.good(
    type="expense", amount=250, currency="INR", category="Food & Dining", description="Coffee", merchant="", date=""
)


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with gemini_stub.gemini_stub() as server:
        server.replies = {"hanging": gemini_stub.hang, "coffee": GOOD}
        yield server


def settling(client: Client, transactions: list[str]) -> dict[str, float]:
    """When each was first seen to be no longer processing, all asked in turn."""
    seen: dict[str, float] = {}

    def all_settled() -> bool:
        for transaction in transactions:
            if transaction not in seen and client.read(transaction)["status"] != "processing":
                seen[transaction] = time.monotonic()
        return len(seen) == len(transactions)

    wait_until(all_settled, seconds=2 * PROMISE_SECONDS)
    return seen


def test_a_hanging_ai_delays_nothing_else(start: Callable[..., RunningStack], stub: GeminiStub) -> None:
    stack = start(
        DATA_DIR="hanging", AI_PROVIDER="gemini", GEMINI_API_KEY="key-of-the-tests", GEMINI_API_ENDPOINT=stub.endpoint
    )
    stack.wait_ready()
    client = Client(stack)
    asked_at: dict[str, float] = {}
    for number in range(HANGING):
        now = time.monotonic()
        asked_at[client.enter(f"hanging {number}")] = now
    hanging = list(asked_at)
    coffee = client.enter("coffee 250")
    assert (
        client.post(f"{client.address}/auth/forgot-password", json={"email": client.account["email"]}).status_code
        == 200
    )
    mails = stack.output.parent / "logs" / "mail"
    wait_until(lambda: any(mails.glob("*.eml")), seconds=5)
    wait_until(lambda: client.read(coffee)["status"] == "completed", seconds=5)

    settled_at = settling(client, hanging)
    assert max(settled_at[transaction] - asked_at[transaction] for transaction in hanging) <= PROMISE_SECONDS
    assert {client.read(transaction)["status"] for transaction in hanging} == {"failed"}
    assert {client.read(transaction)["failure"]["code"] for transaction in hanging} == {"ai_unavailable"}
    assert {client.read(transaction)["amount"] for transaction in hanging} == {0}

    stub.replies = {"hanging": GOOD}
    answer = client.post(f"{client.address}/transactions/{hanging[0]}/retry")
    assert answer.status_code == 202
    wait_until(lambda: client.read(hanging[0])["status"] == "completed", seconds=10)
    assert client.read(hanging[0])["amount"] == 250
