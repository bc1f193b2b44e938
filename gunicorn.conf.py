"""How gunicorn serves `run:app`, in development and in production."""

import os
import shutil
import tempfile
from typing import Any

# Before any worker imports prometheus_client, which looks at this variable only once.
own_metrics = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if own_metrics:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="finsight-metrics-")

# 127.0.0.1 unless told otherwise: in a container, where only its network can reach it.
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 5000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
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

# gunicorn believes no forwarded header; the application's ProxyFix decides by TRUSTED_PROXIES.
forwarded_allow_ips = ""


def on_exit(_server: Any) -> None:
    """Remove the folder for the counters if it was made above."""
    if own_metrics:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
