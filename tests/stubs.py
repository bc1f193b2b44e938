"""Running a local HTTP server that stands in for somebody else's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

POLL_SECONDS = 0.02  # how soon it notices that it is to end


class Stub(ThreadingHTTPServer):
    """Listens on a free port; handlers that hang on purpose wait for `released`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.released = threading.Event()


S = TypeVar("S", bound=Stub)


@contextmanager
def serving(stub: S) -> Iterator[S]:
    thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": POLL_SECONDS}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.released.set()
        stub.shutdown()
        stub.server_close()
        thread.join()
