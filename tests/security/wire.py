"""HTTP as bytes, for what no client library would send."""

import re
import socket
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 15.0


class Answer(NamedTuple):
    """One response as it came."""

    status: int
    headers: dict[str, str]
    raw: bytes


def connected(address: str) -> socket.socket:
    """A connection to a server."""
    url = urlsplit(address)
    return socket.create_connection((url.hostname, url.port), timeout=SECONDS)


def exchange(address: str, *parts: bytes) -> bytes:
    """All that comes back on one connection for these bytes, until the server closes it."""
    with connected(address) as connection:
        with suppress(OSError):  # it may have answered and hung up before it read everything
            for part in parts:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
        return received(connection)


def received(connection: socket.socket) -> bytes:
    pieces = []
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def answers(raw: bytes) -> list[Answer]:
    """The responses in what came back."""
    starts = [match.start() for match in re.finditer(rb"HTTP/1\.[01] \d{3} ", raw)]
    return [answer(raw[start:end]) for start, end in pairwise([*starts, len(raw)])]


def answer(raw: bytes) -> Answer:
    head, _, _ = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in headers.items()}, raw)


def request(method: str, path: str, *lines: str, body: bytes = b"", close: bool = True) -> bytes:
    """A request with these header lines, as they are."""
    head = [f"{method} {path} HTTP/1.1", "Host: api.example.com", *(["Connection: close"] if close else []), *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body
