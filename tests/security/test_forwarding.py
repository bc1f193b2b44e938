"""Forged forwarding headers on a real gunicorn behind 0, 1 and 2 trusted proxies."""

import re
from functools import cache
from itertools import chain

import pytest
import requests

from tests.factories import PASSWORD, new_email
from tests.processes import Api
from tests.security.conftest import Serve
from tests.security.wire import answers, exchange, request

DIRECT = "127.0.0.1"
FORGED, MIDDLE, OWN = "192.0.2.66", "198.51.100.3", "203.0.113.7"
# What arrives, and who that is behind 0, 1 and 2 proxies. Each proxy adds whom it heard on the right.
ADDRESSES: list[tuple[list[str], tuple[str, str, str]]] = [
    ([], (DIRECT, DIRECT, DIRECT)),
    (["X-Forwarded-For: "], (DIRECT, DIRECT, DIRECT)),
    ([f"X-Forwarded-For: {OWN}"], (DIRECT, OWN, DIRECT)),
    ([f"X-Forwarded-For: {FORGED}, {OWN}"], (DIRECT, OWN, FORGED)),
    ([f"X-Forwarded-For: {FORGED}, {OWN}, {MIDDLE}"], (DIRECT, MIDDLE, OWN)),
    ([f"X-Forwarded-For: {FORGED}", f"X-Forwarded-For: {OWN}, {MIDDLE}"], (DIRECT, MIDDLE, OWN)),
    ([f"X-Forwarded-For: {FORGED}", f"X-Forwarded-For: {OWN}", f"x-forwarded-for: {MIDDLE}"], (DIRECT, MIDDLE, OWN)),
    ([f"X_Forwarded_For: {FORGED}"], (DIRECT, DIRECT, DIRECT)),
    ([f"X_Forwarded_For: {FORGED}", f"X-Forwarded-For: {OWN}"], (DIRECT, OWN, DIRECT)),
    ([f"X-Forwarded-For : {FORGED}"], ("", "", "")),
    ([f"X-Real-IP: {FORGED}", f"Forwarded: for={FORGED};proto=https"], (DIRECT, DIRECT, DIRECT)),
    ([f"X-Forwarded-For: {OWN}", f"X-Real-IP: {FORGED}", f"Forwarded: for={FORGED}"], (DIRECT, OWN, DIRECT)),
    ([f"X-Forwarded-For: {FORGED},,, {OWN}, {MIDDLE}"], (DIRECT, MIDDLE, OWN)),
]
# And whether that is taken for TLS.
SCHEMES: list[tuple[list[str], tuple[bool, bool, bool]]] = [
    ([], (False, False, False)),
    (["X-Forwarded-Proto: https"], (False, True, False)),
    (["X-Forwarded-Proto: https, http"], (False, False, True)),
    (["X-Forwarded-Proto: http, https"], (False, True, False)),
    (["X-Forwarded-Proto: https, http, http"], (False, False, False)),
    (["X_Forwarded_Proto: https"], (False, False, False)),
    (["X-Forwarded-Protocol: ssl", "X-Forwarded-Ssl: on", "X-Url-Scheme: https", "Front-End-Https: on"], (False,) * 3),
    (["Forwarded: for=192.0.2.1;proto=https", "X-Forwarded-Scheme: https"], (False, False, False)),
]
ELSEWHERE = "evil.example.net"
PLACES = [
    [f"X-Forwarded-Host: {ELSEWHERE}"],
    [f"X-Host: {ELSEWHERE}", f"X-Forwarded-Server: {ELSEWHERE}"],
    [f"Forwarded: host={ELSEWHERE}"],
    ["X-Forwarded-Prefix: /evil.example.net"],
    ["X-Forwarded-Port: 6666"],
    ["X-Script-Name: /evil.example.net", "Script-Name: /evil.example.net", "SCRIPT_NAME: /evil.example.net"],
    ["X-Original-URL: /metrics", "X-Rewrite-URL: /metrics"],
    ["PATH_INFO: /metrics", "Path-Info: /metrics"],
]
PAGES = ("/", "/health/live", "/api/apispec.json", "/api/docs", "/nope", "/api/transactions/categories")


@pytest.fixture(scope="module")
def behind(serve: Serve) -> object:
    """A gunicorn by the number of proxies it trusts."""
    return cache(lambda proxies: serve(TRUSTED_PROXIES=proxies))


@pytest.fixture(params=[0, 1, 2], ids="{} proxies".format)
def proxied(request: pytest.FixtureRequest, behind: object) -> tuple[int, Api]:
    return request.param, behind(request.param)  # type: ignore[operator]


def post(api: Api, path: str, body: str, *lines: str) -> bytes:
    head = ("Content-Type: application/json", f"Content-Length: {len(body)}", *lines)
    return exchange(api.address, request("POST", path, *head, body=body.encode()))


def test_the_address_of_a_session_is_what_the_trusted_proxies_say(proxied: tuple[int, Api]) -> None:
    proxies, api = proxied
    account = f'{{"email": "{new_email()}", "password": "{PASSWORD}"}}'
    assert answers(post(api, "/api/auth/register", account))[0].status == 201
    for lines, addresses in ADDRESSES:
        (found,) = answers(post(api, "/api/auth/login", account, *lines))
        if not addresses[proxies]:
            assert found.status == 400, "a header that is not well-formed"
            continue
        token = re.search(rb'"access_token": ?"([^"]+)"', found.raw)
        assert token, found.raw
        headers = {"Authorization": f"Bearer {token[1].decode()}"}
        sessions = requests.get(f"{api.address}/api/auth/sessions", headers=headers, timeout=10).json()["data"][
            "sessions"
        ]
        (current,) = (session["ip"] for session in sessions if session["current"])
        assert current == addresses[proxies], lines


def test_tls_is_what_the_trusted_proxies_say(proxied: tuple[int, Api]) -> None:
    proxies, api = proxied
    for lines, secure in SCHEMES:
        (found,) = answers(exchange(api.address, request("GET", "/health/live", *lines)))
        assert ("strict-transport-security" in found.headers) == secure[proxies], lines


def test_no_header_says_where_we_are(proxied: tuple[int, Api]) -> None:
    _, api = proxied
    for page in PAGES:
        plain = seen(api, page)
        assert plain[0] in (200, 404)
        for lines in (*PLACES, list(chain(*PLACES))):
            assert seen(api, page, *lines) == plain, (page, lines)


def seen(api: Api, page: str, *lines: str) -> tuple[int, bytes]:
    """Status and body, without what differs every time."""
    (found,) = answers(exchange(api.address, request("GET", page, "X-Request-ID: ours", *lines)))
    assert ELSEWHERE.encode() not in found.raw
    assert "location" not in found.headers
    body = found.raw.partition(b"\r\n\r\n")[2]
    return found.status, re.sub(rb"nonce(-|=\")[\w-]+", b"nonce", body)


def test_a_forged_host_is_nowhere_in_an_answer(proxied: tuple[int, Api]) -> None:
    _, api = proxied
    for page in PAGES:
        raw = f"GET {page} HTTP/1.1\r\nHost: {ELSEWHERE}\r\nConnection: close\r\n\r\n".encode()
        assert ELSEWHERE.encode() not in exchange(api.address, raw), page


def test_metrics_are_not_shown_through_a_proxy(proxied: tuple[int, Api]) -> None:
    _, api = proxied
    assert requests.get(f"{api.address}/metrics", timeout=10).status_code == 200
    for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"):
        for value in (DIRECT, "", ","):
            assert requests.get(f"{api.address}/metrics", headers={name: value}, timeout=10).status_code == 404, name
