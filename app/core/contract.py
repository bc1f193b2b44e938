"""@contract: one declaration per view that guards, parses, renders and documents it."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from threading import Lock
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from bson import ObjectId
from flask import Response, after_this_request, current_app, request
from flask_jwt_extended import verify_jwt_in_request
from pydantic import TypeAdapter, ValidationError

from app.core import caching, idempotency, uploads
from app.core.body import json_object, present_arguments, read
from app.core.errors import AppError, Invalid, NotFound
from app.core.files import Form
from app.core.outage import breaker
from app.core.records import FAULTS, Unreadable, report
from app.extensions import limiter
from app.utils import JSON, success

Auth = Literal["access", "refresh", "any", "none"]
UNION_TAG = "mode="
MOST_DETAILS = 50
# Pydantic's own words for these name our classes, or Python's.
PLAIN_WORDS = {
    "extra_forbidden": "is not a known field",
    "is_instance_of": "must be a file",
    "missing": "is required",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "none_required": "must be left out",
}
UNION_CHOICE = "choice:"
many_rows = Lock()
BODY = {"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}  # what says that a request has one (RFC 9112, section 6)


class Limit(NamedTuple):
    """A rate limit: the setting that holds the rate, and whom it counts."""

    setting: str
    key: Callable[[], str]


@dataclass(frozen=True)
class Contract:
    """What a view promises; the OpenAPI document is made from these."""

    auth: Auth
    body: TypeAdapter[Any] | None
    upload: TypeAdapter[Any] | None
    query: TypeAdapter[Any] | None
    returns: dict[int, TypeAdapter[Any]]
    raises: tuple[type[AppError], ...]
    limits: tuple[Limit, ...]
    idempotent: bool
    cached: bool
    rows: str | None
    bare: bool
    media_type: str | tuple[str, ...]
    path: dict[str, type] = field(default_factory=dict)
    each: TypeAdapter[Any] | None = None
    form: type[Form] | None = None


def contract(  # noqa: PLR0913 -- one declaration says all there is to say about a view
    *,
    auth: Auth = "access",
    body: Any = None,
    upload: Any = None,
    query: Any = None,
    returns: dict[int, Any],
    raises: tuple[type[AppError], ...] = (),
    limits: tuple[Limit, ...] = (),
    idempotent: bool = False,
    cached: bool = False,
    rows: str | None = None,
    bare: bool = False,
    media_type: str | tuple[str, ...] = JSON,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Declare a view.

    Args:
        auth: the token it needs; "none" makes it public.
        body, query: schemas of what it takes; the view receives them as `body` and `query`.
        upload: schema of multipart/form-data with a file; a view that takes JSON, too, receives either as `body`.
        returns: schema by status; the first status is the usual one. The view answers
            data or (data, status); where the schema is a list, also an iterator of its entries.
        raises: errors beyond those that guard and parser can give, for the documentation.
        limits: rate limits, counted per call.
        idempotent: it creates something, so it accepts Idempotency-Key.
        cached: its answer is kept while nothing of the user changes, and carries an ETag.
        rows: the field of the body whose entries the service judges one by one.
        bare: the answer stands outside the envelope.
        media_type: of a bare answer that the view made itself; several, if bytes are but one of its shapes.
    """
    spec = Contract(
        auth=auth,
        body=TypeAdapter(body) if body else None,
        upload=TypeAdapter(upload) if upload else None,
        query=TypeAdapter(query) if query else None,
        returns=_adapters({**returns, 304: None} if cached else returns),
        raises=raises,
        limits=limits,
        idempotent=idempotent,
        cached=cached,
        rows=rows,
        bare=bare,
        media_type=media_type,
    )
    return lambda view: _bind(replace(spec, path=_path_types(view), each=_each(returns), form=upload), view)


def _adapters(shapes: dict[int, Any]) -> dict[int, TypeAdapter[Any]]:
    return {status: TypeAdapter(shape) for status, shape in shapes.items()}


def _each(returns: dict[int, Any]) -> TypeAdapter[Any] | None:
    shape = next(iter(returns.values()))
    return TypeAdapter(get_args(shape)[0]) if get_origin(shape) is list else None


def _bind(spec: Contract, view: Callable[..., Any]) -> Callable[..., Response]:
    @wraps(view)
    def act(**arguments: Any) -> Response:
        def run() -> Response:
            return _render(spec, view(**arguments))

        return idempotency.once(run) if spec.idempotent else run()

    # Outside of what Idempotency-Key keeps: a refused call leaves nothing behind, and a replay counts too.
    limited = _limit(spec, act)

    @wraps(view)
    def bound(**path: str) -> Response:
        def perform() -> Response:
            if spec.auth != "none":
                verify_jwt_in_request(refresh=spec.auth == "refresh", verify_type=spec.auth != "any")
            make = partial(limited, **_parse(spec, path))
            return caching.remembered(make, _asked(spec, make.keywords)) if spec.cached else make()

        return _received(spec, perform)

    bound.contract = spec  # type: ignore[attr-defined]
    return bound


def _received(spec: Contract, perform: Callable[[], Response]) -> Response:
    if spec.form:
        with uploads.arriving(spec.form, with_json=spec.body is not None):
            return breaker.run(perform)
    if BODY & request.environ.keys():
        read()
    return breaker.run(perform) if spec.auth != "none" or spec.body or spec.path else perform()


def _path_types(view: Callable[..., Any]) -> dict[str, type]:
    hints = get_type_hints(view)
    return {name: hints[name] for name in inspect.signature(view).parameters if name not in ("body", "query")}


def _limit(spec: Contract, view: Callable[..., Any]) -> Callable[..., Any]:
    if not spec.limits:
        return view
    for limit in spec.limits:
        view = limiter.limit(partial(_rate, limit.setting), key_func=limit.key)(view)

    @wraps(view)
    def counted(**arguments: Any) -> Response:
        after_this_request(limiter.finish)
        return view(**arguments)

    return counted


def _rate(setting: str) -> str:
    return str(current_app.config[setting])


def _parse(spec: Contract, path: dict[str, str]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        name: path[name] if kind is str else _object_id(path[name]) for name, kind in spec.path.items()
    }
    if spec.query:
        arguments["query"] = _validate("query", spec.query, present_arguments())
    if spec.upload and uploads.is_form():
        arguments["body"] = _validate("body", spec.upload, uploads.form())
    elif spec.body:
        sent = uploads.json_with_file(spec.rows) if spec.upload else json_object(spec.rows)
        arguments["body"] = _validate("body", spec.body, sent)
    elif spec.upload:
        raise uploads.form_only()
    return arguments


def _asked(spec: Contract, arguments: dict[str, Any]) -> bytes:
    return spec.query.dump_json(arguments["query"]) if spec.query else b""


def _object_id(text: str) -> ObjectId:
    if not ObjectId.is_valid(text):
        raise NotFound()
    return ObjectId(text)


def _validate(source: str, adapter: TypeAdapter[Any], value: dict[str, Any]) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise Invalid(field_errors(source, error)) from None


def field_errors(source: str, error: ValidationError) -> list[dict[str, Any]]:
    """Pydantic's findings as `details` entries; what was sent is not repeated."""
    faults = error.errors(include_url=False, include_input=False)
    return [_field_error(source, fault) for fault in faults[:MOST_DETAILS]]


def _field_error(source: str, fault: Any) -> dict[str, Any]:
    loc = [part for part in fault["loc"] if not str(part).startswith(UNION_TAG)]
    kind, message = fault["type"], fault["msg"]
    if kind.startswith(UNION_CHOICE):
        loc.append(kind.removeprefix(UNION_CHOICE))
        kind = "literal_error"
    return {"loc": [source, *loc], "msg": PLAIN_WORDS.get(kind, message), "type": kind}


def _dump(adapter: TypeAdapter[Any], each: TypeAdapter[Any] | None, data: Any) -> bytes:
    if each is not None and isinstance(data, Iterator):
        with many_rows:  # as text they are a fifth of what they are as objects, and still too much for all at once
            return b"[" + b",".join(each.dump_json(each.validate_python(row), by_alias=True) for row in data) + b"]"
    return adapter.dump_json(adapter.validate_python(data), by_alias=True)


def _render(spec: Contract, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    data, status = result if isinstance(result, tuple) else (result, next(iter(spec.returns)))
    adapter = spec.returns[status]
    try:
        payload = _dump(adapter, spec.each, data)
    except FAULTS as error:
        if not isinstance(data, dict) or "_id" not in data:  # no stored record: a fault of ours
            raise
        report(data["_id"], error)
        raise Unreadable() from None
    return Response(payload, status=status, mimetype=JSON) if spec.bare else success(payload, status)
