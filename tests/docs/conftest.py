"""The document, and the app listening on a port."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class KeepAlive(WSGIRequestHandler):
    """Connections that last, as browsers and load generators expect."""

    protocol_version = "HTTP/1.1"


@pytest.fixture(scope="session")
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/apispec.json")
    assert answer.status_code == 200
    return answer.json


@pytest.fixture(scope="session")
def live_url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=KeepAlive)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
