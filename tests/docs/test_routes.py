"""Every route in both slash forms, read from the url map so that a new view can't slip through."""

import re
from collections.abc import Iterator

import pytest
from bson import ObjectId
from flask import Flask
from werkzeug.test import TestResponse

from app.core.openapi.document import find_operations

ORIGIN, OTHER_ORIGIN = "https://app.example.com", "https://elsewhere.example.com"
PUBLIC = {
    "Service.about",
    "Service.health",
    "Service.live",
    "Service.ready",
    "Service.prometheus",
    "Authentication.register",
    "Authentication.login",
    "Authentication.forgot_password",
    "Authentication.reset_password",
    "Transactions.list_categories",
    "Exports.download_account",
    "Files.open_file",
    "flasgger.apidocs",
    "flasgger.apispec",
}
ASKED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-ID"
EXPOSED = {"ETag", "Idempotent-Replayed", "RateLimit-Remaining", "Retry-After", "X-RateLimit-Remaining", "X-Request-ID"}


def both_forms(rule: str) -> Iterator[str]:
    path = re.sub(r"<path:[^<>]+>", "index.css", rule)
    path = re.sub(r"<[^<>]+>", lambda _: str(ObjectId()), path).rstrip("/")
    yield from [path, f"{path}/"] if path else ["/"]


def paths(app: Flask) -> list[str]:
    return sorted({path for rule in app.url_map.iter_rules() for path in both_forms(rule.rule)})


def assert_envelope(answer: TestResponse, status: int, code: str) -> None:
    assert answer.status_code == status, (answer.request.path, answer.status_code)
    assert answer.json is not None
    assert answer.json["status"] == "fail"
    assert answer.json["message"] == answer.json["data"]["message"]
    assert answer.json["data"]["code"] == code
    assert answer.json["data"]["request_id"] == answer.headers["X-Request-ID"]


def assert_safe(answer: TestResponse) -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Cache-Control" in answer.headers
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,128}", answer.headers["X-Request-ID"])


def test_preflight_is_answered_on_every_path(app: Flask) -> None:
    client = app.test_client()
    for path in paths(app):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": ASKED_HEADERS}
        answer = client.options(path, headers={"Origin": ORIGIN, **asked})
        assert answer.status_code in (200, 204), (path, answer.status_code)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN, path
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        assert {*answer.headers["Access-Control-Allow-Headers"].split(", ")} >= {*ASKED_HEADERS.split(", ")}
        assert int(answer.headers["Access-Control-Max-Age"]) > 0
        foreign = client.options(path, headers={"Origin": OTHER_ORIGIN, **asked})
        assert "Access-Control-Allow-Origin" not in foreign.headers, path


def test_every_path_answers_in_both_slash_forms_without_redirect(app: Flask) -> None:
    client = app.test_client()
    for operation in find_operations(app):
        seen = set()
        for path in both_forms(operation.rule.rule):
            answer = client.open(path, method=operation.method, headers={"Origin": ORIGIN})
            assert not 300 <= answer.status_code < 400, path
            assert "Location" not in answer.headers
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert {*answer.headers["Access-Control-Expose-Headers"].split(", ")} >= EXPOSED
            assert_safe(answer)
            seen.add(answer.status_code)
        assert len(seen) == 1, (operation.id, seen)


def test_every_view_has_a_contract(app: Flask) -> None:
    without = {name for name, view in app.view_functions.items() if not hasattr(view, "contract")}
    assert without == {"flasgger.static"}


def test_the_public_views_are_these(app: Flask) -> None:
    public = {operation.rule.endpoint for operation in find_operations(app) if operation.spec.auth == "none"}
    assert public == PUBLIC


def test_every_private_view_needs_a_token(app: Flask) -> None:
    client = app.test_client()
    private = [operation for operation in find_operations(app) if operation.spec.auth != "none"]
    assert private
    for operation in private:
        for path in both_forms(operation.rule.rule):
            answer = client.open(path, method=operation.method, headers={"Origin": ORIGIN})
            assert_envelope(answer, 401, "token_missing")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/api/nothing/", "/api", "/api/docs/assets/nothing.js"])
def test_unknown_paths_answer_in_the_envelope(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Origin": ORIGIN})
    assert_envelope(answer, 404, "not_found")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert_safe(answer)


def test_wrong_methods_answer_in_the_envelope(app: Flask) -> None:
    client = app.test_client()
    for path in paths(app):
        allowed = {*client.options(path).headers["Allow"].split(", ")}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - allowed:
            answer = client.open(path, method=method, headers={"Origin": ORIGIN})
            assert_envelope(answer, 405, "method_not_allowed")
            assert {*answer.headers["Allow"].split(", ")} == allowed, (method, path)
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert_safe(answer)


def test_the_request_id_is_the_clients_own_if_it_is_plain(app: Flask) -> None:
    client = app.test_client()
    for given in ("a", "A-z_0.9", "x" * 128):
        assert client.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    for given in ("x" * 129, "two words", "café", "a/b", ""):
        made = client.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
        assert made != given
        assert re.fullmatch(r"[0-9a-f]{32}", made)
