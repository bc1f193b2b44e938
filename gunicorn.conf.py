"""How gunicorn serves `run:app`, in development and in production."""

import os
import shutil
import tempfile
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Before any worker imports prometheus_client, which looks at this variable only once.
own_metrics = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if own_metrics:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="finsight-metrics-")


class DrainingWorker(ThreadWorker):
    """gthread that, told to stop, first takes every connection the kernel has already accepted for it.

    Left waiting they would be reset when the worker ends, with the requests in them. Of a Unix socket none is lost:
    the master has removed its name before.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop accepting for good once the worker is to end."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self.take_waiting(listener)
                listener.close()

    def take_waiting(self, listener: Any) -> None:
        """Accept until nothing waits."""
        taken = -1
        while taken < self.nr_conns:
            taken = self.nr_conns
            self.accept(listener)


# 127.0.0.1 unless told otherwise: in a container, where only its network can reach it.
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 5000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = DrainingWorker
# The application is loaded before the sockets are there: nobody waits for an instance that is still starting.
preload_app = True
threads = 16
timeout = 30
graceful_timeout = 25
keepalive = 5

# Longer ones are refused before the application sees them: with a bare 400, outside its envelope.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# The application logs its requests itself, without query strings, which may hold personal data.
accesslog = None
errorlog = "-"

# One socket in the home directory, shared by every gunicorn of the user, for a tool nobody here uses.
control_socket_disable = True

# gunicorn believes no forwarded header, of a Unix socket's peers neither; the application's ProxyFix decides by
# TRUSTED_PROXIES.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}


def on_exit(_server: Any) -> None:
    """Remove the folder for the counters if it was made above."""
    if own_metrics:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
