"""The errors services raise, and the one place that turns them into answers."""

import logging
from typing import Any

from flask import Flask, Response, request
from flask_limiter import RateLimitExceeded
from pymongo.errors import (
    AutoReconnect,
    ExecutionTimeout,
    NetworkTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WrongMethod

from app.core import methods
from app.core.logs import request_id
from app.extensions import limiter
from app.utils import failure

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 2
MONGO_DOWN = (AutoReconnect, ExecutionTimeout, NetworkTimeout, ServerSelectionTimeoutError, WaitQueueTimeoutError)


class AppError(Exception):
    """A failure with an HTTP status, a code for programs and a message for people."""

    status = 500
    code = "internal_error"
    message = "Something went wrong on our side."
    headers: dict[str, str] = {}

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.details: list[dict[str, Any]] = []
        self.headers = dict(self.headers)
        super().__init__(self.message)


class BadRequest(AppError):
    """400: the body can't be read at all, or a one-time token in it is not valid."""

    status, code, message = 400, "unreadable_body", "The request body is not readable JSON."


class Unauthorized(AppError):
    """401: no token, or one that is not accepted (any more)."""

    status, code, message = 401, "token_missing", "Please sign in."
    headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(AppError):
    """403: signed in, but not allowed."""

    status, code, message = 403, "forbidden", "You may not do this."


class NotFound(AppError):
    """404: not there, or not yours; the two look the same."""

    # One message for all: a malformed id, an unknown one and somebody else's must not be told apart.
    status, code, message = 404, "not_found", "Not found."


class MethodNotAllowed(AppError):
    """405: the path has other methods."""

    status, code, message = 405, "method_not_allowed", "This method is not available here."


class Conflict(AppError):
    """409: it would contradict what is stored."""

    status, code, message = 409, "conflict", "This conflicts with what is stored."


class TooLarge(AppError):
    """413: larger than any request needs to be."""

    status, code, message = 413, "body_too_large", "The request body is too large."


class FileTooLarge(TooLarge):
    """413: a file larger than MAX_UPLOAD_SIZE."""

    code, message = "too_large", "The file is too large."


class UnsupportedMediaType(AppError):
    """415: not JSON, or not what the route takes."""

    status, code, message = 415, "unsupported_media_type", "Send the body as application/json."


class UnsupportedFile(UnsupportedMediaType):
    """415: a file of a type that nothing here reads."""

    code, message = "unsupported_file_type", "This type of file is not supported."


class Invalid(AppError):
    """422: fields at fault, each an entry `{loc, msg, type}` of `details`."""

    status, code, message = 422, "validation_error", "Some fields are not valid."

    def __init__(self, details: list[dict[str, Any]]) -> None:
        first = [f"{_label(entry['loc'])}{entry['msg']}" for entry in details[:3]]
        super().__init__("; ".join(first) or None)
        self.details = details

    @classmethod
    def field(cls, loc: tuple[str | int, ...], message: str, kind: str = "value_error") -> "Invalid":
        """One field at fault; `loc` starts with body, query or header."""
        return cls([{"loc": list(loc), "msg": message, "type": kind}])


class RateLimited(AppError):
    """429: over a limit, or one at a time."""

    status, code, message = 429, "rate_limited", "Too many attempts. Please wait a moment and try again."
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}


class Unavailable(AppError):
    """503: a part this needs is down; trying again soon helps."""

    status, code, message = 503, "service_unavailable", "The service is temporarily unavailable. Please try again."
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}


BY_STATUS: dict[int, type[AppError]] = {
    error.status: error
    for error in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        TooLarge,
        UnsupportedMediaType,
        Invalid,
        RateLimited,
        Unavailable,
    )
}


def _label(loc: list[str | int]) -> str:
    name = ".".join(str(part) for part in loc[1:])
    return f"{name}: " if name else ""


def answer(error: AppError) -> Response:
    """The envelope of a failure, with the request id people can quote to support."""
    data: dict[str, Any] = {"code": error.code, "request_id": request_id.get()}
    if error.details:
        data["details"] = error.details
    return failure(error.status, error.message, data, error.headers)


def _translate(error: Exception) -> AppError:
    """The AppError that stands for any exception a request can end in."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, RateLimitExceeded):
        return RateLimited()
    original = getattr(error, "original_exception", None) or error
    if is_outage(original):
        log.warning("dependency down: %s", type(original).__name__)
        limiter.context.reset()  # or its headers would ask Redis again and spoil this answer
        return Unavailable()
    if isinstance(error, HTTPException) and original is error:
        return _from_http(error)
    log.error("unhandled exception", exc_info=original)
    return AppError()


def is_outage(error: BaseException) -> bool:
    """Whether an exception means that MongoDB or Redis can't be reached."""
    timed_out = isinstance(error, PyMongoError) and error.timeout
    return isinstance(error, (RedisError, *MONGO_DOWN)) or timed_out


def _from_http(error: HTTPException) -> AppError:
    status = error.code or 500
    if status == 404 and (allowed := methods.with_slash()):
        error, status = WrongMethod(allowed), 405
    kind = BY_STATUS.get(status)
    if kind is Invalid or kind is None:
        kind = BadRequest if status < 500 else AppError
        translated = kind(error.name)
        translated.status, translated.code = status, error.name.lower().replace(" ", "_")
    else:
        translated = kind()
    if isinstance(error, WrongMethod):
        translated.headers = {"Allow": ", ".join(methods.of_fixed_path() or sorted(error.valid_methods or ()))}
    return translated


def _refuse_shadowed_method() -> None:
    """PUT /api/transactions/bulk is a wrong method, not a transaction called bulk."""
    if request.url_rule is not None and request.url_rule.arguments and (allowed := methods.of_fixed_path()):
        raise WrongMethod(allowed)


def _name_own_methods(response: Response) -> Response:
    if request.method == "OPTIONS" and (allowed := methods.of_fixed_path()):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def init_app(app: Flask) -> None:
    """Every exception, unknown path and wrong method answers in the envelope."""

    def handle(error: Exception) -> Response:
        return answer(_translate(error))

    app.before_request(_refuse_shadowed_method)
    app.after_request(_name_own_methods)
    app.register_error_handler(Exception, handle)
