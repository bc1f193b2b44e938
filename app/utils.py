"""The response envelope; nothing else moves in."""

from typing import Any

import orjson
from flask import Response

JSON = "application/json"


def success(payload: bytes, status: int = 200) -> Response:
    """The envelope of an answer; `payload` is the data, already serialised as JSON."""
    return Response(b'{"status":"success","data":' + payload + b"}", status=status, mimetype=JSON)


def failure(status: int, message: str, data: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The envelope of a failure: `fail` for 4xx, `error` for 5xx; `data` holds code, request_id and details."""
    word = "fail" if status < 500 else "error"
    body = {"status": word, "message": message, "data": {"message": message, **data}}
    return Response(orjson.dumps(body), status=status, mimetype=JSON, headers=headers)
