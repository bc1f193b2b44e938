"""The service's own routes, outside /api and public."""

from typing import Any

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from app import VERSION
from app.core import metrics
from app.core.contract import contract
from app.core.errors import NotFound
from app.system import service
from app.system.schemas import HealthyOut, LiveOut, ServiceOut, UnhealthyOut

bp = Blueprint("Service", __name__)
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@bp.get("/")
@contract(auth="none", returns={200: ServiceOut})
def about() -> dict[str, str]:
    """What this service is.

    Its name, its version and where its documentation is.
    """
    return {"name": "FinSight", "version": VERSION, "docs": "/api/docs"}


@bp.get("/health")
@contract(auth="none", bare=True, returns={200: HealthyOut, 503: UnhealthyOut})
def health() -> tuple[dict[str, Any], int]:
    """Whether the service can work.

    Answers within 3 seconds whatever is down, and names the part that is.
    """
    return service.health()


@bp.get("/health/live")
@contract(auth="none", bare=True, returns={200: LiveOut})
def live() -> dict[str, str]:
    """Whether the process is alive.

    For orchestrators: needs neither MongoDB nor Redis.
    """
    return {"status": "alive"}


@bp.get("/health/ready")
@contract(auth="none", bare=True, returns={200: HealthyOut, 503: UnhealthyOut})
def ready() -> tuple[dict[str, Any], int]:
    """Whether the process should get requests.

    For orchestrators: 503 while MongoDB or Redis is down.
    """
    return service.health()


@bp.get("/metrics")
@contract(auth="none", bare=True, returns={200: str}, raises=(NotFound,), media_type="text/plain")
def prometheus() -> Response:
    """Metrics for Prometheus.

    Requests by route template, method and status, and tasks. Not found through a proxy: it is for the inside.
    """
    if any(name in request.headers for name in PROXY_HEADERS):
        raise NotFound()
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
