"""Path, query and header parameters of an operation."""

import re
from typing import Any

from werkzeug.routing import Rule

from app.core.contract import Contract
from app.core.openapi.responses import IDEMPOTENCY_KEY, IF_NONE_MATCH, NOT_MODIFIED
from app.core.openapi.shapes import EXAMPLE_ID, Schema, Shapes
from app.core.types import PLAIN_TEXT

NULL = {"type": "null"}


def template(rule: Rule) -> str:
    """A rule's path as OpenAPI writes it: /api/budgets/<budget_id> is /api/budgets/{budget_id}."""
    return re.sub(r"<(?:[^<>]*:)?([^<>]+)>", r"{\1}", rule.rule)


def parameters(spec: Contract, shapes: Shapes) -> list[Schema]:
    """The `parameters` of an operation."""
    listed = [_path_parameter(name, kind) for name, kind in spec.path.items()]
    if spec.query:
        schema = shapes.resolve(shapes.of(spec.query))
        required = schema.get("required", [])
        listed += [_query_parameter(name, part, name in required) for name, part in schema["properties"].items()]
    if spec.idempotent:
        listed.append(IDEMPOTENCY_KEY)
    if NOT_MODIFIED in spec.returns:
        listed.append(IF_NONE_MATCH)
    return listed


def _path_parameter(name: str, kind: type) -> Schema:
    parameter = {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The {name.replace('_', ' ')}.",
    }
    if kind is str:
        return {**parameter, "schema": {"type": "string", "minLength": 1}}
    return {**parameter, "schema": {"type": "string", "pattern": "^[0-9a-f]{24}$"}, "example": EXAMPLE_ID}


def _query_parameter(name: str, schema: Schema, required: bool) -> Schema:
    schema = _without_null(schema)
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": required}
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    return {**parameter, "allowEmptyValue": True, "schema": schema}


def _without_null(schema: Schema) -> Schema:
    # A query has no null: an absent parameter is absent.
    schema = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    kept = [part for part in schema.get("anyOf", []) if part != NULL]
    if len(kept) == 1:
        del schema["anyOf"]
        schema = {**kept[0], **schema}
    elif kept:
        schema["anyOf"] = kept
    if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const"}:
        schema["pattern"] = PLAIN_TEXT
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    return schema
