"""Headers every answer carries."""

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
PRIVATE = "no-store"


def add(response: Response) -> Response:
    """Security headers, and the rate limits under both of their names."""
    response.headers.extend(FIXED)
    response.headers.setdefault("Content-Security-Policy", API_POLICY)
    response.headers.setdefault("Cache-Control", PRIVATE)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    for name in ("Limit", "Remaining", "Reset"):
        value = response.headers.get(f"X-RateLimit-{name}")
        if value is not None:
            response.headers[f"RateLimit-{name}"] = value
    return response


def init_app(app: Flask) -> None:
    """Trust exactly the configured number of proxies, and set the headers last of all."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.after_request(add)
