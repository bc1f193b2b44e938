"""Reading what a client sent: JSON bodies and query parameters, before any contract looks at them."""

import json
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

from app.core.errors import BadRequest, Invalid, TooLarge, UnsupportedMediaType
from app.core.types import is_clean

LONGEST_INTEGER = 40
DEEPEST = 20
PIECE = 64 * 1024
MOST_PASSED = 130 * 1024 * 1024  # bytes that the proxy in front lets through
CONTROL_MESSAGE = "must not contain control characters"


def read() -> None:
    """Read the body even if nobody needs it, or the rest of it would be taken for the connection's next request.

    Raises:
        TooLarge: it is larger than MAX_CONTENT_LENGTH.
    """
    try:
        request.get_data(cache=True)
    except RequestEntityTooLarge:
        pass_over()
        raise
    # Werkzeug stops reading at the limit, and tells only of bodies that announced their length.
    if request.environ.get("wsgi.input_terminated") and request.environ["wsgi.input"].read(1):
        raise TooLarge()


def pass_over() -> None:
    """Take a body that is refused for the length it announced, and keep nothing of it.

    Answered before all is there, its sender may find the connection closed while sending, and never read the answer:
    a proxy then answers 502. What no proxy lets through is not waited for.
    """
    announced = request.content_length or 0
    if announced > MOST_PASSED:
        return
    body = LimitedStream(request.environ["wsgi.input"], announced)
    with suppress(HTTPException):  # its sender is gone
        while body.read(PIECE):
            pass


def json_object(rows: str | None = None) -> dict[str, Any]:
    """The request body as a JSON object; numbers with a fraction are Decimal, never float.

    Args:
        rows: a field whose entries are judged one by one elsewhere.

    Raises:
        UnsupportedMediaType: the content type is not JSON.
        BadRequest: it is empty or not readable as UTF-8 JSON (RFC 8259).
        Invalid: it is not an object, or a text in it has control characters.
    """
    raw = request.get_data(cache=True)
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        value = json.loads(raw, parse_float=_number, parse_int=_integer, parse_constant=Decimal)
    except (ValueError, RecursionError):
        raise BadRequest() from None
    if not isinstance(value, dict):
        raise Invalid.field(("body",), "must be a JSON object", "object_type")
    refuse_control_characters({name: part for name, part in value.items() if name != rows})
    return value


def present_arguments() -> dict[str, str]:
    """The query parameters that have a value; an empty one counts as absent."""
    present = {name: value.strip() for name, value in request.args.items() if value.strip()}
    for name, value in present.items():
        if not is_clean(value):
            raise Invalid.field(("query", name if is_clean(name) else "?"), CONTROL_MESSAGE, "control_character")
    return present


def _number(literal: str) -> Decimal | int:
    try:
        number = Decimal(literal)
    except InvalidOperation:  # an exponent of twenty digits: refused on its field, like NaN
        return Decimal("NaN")
    whole = number.adjusted() < LONGEST_INTEGER and number == number.to_integral_value()
    return int(number) if whole else number


def _integer(literal: str) -> Decimal | int:
    return int(literal) if len(literal) <= LONGEST_INTEGER else Decimal(literal)


# Reads JSON as `json_object` does; its numbers are exact, and take no time that grows with the square of their digits.
DECODER = json.JSONDecoder(parse_float=_number, parse_int=_integer, parse_constant=Decimal)


def refuse_control_characters(value: Any, loc: tuple[str | int, ...] = ("body",)) -> None:
    """Raise Invalid for text in a JSON value that can't be stored and shown, or for nesting beyond any need.

    The places are worked out only when there is something to name: a megabyte of brackets must cost no more
    than reading it.
    """
    if not _is_clean(value):
        raise Invalid.field(loc, CONTROL_MESSAGE, "control_character")
    for name, part in _named(value):
        level = [part]
        for _ in range(DEEPEST):
            if not all(map(_is_clean, level)):
                raise Invalid.field(_place(part, (*loc, name)), CONTROL_MESSAGE, "control_character")
            level = [child for parent in level for _, child in _named(parent)]
            if not level:
                break
        else:
            raise Invalid.field((*loc, name), f"must not be nested deeper than {DEEPEST} levels", "too_deep")


def _is_clean(part: Any) -> bool:
    if isinstance(part, str):
        return is_clean(part.replace("\r\n", "\n"))
    return not isinstance(part, dict) or all(map(is_clean, part))


def _named(part: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(part, dict):
        return part.items()
    return enumerate(part) if isinstance(part, list) else ()


def _place(part: Any, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where the first unclean text is; a field name that is one itself is not repeated."""
    if not _is_clean(part):
        return loc
    found = (_place(child, (*loc, name)) for name, child in _named(part))
    return next(filter(None, found), ())
