"""Reading what a client sent: JSON bodies and query parameters, before any contract looks at them."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from app.core.errors import BadRequest, Invalid, UnsupportedMediaType
from app.core.types import is_clean

LONGEST_INTEGER = 40
CONTROL_MESSAGE = "must not contain control characters"


def json_object() -> dict[str, Any]:
    """The request body as a JSON object; numbers with a fraction are Decimal, never float.

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
    _refuse_control_characters(value)
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


def _refuse_control_characters(value: dict[str, Any]) -> None:
    pending: list[tuple[list[str | int], Any]] = [(["body"], value)]
    while pending:
        loc, part = pending.pop()
        if isinstance(part, str) and not is_clean(part.replace("\r\n", "\n")):
            raise Invalid.field(tuple(loc), CONTROL_MESSAGE, "control_character")
        if isinstance(part, dict):
            if not all(map(is_clean, part)):
                raise Invalid.field(tuple(loc), "has a field name with control characters", "control_character")
            pending.extend(([*loc, key], entry) for key, entry in part.items())
        elif isinstance(part, list):
            pending.extend(([*loc, index], entry) for index, entry in enumerate(part))
