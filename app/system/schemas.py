"""Shapes of the service's own routes."""

from typing import Literal

from app.core.types import Out

Check = Literal["ok", "down"]


class ServiceOut(Out):
    """Name, version and where the documentation is."""

    model_config = {"json_schema_extra": {"examples": [{"name": "FinSight", "version": "0.1.0", "docs": "/api/docs"}]}}

    name: str
    version: str
    docs: str


class ChecksOut(Out):
    """Each part the service needs."""

    mongodb: Check
    redis: Check


class HealthyOut(Out):
    """The service can do its work."""

    status: Literal["healthy"]
    checks: ChecksOut


class UnhealthyOut(Out):
    """A part is down."""

    model_config = {
        "json_schema_extra": {"examples": [{"status": "unhealthy", "checks": {"mongodb": "down", "redis": "ok"}}]}
    }

    status: Literal["unhealthy"]
    checks: ChecksOut


class LiveOut(Out):
    """The process is alive."""

    status: Literal["alive"]
