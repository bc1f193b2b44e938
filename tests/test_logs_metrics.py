"""Logs without secrets, and metrics by route template."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from app.core import logs
from app.extensions import mongo
from app.transactions import service
from config import ROOT
from tests.factories import PASSWORD, Person, code, data, register
from tests.records import MILK, TRANSACTIONS

SECRET_TEXT = "a very private description"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) \d+ (\S+) \S+ .+")


def flush() -> None:
    for handler in logging.getLogger().handlers:
        handler.flush()


@pytest.fixture
def new_lines(app: Flask, log_file: Path) -> Any:
    """The lines written to app.log since the test began."""

    def read() -> list[str]:
        flush()
        lines = log_file.read_bytes()[before:].decode().splitlines()
        return [line for line in lines if f" {os.getpid()} " in line]  # a worker writes there, too

    flush()
    before = log_file.stat().st_size if log_file.exists() else 0
    return read


def test_nothing_private_is_logged(app: Flask, new_lines: Any) -> None:
    person = register(app, first_name="Asha-Private", username=f"private{mongo.db.users.estimated_document_count()}")
    query = {"search": SECRET_TEXT, "min_amount": "4321.5"}
    person.post(TRANSACTIONS, {**MILK, "description": SECRET_TEXT, "amount": 4321.5, "notes": SECRET_TEXT})
    person.post(TRANSACTIONS, {"mode": "ai", "text": SECRET_TEXT})
    person.get(TRANSACTIONS, **query)
    client = app.test_client()
    client.post("/api/auth/login", json={"email": person.email, "password": "Wrong-Password-9"})
    client.post("/api/auth/login", json={"username": person.profile["username"], "password": PASSWORD})
    client.post("/api/auth/forgot-password", json={"email": person.email})
    client.post("/api/auth/reset-password", json={"token": "a-reset-token", "password": PASSWORD})
    client.get(
        f"/nope/{person.email}?token=secret-in-query", headers={"Authorization": f"Bearer {person.access_token}x"}
    )
    client.post("/api/auth/refresh", json={}, headers={"Authorization": f"Bearer {person.refresh_token}"})
    text = "\n".join(new_lines())
    assert text.count("\n") >= 10
    private = [person.email, PASSWORD, "Wrong-Password-9", person.access_token, person.refresh_token, SECRET_TEXT]
    private += ["Asha-Private", person.profile["username"], "4321.5", "a-reset-token", "secret-in-query", "search="]
    signature = person.access_token.rsplit(".", 1)[1]
    for secret in [*private, signature, "Bearer"]:
        assert secret not in text, secret


def test_every_line_carries_its_request(person: Person, new_lines: Any) -> None:
    for number in range(3):
        person.request("GET", TRANSACTIONS, headers={"X-Request-ID": f"ours-{number}"})
        person.get(TRANSACTIONS)
    found = [LINE.fullmatch(line) for line in new_lines()]
    assert all(found)
    ids = [line.group(2) for line in found if line]
    assert ids[0::2] == ["ours-0", "ours-1", "ours-2"]
    assert all(re.fullmatch(r"[0-9a-f]{32}", entry) for entry in ids[1::2])


def test_a_line_has_the_route_and_not_the_path(person: Person, new_lines: Any) -> None:
    person.get(f"{TRANSACTIONS}{'0' * 24}")
    person.get("/no/such/path")
    first, second = new_lines()[-2:]
    assert "GET /api/transactions/<transaction_id> 404" in first
    assert "GET unmatched 404" in second


def test_a_client_cannot_forge_a_line(person: Person, new_lines: Any) -> None:
    for forged in ("a b", "x" * 129, "", "ä", "a;b", "%0a"):
        answer = person.request("GET", TRANSACTIONS, headers={"X-Request-ID": forged})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert len(new_lines()) == 6


def test_an_unexpected_error_is_logged_and_not_shown(
    person: Person, new_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("mongodb://user:password@internal-host")

    monkeypatch.setattr(service, "find", fail)
    answer = person.request(
        "GET", TRANSACTIONS, headers={"X-Request-ID": "broken-1", "Origin": "http://localhost:3000"}
    )
    assert (answer.status_code, code(answer)) == (500, "internal_error")
    assert answer.json["status"] == "error"
    assert answer.json["data"]["request_id"] == "broken-1"
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for inner in ("RuntimeError", "mongodb", "Traceback", "service.py", "internal-host"):
        assert inner not in answer.text
    assert any("unhandled exception" in line and "broken-1" in line for line in new_lines())


def test_json_lines_are_json(tmp_path: Path) -> None:
    program = f"""
import logging
from pathlib import Path
from app.core import logs
logs.configure("INFO", "json", Path({str(tmp_path)!r}))
logs.request_id.set("ours-1")
log = logging.getLogger("app.test")
log.info("line one\\nline \\"two\\" ₹")
try:
    raise ValueError("broken")
except ValueError:
    log.exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    for text in (done.stdout, (tmp_path / "app.log").read_text()):
        first, second = map(json.loads, text.splitlines())
        assert first["message"] == 'line one\nline "two" ₹'
        assert (first["levelname"], first["request_id"], first["name"]) == ("INFO", "ours-1", "app.test")
        assert "ValueError: broken" in second["exc_info"]


def test_a_directory_nobody_can_write_leaves_the_console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    handlers = logs._handlers(tmp_path / "file")
    assert [handler.get_name() for handler in handlers] == ["console"]
    assert "no log file" in capsys.readouterr().err


def samples(app: Flask) -> dict[tuple[str, ...], float]:
    text = app.test_client().get("/metrics").text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template(app: Flask, person: Person) -> None:
    before = samples(app)
    for path in (f"{TRANSACTIONS}{'0' * 24}", f"{TRANSACTIONS}zzz?search=private", f"{TRANSACTIONS}{'f' * 24}/"):
        assert person.request("GET", path).status_code == 404
    person.request("GET", "/made/up/by/a/scanner")
    person.request("BREW", TRANSACTIONS)
    after = samples(app)
    key = ("finsight_http_requests_total", *sorted(["/api/transactions/<transaction_id>", "GET", "404"]))
    assert after[key] - before.get(key, 0) == 3
    duration = (
        "finsight_http_request_duration_seconds_count",
        *sorted(["/api/transactions/<transaction_id>", "GET", "404"]),
    )
    assert after[duration] - before.get(duration, 0) == 3
    labels = {part for name, *parts in after for part in parts}
    assert not {part for part in labels if "scanner" in part or "zzz" in part or "BREW" in part or "0" * 24 in part}
    assert {"unmatched", "other"} <= labels


def test_metrics_are_for_the_inside(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/metrics").headers["Content-Type"].startswith("text/plain")
    for header in ("X-Forwarded-For", "Forwarded"):
        assert client.get("/metrics", headers={header: "203.0.113.7"}).status_code == 404


def test_the_service_says_what_it_is(app: Flask) -> None:
    about = data(app.test_client().get("/"))
    assert set(about) == {"name", "version", "docs"}
    assert about["docs"] == "/api/docs"
