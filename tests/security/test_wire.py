"""Requests as bytes on a real gunicorn: oversize, smuggled, folded, forged. None is served as anything else."""

import gzip
import json
import time

import pytest
import requests
from flask import Flask

from tests.factories import Person, new_email
from tests.processes import Api
from tests.records import count_of
from tests.security.wire import Answer, answers, connected, exchange, received, request

LIMIT = 1024 * 1024
JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=b"
LOGIN = "/api/auth/login"
SMUGGLED = request("GET", "/health/live", "X-Request-ID: smuggled")
NEXT = request("GET", "/health/live", "X-Request-ID: next")


def chunks(body: bytes, size: int = 65536) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def only(raw: bytes) -> Answer:
    (found,) = answers(raw)
    return found


def code_of(found: Answer) -> str:
    return json.loads(found.raw.partition(b"\r\n\r\n")[2])["data"]["code"]


OVERSIZE = {
    "announced": (f"Content-Length: {LIMIT + 1}", b"x" * (LIMIT + 1)),
    "announced and never sent": (f"Content-Length: {10**12}", b""),
    "in chunks": ("Transfer-Encoding: chunked", chunks(b"x" * (2 * LIMIT))),
    "in one chunk": ("Transfer-Encoding: chunked", chunks(b"x" * (2 * LIMIT), 2 * LIMIT)),
    "valid, in chunks": ("Transfer-Encoding: chunked", chunks(b'{"email": "' + b"a" * LIMIT + b'"}')),
}


@pytest.mark.parametrize("kind", OVERSIZE)
@pytest.mark.parametrize("path", [LOGIN, "/api/transactions/", "/api/auth/logout", "/health"])
def test_no_more_than_a_mebibyte_is_read(api: Api, kind: str, path: str) -> None:
    header, body = OVERSIZE[kind]
    method = "GET" if path == "/health" else "POST"
    began = time.monotonic()
    found = only(exchange(api.address, request(method, path, JSON, header, body=body)))
    assert (found.status, code_of(found)) == (413, "body_too_large")
    assert time.monotonic() - began < 10, "what is announced is not waited for"


@pytest.mark.parametrize(("path", "content_type"), [("/api/transactions/", JSON), ("/api/receipts/", FORM)])
def test_a_proxy_can_send_all_of_what_is_refused(api: Api, path: str, content_type: str) -> None:
    length = 12 * LIMIT
    head = request("POST", path, content_type, f"Content-Length: {length}")
    with connected(api.address) as connection:
        connection.sendall(head + b"x" * length)
        assert only(received(connection)).status in (401, 413)


def test_a_compressed_body_is_never_inflated(api: Api) -> None:
    bomb = gzip.compress(b" " * (200 * LIMIT))
    assert len(bomb) < LIMIT
    head = request("POST", LOGIN, JSON, "Content-Encoding: gzip", f"Content-Length: {len(bomb)}", body=bomb)
    assert only(exchange(api.address, head)).status in (400, 415)


FRAMINGS = {
    "both lengths": ["Content-Length: 4", "Transfer-Encoding: chunked"],
    "two lengths": ["Content-Length: 0", f"Content-Length: {len(SMUGGLED)}"],
    "a list of lengths": [f"Content-Length: 0, {len(SMUGGLED)}"],
    "a signed length": ["Content-Length: +0"],
    "a negative length": ["Content-Length: -1"],
    "a hexadecimal length": ["Content-Length: 0x0"],
    "a length and text": ["Content-Length: 0 0"],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "a coding before chunked": ["Transfer-Encoding: gzip, chunked"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "chunked and identity": ["Transfer-Encoding: chunked, identity"],
    "a tab before chunked": ["Transfer-Encoding:\tchunked", "Content-Length: 4"],
    "a blank in the name": ["Transfer-Encoding : chunked"],
    "a vertical tab": ["Transfer-Encoding: \x0bchunked"],
    "folded": ["Transfer-Encoding:", " chunked"],
    "an underscore": ["Content_Length: 4", "Content-Length: 0"],
}


@pytest.mark.parametrize("kind", FRAMINGS)
def test_an_ambiguous_body_ends_the_connection(api: Api, kind: str) -> None:
    """Whatever a proxy before it made of the framing, what follows is not taken for another's request."""
    doubtful = request("POST", LOGIN, JSON, *FRAMINGS[kind], body=b"0\r\n\r\n" + SMUGGLED, close=False)
    for found in answers(exchange(api.address, doubtful)):
        assert found.headers.get("x-request-id") != "smuggled", found.raw
        assert found.status >= 400


@pytest.mark.parametrize("path", [LOGIN, "/nope", "/api/auth/profile", "/api/auth/logout"])
def test_what_is_left_of_a_refused_body_is_no_request(api: Api, path: str) -> None:
    for size in (len(SMUGGLED), LIMIT + len(SMUGGLED)):
        body = SMUGGLED.rjust(size, b" ")
        first = request("POST", path, "Content-Type: text/plain", f"Content-Length: {size}", body=body, close=False)
        found = answers(exchange(api.address, first, NEXT))
        assert 400 <= found[0].status < 500
        assert [entry.headers["x-request-id"] for entry in found[1:]] in ([], ["next"]), (path, size)


INJECTED = ("\rX-Injected: 1", "\nX-Injected: 1", "\r\n X-Injected: 1", "\r\n\tX-Injected: 1", "\0X-Injected: 1",
            "\x0bX-Injected: 1", "\x85X-Injected: 1", "%0d%0aX-Injected: 1", "\\r\\nX-Injected: 1",
            "\u010a")  # fmt: skip
HEADERS = ("X-Request-ID", "User-Agent", "Idempotency-Key", "Origin", "Authorization", "Content-Type", "Cookie",
           "If-None-Match", "Accept", "Access-Control-Request-Headers", "X-Forwarded-For", "X-CSRF-TOKEN")  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_of_a_request_makes_one_of_the_answer(api: Api, name: str) -> None:
    for injected in INJECTED:
        value = f"ours{injected}".encode().decode("latin-1")
        for method, path in (("GET", "/health/live"), ("OPTIONS", LOGIN), ("POST", LOGIN)):
            for found in answers(exchange(api.address, request(method, path, f"{name}: {value}"))):
                assert not [header for header in found.headers if "injected" in header], (name, injected, found.raw)
                assert found.raw.count(b"\r\n\r\n") == 1
                assert "X-Injected" not in found.headers.get("x-request-id", "")


@pytest.mark.parametrize("target", [
    "/%0d%0aX-Injected:%201", "/api/transactions/%0d%0aX-Injected:%201", "/api/budgets/%0aX-Injected:1%0a",
    "/api/docs/assets/%0d%0aX-Injected:1", "/health/live?a=%0d%0aX-Injected:1", "//evil.example.com/%0d%0aX-Injected:1",
])  # fmt: skip
def test_no_path_makes_a_header(api: Api, target: str) -> None:
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        for found in answers(exchange(api.address, request(method, target))):
            assert "x-injected" not in found.headers
            assert "location" not in found.headers, "nothing here redirects"


@pytest.mark.parametrize("target", [
    "/api/docs/assets/../../../config.py", "/api/docs/assets/..%2f..%2f..%2fconfig.py",
    "/api/docs/assets/%2e%2e/%2e%2e/config.py", "/api/docs/assets//etc/passwd", "/api/docs/assets/..%5c..%5cconfig.py",
    "/api/docs/assets/%252e%252e/config.py", "/api/docs/assets/..;/config.py",
    "/.env", "/../.env.production", "/.git/config",
    "/api/docs/assets/%00", "/api/docs/assets/index.html%00.js", "/static/../run.py",
])  # fmt: skip
def test_no_path_reads_a_file_of_ours(api: Api, target: str) -> None:
    found = only(exchange(api.address, request("GET", target)))
    assert found.status == 404, found.raw[:300]
    assert code_of(found) == "not_found"


@pytest.mark.parametrize("raw", [
    b"GET http://evil.example.com/health/live HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: evil.example.com\r\nHost: api.example.com\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: evil.example.com/<script>\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET /health/live\r\n\r\n",
    b"GET /health/live HTTP/9.9\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"CONNECT evil.example.com:443 HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\nConnection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 100 + b"Connection: close\r\n\r\n",
    b"GET /health/live HTTP/1.1\nHost: a\nConnection: close\n\n",
], ids=lambda raw: repr(raw[:40]))  # fmt: skip
def test_odd_requests_are_answered_or_refused_and_nothing_breaks(api: Api, raw: bytes) -> None:
    for found in answers(exchange(api.address, raw)):
        assert found.status < 500 or found.status in (501, 505), found.raw[:300]
        assert b"evil.example.com" not in found.raw
        assert b"Traceback" not in found.raw
    assert api.answers()


def test_a_slow_body_holds_one_thread_and_no_more(api: Api, app: Flask, person: Person) -> None:
    """The rest of the requests are served meanwhile; nginx reads slow clients in production."""
    url = f"{api.address}/api/transactions/"
    headers = {"Authorization": f"Bearer {person.access_token}"}

    def trickle() -> object:
        yield b'{"amount": 5, "category": "Other",'
        for _ in range(5):
            assert requests.get(url, headers=headers, timeout=10).status_code == 200
        yield b' "description": "slow"}'

    answer = requests.post(url, data=trickle(), headers={**headers, "Content-Type": "application/json"}, timeout=20)
    assert answer.status_code == 201
    assert count_of(person) == 1


@pytest.mark.parametrize("body", [
    b'{"email": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    b'{"email": ' + b'{"a":' * 150_000 + b"1" + b"}" * 150_000 + b"}",
    b"{" + b",".join(b'"a%d":1' % number for number in range(80_000)) + b"}",
    b'{"email": [' + b",".join(b"[]" for _ in range(300_000)) + b"]}",
    b'{"email": "' + b"\\u0041" * 170_000 + b'", "password": "x"}',
    b'{"email": "' + b"a@" * 500_000 + b'", "password": "x"}',
    b'{"email": "a@' + b"a." * 120 + b'com", "password": "x"}',
    b'{"email": ' + b"9" * 1_000_000 + b', "password": "x"}',
    b'{"email": 1e' + b"9" * 1_000_000 + b', "password": "x"}',
    b'{"email": "' + b'\\"' * 500_000,
    b'{"settings": {' + b",".join(b'"k%d": {"a": [1]}' % number for number in range(40_000)) + b"}}",
], ids=lambda body: repr(body[:24]))  # fmt: skip
def test_a_body_of_the_greatest_size_costs_little(api: Api, person: Person, body: bytes) -> None:
    assert len(body) <= LIMIT + 100_000
    for method, path in (("POST", LOGIN), ("PATCH", "/api/auth/profile"), ("POST", "/api/transactions/bulk")):
        headers = {"Authorization": f"Bearer {person.access_token}", "Content-Type": "application/json"}
        began = time.monotonic()
        answer = requests.request(method, f"{api.address}{path}", data=body, headers=headers, timeout=20)
        assert answer.status_code in (400, 401, 413, 422), (path, answer.status_code)
        assert len(answer.content) < 20_000
        assert time.monotonic() - began < 5
    assert (
        requests.post(f"{api.address}{LOGIN}", json={"email": new_email(), "password": "x"}, timeout=10).status_code
        == 401
    )
