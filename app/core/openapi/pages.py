"""Flasgger serving the finished document, and Swagger UI without any other host."""

import secrets
from collections.abc import Callable
from importlib.resources import files
from threading import Lock
from typing import Any

from flasgger import Swagger
from flasgger.base import APIDocsView, APISpecsView
from flask import Blueprint, Flask, Response, g, request

from app.core.contract import contract
from app.core.openapi.document import describe
from app.utils import JSON

PAGE, DOCUMENT = "/api/docs", "/api/apispec.json"
ENDPOINT = "apispec"
CONFIG: dict[str, Any] = {
    "title": "FinSight API",
    "openapi": "3.1.0",
    "headers": [],
    "specs": [{"endpoint": ENDPOINT, "route": DOCUMENT, "rule_filter": lambda _: False}],
    "auth": {},
    "hide_top_bar": True,
    "ui_params": {"persistAuthorization": True, "deepLinking": True, "validatorUrl": None, "docExpansion": "list"},
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSETS_KEPT = "public, max-age=86400"
REVALIDATED = "no-cache"


class Documentation(Swagger):
    """Flasgger with our routes only: its own add a page for OAuth and a redirect."""

    def register_views(self, app: Flask) -> None:
        """The page, the document, and Swagger UI's files as the flask-swagger-ui wheel has them."""
        blueprint = Blueprint(
            "flasgger",
            __name__,
            static_folder=str(files("flask_swagger_ui") / "dist"),
            static_url_path=f"{PAGE}/assets",
        )
        page = APIDocsView.as_view("apidocs", view_args={"config": self.config})
        document = APISpecsView.as_view(ENDPOINT, loader=self._load)
        blueprint.add_url_rule(PAGE, "apidocs", _page(page))
        blueprint.add_url_rule(DOCUMENT, ENDPOINT, _document(document))
        blueprint.after_request(_headers)
        app.register_blueprint(blueprint)

    def _load(self) -> dict[str, Any]:
        self.template = describe(self.app)
        return self.get_apispecs(ENDPOINT)


def _page(view: Callable[[], str]) -> Callable[..., Response]:
    @contract(auth="none", bare=True, returns={200: str}, media_type="text/html")
    def documentation() -> Response:
        """Swagger UI.

        This documentation, to read and to try. It works offline.
        """
        g.nonce = secrets.token_urlsafe(16)
        response = Response(view(), mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=g.nonce)
        return response

    return documentation


def _document(view: Callable[[], Response]) -> Callable[..., Response]:
    made: list[bytes] = []
    lock = Lock()

    def made_once() -> bytes:
        with lock:  # when first asked for: a worker or a command never needs it
            if not made:
                made.append(view().get_data())
        return made[0]

    @contract(auth="none", bare=True, returns={200: dict[str, Any], 304: None})
    def openapi_document() -> Response:
        """The OpenAPI 3.1 document.

        Every route, what it takes and every answer it can give.
        """
        response = Response(made_once(), mimetype=JSON)
        response.add_etag()
        response.make_conditional(request)
        return response

    return openapi_document


def _headers(response: Response) -> Response:
    kept = ASSETS_KEPT if request.endpoint == "flasgger.static" and response.status_code < 400 else REVALIDATED
    response.headers["Cache-Control"] = kept
    return response


def init_app(app: Flask) -> None:
    """Serve the document and Swagger UI; last of all, when every other route is known."""
    Documentation(app, config=CONFIG)
