"""Which methods a path has, where werkzeug's own account of it is off."""

from functools import lru_cache

from flask import request
from flask.globals import request_ctx
from werkzeug.routing import Map


def with_slash() -> list[str]:
    """The methods of an unknown path's other slash form, which werkzeug leaves out of its 405."""
    adapter = request_ctx.url_adapter
    if request.url_rule is not None or adapter is None:
        return []
    return sorted(adapter.allowed_methods(f"{request.path.rstrip('/')}/"))


def of_fixed_path() -> list[str]:
    """The methods of a path such as /api/transactions/bulk by itself, not those it would have as an id."""
    adapter = request_ctx.url_adapter
    return _fixed_paths(adapter.map).get(request.path.rstrip("/"), []) if adapter else []


@lru_cache(maxsize=2)
def _fixed_paths(url_map: Map) -> dict[str, list[str]]:
    paths: dict[str, set[str]] = {}
    for rule in url_map.iter_rules():
        if not rule.arguments:
            paths.setdefault(rule.rule.rstrip("/"), set()).update(rule.methods or ())
    return {path: sorted(methods) for path, methods in paths.items()}
