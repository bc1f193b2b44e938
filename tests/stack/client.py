"""Somebody signed in at a running stack."""

from typing import Any

import requests

from tests.factories import PASSWORD, new_email
from tests.stack.running import RunningStack


class Client(requests.Session):
    """A user of a stack, registered and signed in."""

    def __init__(self, stack: RunningStack) -> None:
        super().__init__()
        self.address = f"{stack.address}/api"
        self.account = {"email": new_email(), "password": PASSWORD}
        assert self.post(f"{self.address}/auth/register", json=self.account).status_code == 201
        self.tokens = self.sign_in().json()["data"]
        self.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def sign_in(self) -> requests.Response:
        return self.post(f"{self.address}/auth/login", json=self.account)

    def enter(self, text: str) -> str:
        """The id of a new AI entry."""
        answer = self.post(f"{self.address}/transactions/", json={"mode": "ai", "text": text})
        assert answer.status_code == 202, answer.text
        return answer.json()["data"]["_id"]

    def read(self, transaction: str) -> dict[str, Any]:
        return self.get(f"{self.address}/transactions/{transaction}").json()["data"]
