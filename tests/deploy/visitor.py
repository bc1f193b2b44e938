"""Clients of the public side: by name and certificate, from any address of this host, and as raw bytes."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.deploy.proxy import NAME, Nginx


class Answer(NamedTuple):
    """What came back; `headers` keeps those that came more than once."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code inside the envelope of a failure."""
        assert self.json["status"] == ("fail" if self.status < 500 else "error")
        assert self.json["data"]["message"] == self.json["message"]
        return str(self.json["data"]["code"])


class Connection(http.client.HTTPSConnection):
    """A connection to Nginx that asks for the site by its name, wherever it listens."""

    def __init__(self, nginx: Nginx, address: str = "127.0.0.1", timeout: float = 60) -> None:
        trust = ssl.create_default_context(cafile=str(nginx.certificate))
        super().__init__(NAME, nginx.port, timeout=timeout, context=trust)
        self.nginx, self.address = nginx, address

    def connect(self) -> None:
        """TLS from the chosen source address."""
        self.sock = secured(self.nginx, self.address, self.timeout)


class Visitor:
    """Makes each request on a new connection."""

    def __init__(self, nginx: Nginx, address: str = "127.0.0.1") -> None:
        self.nginx, self.address = nginx, address

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """`headers` by names with _ for -; a body that is not bytes is sent as JSON."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            names.setdefault("Content-Type", "application/json")
        connection = Connection(self.nginx, self.address)
        try:
            return ask(connection, method, path, body, names)
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("POST", path, body, **headers)

    def plain(self, method: str, path: str, host: str = NAME) -> Answer:
        """The same over HTTP without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.nginx.plain_port, timeout=20)
        try:
            return ask(connection, method, path, None, {"Host": host})
        finally:
            connection.close()


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    """One request on an open connection."""
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def secured(nginx: Nginx, address: str = "127.0.0.1", timeout: float | None = 60) -> ssl.SSLSocket:
    """A TLS connection from a source address."""
    trust = ssl.create_default_context(cafile=str(nginx.certificate))
    plain = socket.create_connection(("127.0.0.1", nginx.port), timeout=timeout, source_address=(address, 0))
    return trust.wrap_socket(plain, server_hostname=NAME)


@contextmanager
def many(nginx: Nginx, addresses: list[str], beginning: bytes) -> Iterator[list[ssl.SSLSocket]]:
    """Connections that have each sent a beginning and then say nothing."""
    opened: list[ssl.SSLSocket] = []

    def begin(address: str) -> None:
        connection = secured(nginx, address)
        opened.append(connection)
        connection.sendall(beginning)

    try:
        # Many at a time, or on a slow machine the first would be hung up on before the last is there.
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(begin, addresses))
        yield opened
    finally:
        for connection in opened:
            connection.close()
