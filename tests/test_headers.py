"""Headers of every answer: security, CORS, request ids."""

import pytest
from flask import Flask

from tests.accounts import another_app
from tests.factories import Person
from tests.records import TRANSACTIONS, send_raw

ORIGIN = "http://localhost:3000"
ANSWERS = (
    ("GET", TRANSACTIONS, 200),
    ("GET", "/api/transactions/zzz", 404),
    ("GET", "/nope", 404),
    ("PUT", TRANSACTIONS, 405),
    ("POST", TRANSACTIONS, 415),
    ("GET", f"{TRANSACTIONS}?page=0", 422),
    ("GET", "/health", 200),
)


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_is_guarded_and_readable_by_the_front_end(
    person: Person, method: str, path: str, status: int
) -> None:
    answer = person.request(method, path, headers={"Origin": ORIGIN, "X-Request-ID": "ours-1"})
    assert answer.status_code == status
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers, "only behind TLS"
    assert headers["X-Request-ID"] == "ours-1"
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    exposed = headers["Access-Control-Expose-Headers"].lower()
    for name in ("etag", "x-request-id", "retry-after", "ratelimit-limit", "x-ratelimit-remaining"):
        assert name in exposed


def test_failures_repeat_the_request_id_and_the_message(person: Person) -> None:
    answer = person.request("GET", "/api/transactions/zzz", headers={"X-Request-ID": "ours-1"})
    assert answer.json == {
        "status": "fail",
        "message": "Not found.",
        "data": {"message": "Not found.", "code": "not_found", "request_id": "ours-1"},
    }
    broken = send_raw(person, "POST", TRANSACTIONS, "{")
    assert broken.json["data"]["message"] == broken.json["message"]


def test_without_a_token_it_is_401_with_cors(app: Flask) -> None:
    answer = app.test_client().get(TRANSACTIONS, headers={"Origin": "https://app.example.com"})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "null", "http://localhost:3000.evil.com", "http://localhost"]
)
def test_other_origins_get_nothing(person: Person, origin: str) -> None:
    answer = person.request("GET", TRANSACTIONS, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_behind_tls_it_stays_there(app: Flask, settings: dict[str, object]) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    assert "Strict-Transport-Security" not in app.test_client().get("/health/live", headers=forwarded).headers
    with another_app(app, settings, TRUSTED_PROXIES=1) as proxied:
        assert "Strict-Transport-Security" in proxied.test_client().get("/health/live", headers=forwarded).headers
