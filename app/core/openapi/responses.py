"""What an operation answers: every status that its contract, its guard and its parser can give."""

from http import HTTPStatus
from typing import Any

from app.core import errors
from app.core.contract import Contract
from app.core.idempotency import HEADER, LONGEST_KEY
from app.core.openapi.shapes import PREFIX, Schema, Shapes
from app.core.types import PLAIN_TEXT
from app.utils import JSON

REQUEST_ID = "3f9c1b7e5a2d4c6e8f0a1b2c3d4e5f60"
WHOLE_NUMBER = {"type": "string", "pattern": "^[0-9]+$"}
NOT_MODIFIED = 304
BINARY = "binary"  # of a file, for which there is no example
RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "Names this request in the logs; the client's own if it sent one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": WHOLE_NUMBER},
    "WWW-Authenticate": {"description": "Bearer.", "required": True, "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "Present when this is the kept answer to an earlier request with the same key.",
        "schema": {"const": "true"},
    },
    "ETag": {
        "description": "Names this very answer; sent back as If-None-Match, it is answered with 304 while it stands.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RateLimit-Limit": {"description": "Requests allowed in the window.", "schema": WHOLE_NUMBER},
    "RateLimit-Remaining": {"description": "Requests left in the window.", "schema": WHOLE_NUMBER},
    "RateLimit-Reset": {"description": "When the window ends, in epoch seconds.", "schema": WHOLE_NUMBER},
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "description": "Makes sending this request again safe: the same key with the same body gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": PLAIN_TEXT},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer you have: 304 without a body if it is still the same.",
    "schema": {"type": "string"},
}

Errors = list[type[errors.AppError]]


def possible_errors(spec: Contract) -> Errors:
    """The errors a contract declares, and those its guard and parser can give."""
    private = spec.auth != "none"
    implied: list[tuple[bool, Errors]] = [
        (private, [errors.Unauthorized]),
        (bool(spec.upload), [errors.BadRequest, errors.FileTooLarge, errors.UnsupportedFile, errors.Invalid]),
        (bool(spec.body or spec.upload), [errors.UnsupportedMediaType]),
        (bool(spec.body), [errors.BadRequest]),
        (bool(spec.body and not spec.upload), [errors.TooLarge]),
        (bool(spec.body or spec.query or spec.idempotent), [errors.Invalid]),
        (bool(spec.path), [errors.NotFound]),
        (spec.idempotent, [errors.Conflict]),
        (bool(spec.limits), [errors.RateLimited]),
        (private or bool(spec.body or spec.upload or spec.limits or spec.path), [errors.Unavailable]),
    ]
    found = [*spec.raises, *(error for applies, kinds in implied if applies for error in kinds)]
    return list(dict.fromkeys(found))


def responses(spec: Contract, shapes: Shapes) -> Schema:
    """The `responses` of an operation, by status."""
    documented = {status: _success(spec, status, shapes) for status in spec.returns}
    for status, kinds in _by_status(spec).items():
        documented.setdefault(status, {"$ref": f"#/components/responses/{_name(kinds)}"})
    return {str(status): documented[status] for status in sorted(documented)}


def failure_components(contracts: list[Contract]) -> Schema:
    """`components.responses`: each failure, or set of failures of one status, that any contract can give."""
    sets = {_name(kinds): kinds for spec in contracts for kinds in _by_status(spec).values()}
    return {name: _failure(sets[name]) for name in sorted(sets)}


def _by_status(spec: Contract) -> dict[int, Errors]:
    sets: dict[int, Errors] = {}
    for kind in possible_errors(spec):
        sets.setdefault(kind.status, []).append(kind)
    return {status: sorted(kinds, key=lambda kind: kind.__name__) for status, kinds in sets.items()}


def _name(kinds: Errors) -> str:
    return "Or".join(kind.__name__ for kind in kinds)


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}


def _success(spec: Contract, status: int, shapes: Shapes) -> Schema:
    extra = [*(RATE_HEADERS if spec.limits else ()), *(["Idempotent-Replayed"] if spec.idempotent else ())]
    extra += ["ETag"] if NOT_MODIFIED in spec.returns else []
    response = {"description": HTTPStatus(status).phrase, "headers": _headers(*extra)}
    shape = shapes.of(spec.returns[status])
    if shape == {"type": "null"}:
        return response
    return {**response, "content": _content(spec, shape, shapes)}


def _content(spec: Contract, shape: Schema, shapes: Shapes) -> Schema:
    """By media type. Where there are several, the file of a union is what all have but JSON, which has the rest."""
    if isinstance(spec.media_type, str):
        return {spec.media_type: _media(spec, shape, shapes)}
    files = [part for part in shape["anyOf"] if part.get("format") == BINARY]
    others = [part for part in shape["anyOf"] if part not in files]
    as_json = others[0] if len(others) == 1 else {"anyOf": others}
    return {name: _media(spec, as_json if name == JSON else files[0], shapes) for name in spec.media_type}


def _media(spec: Contract, shape: Schema, shapes: Shapes) -> Schema:
    if shape.get("format") == BINARY:
        return {"schema": shape}
    samples = shapes.samples(shape)
    if not spec.bare:
        shape = _envelope(shape)
        samples = [{"status": "success", "data": sample} for sample in samples]
    return {"schema": shape, "examples": numbered(samples)}


def numbered(samples: list[Any]) -> Schema:
    """Examples as OpenAPI lists them."""
    return {f"example_{number}": {"value": sample} for number, sample in enumerate(samples, 1)}


def _envelope(shape: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"status": {"const": "success"}, "data": shape},
        "required": ["status", "data"],
        "additionalProperties": False,
    }


def _failure(kinds: Errors) -> Schema:
    status = kinds[0].status
    extra = {401: ["WWW-Authenticate"], 429: ["Retry-After", *RATE_HEADERS], 503: ["Retry-After"]}.get(status, [])
    return {
        "description": " ".join(dict.fromkeys(kind.message for kind in kinds)),
        "headers": _headers(*extra),
        "content": {
            JSON: {
                "schema": {"$ref": f"{PREFIX}FailureEnvelope"},
                "examples": {kind.code: {"value": _example(kind)} for kind in kinds},
            }
        },
    }


def _example(kind: type[errors.AppError]) -> Any:
    data: dict[str, Any] = {"message": kind.message, "code": kind.code, "request_id": REQUEST_ID}
    if issubclass(kind, errors.Invalid):
        data["details"] = [{"loc": ["body", "amount"], "msg": "Field required", "type": "missing"}]
    return {"status": "fail" if kind.status < 500 else "error", "message": kind.message, "data": data}
