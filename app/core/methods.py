"""Which methods a path has, where werkzeug's own account of it is off."""

from flask import request
from flask.globals import request_ctx


def with_slash() -> list[str]:
    """The methods of an unknown path's other slash form, which werkzeug leaves out of its 405."""
    adapter = request_ctx.url_adapter
    if request.url_rule is not None or adapter is None:
        return []
    return sorted(adapter.allowed_methods(f"{request.path.rstrip('/')}/"))


def of_fixed_path() -> list[str]:
    """The methods of a path such as /api/transactions/bulk by itself, not those it would have as an id."""
    adapter, here = request_ctx.url_adapter, request.path.rstrip("/")
    rules = adapter.map.iter_rules() if adapter else []
    fixed = [rule.methods or set() for rule in rules if not rule.arguments and rule.rule.rstrip("/") == here]
    return sorted(set().union(*fixed))
