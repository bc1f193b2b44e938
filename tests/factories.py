"""People and their records, made through the HTTP door."""

import uuid
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "Correct-Horse-9"


class Person:
    """A signed-in user who speaks HTTP; answers are werkzeug test responses."""

    def __init__(self, app: Flask, email: str, tokens: dict[str, Any], profile: dict[str, Any]) -> None:
        self.client = app.test_client()
        self.email = email
        self.access_token = tokens["access_token"]
        self.refresh_token = tokens["refresh_token"]
        self.profile = profile

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.access_token}", **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.request("GET", path, query_string=query)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("POST", path, **({"json": json} if json is not None else {}), **options)

    def patch(self, path: str, json: Any) -> TestResponse:
        return self.request("PATCH", path, json=json)

    def delete(self, path: str, json: Any = None) -> TestResponse:
        return self.request("DELETE", path, **({"json": json} if json is not None else {}))

    def spend(self, amount: float, category: str = "Groceries", **fields: Any) -> dict[str, Any]:
        """Record a manual transaction and return it."""
        body = {"amount": amount, "category": category, "description": "something bought", **fields}
        answer = self.post("/api/transactions/", body)
        assert answer.status_code == 201, answer.json
        return data(answer)


def data(answer: TestResponse) -> Any:
    """What is inside the envelope of a success."""
    assert answer.json is not None
    assert answer.json["status"] == "success", answer.json
    return answer.json["data"]


def code(answer: TestResponse) -> str:
    """The code inside the envelope of a failure."""
    assert answer.json is not None
    assert answer.json["status"] in ("fail", "error"), answer.json
    return answer.json["data"]["code"]


def fields_at_fault(answer: TestResponse) -> list[list[Any]]:
    """The `loc` of each entry of a 422's details."""
    assert answer.status_code == 422, answer.json
    return [entry["loc"] for entry in answer.json["data"]["details"]]


def new_email() -> str:
    return f"{uuid.uuid4().hex}@example.com"


def register(app: Flask, **profile: Any) -> Person:
    """Register somebody and sign in."""
    email = profile.pop("email", None) or new_email()
    client = app.test_client()
    answer = client.post("/api/auth/register", json={"email": email, "password": PASSWORD, **profile})
    assert answer.status_code == 201, answer.json
    tokens = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert tokens.status_code == 200, tokens.json
    return Person(app, email, data(tokens), data(answer)["user"])
