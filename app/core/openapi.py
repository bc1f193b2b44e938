"""Contracts → the OpenAPI document that flasgger serves."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Serve the document and Swagger UI."""
