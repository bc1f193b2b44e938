"""Shapes of the service's own routes."""

from typing import Literal

from app.core.types import Out

Check = Literal["ok", "down"]


class ServiceOut(Out):
    """Name, version and where the documentation is."""

    name: str
    version: str
    docs: str


class ChecksOut(Out):
    """Each part the service needs."""

    mongodb: Check
    redis: Check


class HealthOut(Out):
    """Whether the service can do its work."""

    status: Literal["healthy", "unhealthy"]
    checks: ChecksOut


class LiveOut(Out):
    """The process is alive."""

    status: Literal["alive"]
