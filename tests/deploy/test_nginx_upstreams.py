"""deploy/nginx/finsight.conf before instances that fail: what is asked again, what never, and what clients see."""

import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.proxy import Nginx
from tests.deploy.upstream import Upstream, listening
from tests.deploy.visitor import Visitor, secured

pytestmark = pytest.mark.slow
ORIGIN = "https://app.example.com"
FORGED = {
    "X_Forwarded_For": "203.0.113.1",
    "X_Forwarded_Proto": "http",
    "X_Forwarded_Host": "evil.example.com",
    "X_Forwarded_Port": "80",
    "X_Forwarded_Prefix": "/evil",
    "X_Real_IP": "203.0.113.1",
    "Forwarded": "for=203.0.113.1",
}


@pytest.fixture(scope="module")
def sockets() -> Iterator[list[Path]]:
    """Names for the two instances; short, as a Unix socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="finsight-deploy-") as folder:
        yield [Path(folder) / name for name in ("backend.sock", "backend-2.sock")]


@pytest.fixture(scope="module")
def impatient(sockets: list[Path]) -> Iterator[Nginx]:
    """An Nginx that waits a second for answers."""
    running = Nginx(sockets[0].parent, [f"unix:{path}" for path in sockets], patience="1s")
    with running.serving():
        yield running


@pytest.fixture
def visitor(impatient: Nginx) -> Visitor:
    return Visitor(impatient)


@pytest.fixture
def first(sockets: list[Path]) -> Iterator[Upstream]:
    with listening(sockets[0]) as upstream:
        yield upstream


@pytest.fixture
def second(sockets: list[Path]) -> Iterator[Upstream]:
    with listening(sockets[1]) as upstream:
        yield upstream


def test_a_post_that_may_have_been_acted_on_is_not_sent_again(
    visitor: Visitor, first: Upstream, second: Upstream
) -> None:
    for method in ("POST", "PATCH"):
        answer = visitor.request(method, "/dies", {}, Origin=ORIGIN)
        assert (answer.status, answer.code) == (502, "bad_gateway")
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.headers["Retry-After"] == "2"
        assert (first.lines() + second.lines()).count(f"{method} /dies") == 1


def test_what_only_reads_is(visitor: Visitor, first: Upstream, second: Upstream) -> None:
    assert visitor.get("/dies").status == 502
    assert (first.lines(), second.lines()) == (["GET /dies"], ["GET /dies"])


def test_nothing_is_sent_again_after_a_time_out(visitor: Visitor, first: Upstream, second: Upstream) -> None:
    for method in ("GET", "POST"):
        answer = visitor.request(method, "/hangs", Origin=ORIGIN)
        assert (answer.status, answer.code) == (504, "gateway_timeout")
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert (first.lines() + second.lines()).count(f"{method} /hangs") == 1


@pytest.mark.parametrize("alone", [0, 1])
def test_with_one_instance_gone_the_other_gets_everything(visitor: Visitor, sockets: list[Path], alone: int) -> None:
    with listening(sockets[alone]) as left:
        answers = [visitor.post("/", {}) for _ in range(20)]
    assert [answer.status for answer in answers] == [200] * 20
    assert left.lines() == ["POST /"] * 20


def test_with_both_gone_it_is_said_in_the_envelope_and_over_at_once(
    visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    answer = visitor.get("/api/transactions/", Origin=ORIGIN, X_Request_ID="ours-1")
    assert (answer.status, answer.code) == (502, "bad_gateway")
    assert answer.json["data"]["request_id"] == "ours-1"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    request.getfixturevalue("second")
    assert visitor.get("/api/transactions/").status == 200


def test_both_get_their_share_on_connections_that_are_kept(visitor: Visitor, first: Upstream, second: Upstream) -> None:
    for _ in range(20):
        assert visitor.get("/").status == 200
    assert len(first.lines()) + len(second.lines()) == 20
    assert min(len(first.lines()), len(second.lines())) >= 5
    assert {headers["Connection"] for _, headers in first.asked + second.asked} == {None}


def test_the_service_hears_only_what_nginx_knows_itself(impatient: Nginx, first: Upstream) -> None:
    Visitor(impatient, "127.0.0.9").get("/", **FORGED, Upgrade="h2c", Connection="upgrade")
    ((_, headers),) = first.asked
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.9"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]
    assert headers["Host"] == "api.example.com"
    heard = {name.lower() for name in headers}
    assert not heard & {"x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-real-ip", "forwarded"}
    assert not heard & {"upgrade", "connection"}


def test_a_websocket_is_passed_through(impatient: Nginx, first: Upstream) -> None:
    opening = (
        b"GET /ws/notifications?ticket=secret HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with secured(impatient) as connection:
        connection.sendall(opening)
        assert received(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        for message in (b"\x81\x85one", b"\x81\x85two"):
            connection.sendall(message)
            assert received(connection, message) == message
    ((line, headers),) = first.asked
    assert line == "GET /ws/notifications?ticket=secret"
    assert headers["Sec-WebSocket-Key"] == "dGhlIHNhbXBsZSBub25jZQ=="


def received(connection: ssl.SSLSocket, end: bytes) -> bytes:
    """What comes up to an end."""
    so_far = b""
    while not so_far.endswith(end):
        part = connection.recv(1000)
        assert part, so_far
        so_far += part
    return so_far
