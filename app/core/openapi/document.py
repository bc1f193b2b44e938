"""Every view with a contract → one OpenAPI 3.1 document."""

import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app import VERSION
from app.core.contract import Contract
from app.core.openapi.parameters import parameters, template
from app.core.openapi.responses import HEADERS, failure_components, numbered, responses
from app.core.openapi.shapes import Schema, Shapes
from app.core.uploads import FORM
from app.utils import JSON

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OWN_TAG = "Service"
DESCRIPTION = """Expenses, budgets and insights.

Register, sign in, and give the access token to **Authorize** (`bearerAuth`). Successes are
`{"status": "success", "data": …}`; failures carry a `code` for programs and a `message` for people.
Every path answers with and without a trailing slash. A query parameter given as an empty string
counts as absent, an unknown one is ignored."""
SECURITY_SCHEMES = {
    "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token."},
    "refreshAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The refresh token."},
}
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "none": [],
    "access": [{"bearerAuth": []}],
    "refresh": [{"refreshAuth": []}],
    "any": [{"bearerAuth": []}, {"refreshAuth": []}],
}


@dataclass(frozen=True)
class Operation:
    """One method of one path, and the view behind it."""

    method: str
    rule: Rule
    view: Callable[..., Any]
    tag: str
    id: str

    @property
    def spec(self) -> Contract:
        """The view's contract."""
        return self.view.contract  # type: ignore[attr-defined]

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        return template(self.rule)


def describe(app: Flask) -> Schema:
    """The OpenAPI document of an app: https://spec.openapis.org/oas/v3.1.1."""
    operations = find_operations(app)
    contracts = [operation.spec for operation in operations]
    shapes = Shapes(contracts)
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, operations, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "FinSight API", "version": VERSION, "description": DESCRIPTION, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "tags": _tags(app, operations),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(shapes.components.items())),
            "responses": failure_components(contracts),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def find_operations(app: Flask) -> list[Operation]:
    """Every method of every rule whose view has a contract, in the order they were registered."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "contract"):
            found += [(method, rule, view) for method in METHODS if method in (rule.methods or ())]
    uses = Counter(view for _, _, view in found)
    return [
        Operation(method, rule, view, _tag(rule), _id(view.__name__, method if uses[view] > 1 else ""))
        for method, rule, view in found
    ]


def _id(name: str, method: str) -> str:
    # Without underscores, which Swagger UI takes for spaces in the links to an operation.
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in (*others, method))


def _tag(rule: Rule) -> str:
    name = rule.endpoint.rpartition(".")[0]
    return OWN_TAG if name == "flasgger" else name


def _tags(app: Flask, operations: list[Operation]) -> list[Schema]:
    names = dict.fromkeys(operation.tag for operation in operations)
    ordered = [name for name in app.blueprints if name in names]
    return [{"name": name, "description": _purpose(app.blueprints[name].import_name)} for name in ordered]


def _purpose(module: str) -> str:
    return inspect.cleandoc(sys.modules[module].__doc__ or "")


def _describe(operation: Operation, operations: list[Operation], shapes: Shapes) -> Schema:
    summary, _, description = inspect.cleandoc(operation.view.__doc__ or "").partition("\n\n")
    spec = operation.spec
    described: Schema = {
        "tags": [operation.tag],
        "summary": summary.rstrip("."),
        "description": description or summary,
        "operationId": operation.id,
        "security": SECURITY[spec.auth],
    }
    listed = parameters(spec, shapes)
    if listed:
        described["parameters"] = listed
    if spec.body or spec.upload:
        described["requestBody"] = _request_body(spec, shapes)
    described["responses"] = responses(spec, shapes)
    for status in {"201", "202"} & described["responses"].keys():
        links = _links(operation, operations, shapes, int(status))
        if links:
            described["responses"][status]["links"] = links
    return described


def _request_body(spec: Contract, shapes: Shapes) -> Schema:
    taken = {FORM: spec.upload, JSON: spec.body}
    schemas = {media_type: shapes.of(adapter) for media_type, adapter in taken.items() if adapter}
    content = {
        media_type: {"schema": schema, "examples": numbered(shapes.samples(schema))}
        for media_type, schema in schemas.items()
    }
    return {"required": True, "content": content}


def _links(operation: Operation, operations: list[Operation], shapes: Shapes, status: int) -> Schema:
    """From the answer that made something to the operations that take its id."""
    given = shapes.resolve(shapes.of(operation.spec.returns[status])).get("properties", {})
    links = {}
    for other in operations:
        names = re.findall(r"{(\w+)}", other.path)
        if operation.method != "POST" or len(names) != 1 or not other.path.startswith(operation.path.rstrip("/") + "/"):
            continue
        field = "_id" if "_id" in given else names[0]
        if field in given:
            links[other.id] = {"operationId": other.id, "parameters": {names[0]: f"$response.body#/data/{field}"}}
    return links
