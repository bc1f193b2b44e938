"""Contracts → the OpenAPI document that flasgger serves, and Swagger UI to read it with."""

from app.core.openapi.pages import init_app

__all__ = ["init_app"]
