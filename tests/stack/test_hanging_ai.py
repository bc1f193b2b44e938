"""An AI that hangs delays nothing else, ends with a code in time, and can be asked again."""

import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests import gemini_stub
from tests.factories import PASSWORD, new_email
from tests.gemini_stub import GeminiStub
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


class Client(requests.Session):
    """Somebody signed in at a running stack."""

    def __init__(self, stack: RunningStack) -> None:
        super().__init__()
        self.address = f"{stack.address}/api"
        self.email = new_email()
        account = {"email": self.email, "password": PASSWORD}
        assert self.post(f"{self.address}/auth/register", json=account).status_code == 201
        login = self.post(f"{self.address}/auth/login", json=account).json()
        self.headers["Authorization"] = f"Bearer {login['data']['access_token']}"

    def enter(self, text: str) -> str:
        answer = self.post(f"{self.address}/transactions/", json={"mode": "ai", "text": text})
        assert answer.status_code == 202, answer.text
        return answer.json()["data"]["_id"]

    def read(self, transaction: str) -> dict:
        return self.get(f"{self.address}/transactions/{transaction}").json()["data"]


def test_a_hanging_ai_delays_nothing_else(start: Callable[..., RunningStack], stub: GeminiStub) -> None:
    stack = start(
        DATA_DIR="hanging", AI_PROVIDER="gemini", GEMINI_API_KEY="key-of-the-tests", GEMINI_API_ENDPOINT=stub.endpoint
    )
    stack.wait_ready()
    client = Client(stack)
    asked_at = time.monotonic()
    hanging = [client.enter(f"hanging {number}") for number in range(HANGING)]
    coffee = client.enter("coffee 250")
    assert client.post(f"{client.address}/auth/forgot-password", json={"email": client.email}).status_code == 200
    mails = stack.output.parent / "logs" / "mail"
    wait_until(lambda: any(mails.glob("*.eml")), seconds=5)
    wait_until(lambda: client.read(coffee)["status"] == "completed", seconds=5)

    for transaction in hanging:
        wait_until(lambda transaction=transaction: client.read(transaction)["status"] == "failed", seconds=30)
    assert time.monotonic() - asked_at <= PROMISE_SECONDS + 1
    assert {client.read(transaction)["failure"]["code"] for transaction in hanging} == {"ai_unavailable"}
    assert {client.read(transaction)["amount"] for transaction in hanging} == {0}

    stub.replies = {"hanging": GOOD}
    answer = client.post(f"{client.address}/transactions/{hanging[0]}/retry")
    assert answer.status_code == 202
    wait_until(lambda: client.read(hanging[0])["status"] == "completed", seconds=10)
    assert client.read(hanging[0])["amount"] == 250
