"""Requests that bring a file: multipart/form-data read piece by piece and counted meanwhile, or base64 in JSON."""

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.core.body import PIECE, json_object, pass_over, read, refuse_control_characters
from app.core.errors import BadRequest, Invalid, TooLarge, Unavailable, UnsupportedMediaType
from app.core.files import Form, LongFile, LongForm, Sent, UploadedFile, too_large
from app.core.turns import Turns

log = logging.getLogger(__name__)
FORM = "multipart/form-data"
MOST_PARTS = 20
LARGEST_FIELD = 128 * 1024  # more than twice what Werkzeug reads at a time, which it must hold, too
IN_MEMORY = 1024 * 1024  # of a long file; a longer one is in the temporary folder
# Each is up to MAX_UPLOAD_SIZE in memory, several times over while a picture is decoded.
MOST_IN_HAND = 4
MOST_LONG_IN_HAND = 2  # each is up to MAX_IMPORT_SIZE in the temporary folder, which may be small
MOST_LONG_WAITING = 2
PATIENCE_SECONDS = 2.0
# What browsers write for the three characters that a file name in a header can't hold (WHATWG HTML, section 4.10.21.8).
ESCAPED_BREAKS = (("%0D", "\r"), ("%0A", "\n"))
# A text of nothing but base64 between its quotes; some encoders write \/ for the slash.
ENCODED = re.compile(rb'"(?:data:[\w/+.;=-]{0,100},)?[A-Za-z0-9+/=\\]{4096,}+"')


class TooMany(Unavailable):
    """503: other files are arriving."""

    code, message = "too_many_uploads", "Too many files are arriving at once. Please try again."


# Whoever waits keeps a thread of the process.
in_hand = Turns(MOST_IN_HAND, TooMany, PATIENCE_SECONDS)
long_in_hand = Turns(MOST_LONG_IN_HAND, TooMany, PATIENCE_SECONDS, most_waiting=MOST_LONG_WAITING)


@contextmanager
def arriving(form: type[Form], with_json: bool) -> Iterator[None]:
    """Around a request that may bring a file: how much of it is read, and that none of it is left unread.

    Args:
        form: what it brings.
        with_json: it may be JSON, too, with a file in base64.

    Raises:
        FileTooLarge: it is larger than the form's setting allows.
        UnsupportedMediaType: it is compressed, which nothing here undoes.
    """
    g.upload_form = form
    request.max_content_length = _most_bytes(with_json)
    try:
        if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")
        with ExitStack() as g.upload:
            yield
    except (RequestEntityTooLarge, TooLarge):
        raise too_large(form.LARGEST) from None
    finally:
        _take_the_rest()


def _take_the_rest() -> None:
    # Somebody refused before would not hear of it, and the rest would be taken for the connection's next request.
    try:
        while request.stream.read(PIECE):
            pass
    except RequestEntityTooLarge:
        pass_over()
    except HTTPException:  # its sender is gone
        log.info("the rest of a body did not come")


def _take_turn() -> None:
    """Only so many files are in memory at a time in a process; what is small needs no turn.

    Raises:
        TooMany: there are too many, and none was done soon.
    """
    length = request.content_length
    if length is not None and length <= current_app.config["MAX_CONTENT_LENGTH"]:
        return
    turns = long_in_hand if issubclass(g.upload_form, LongForm) else in_hand
    g.upload.enter_context(turns.taken())


def is_form() -> bool:
    """Whether the request says it is multipart/form-data."""
    return request.mimetype == FORM


def form() -> dict[str, Any]:
    """The request body as multipart/form-data (RFC 7578): texts, and UploadedFile for each file.

    Raises:
        BadRequest: it is not readable, or cut off.
        FileTooLarge: it is larger than MAX_UPLOAD_SIZE, has too many parts or too long a text.
        Invalid: a field comes twice, or a text in it has control characters.
        Unavailable: too many others are bringing files.
    """
    _take_turn()
    parts = g.form_parts = list(_parts())
    names = [name for name, _ in parts]
    twice = next((name for name in names if names.count(name) > 1), None)
    values = {name: value for name, value in parts if not _is_empty(value)}
    refuse_control_characters({name: "" if isinstance(value, Sent) else value for name, value in parts})
    if twice is not None:
        raise Invalid.field(("body", twice), "must be sent once", "sent_twice")
    return values


def json_with_file(rows: str | None) -> dict[str, Any]:
    """The request body as a JSON object that may hold a file in base64.

    Raises:
        FileTooLarge: without its longest base64 text it is larger than any JSON body may be.
        UnsupportedMediaType, BadRequest, Invalid: as for any JSON body.
        Unavailable: too many others are bringing files.
    """
    if not request.is_json:
        raise UnsupportedMediaType(f"Send the body as {FORM} or application/json.")
    _take_turn()
    read()
    raw = request.get_data(cache=True)
    usual = current_app.config["MAX_CONTENT_LENGTH"]
    if len(raw) > usual:
        longest = max((found.end() - found.start() for found in ENCODED.finditer(raw)), default=0)
        if len(raw) - longest > usual:
            raise too_large()
    return json_object(rows)


def form_only() -> UnsupportedMediaType:
    """The error for a body of another type where only a form will do."""
    return UnsupportedMediaType(f"Send the body as {FORM}.")


def content_pieces() -> Iterable[bytes]:
    """What the request body says, whatever boundary its sender chose for it this time; for comparing two requests."""
    parts = g.get("form_parts")
    if parts is None:
        yield request.get_data(cache=True)
        return
    for name, value in parts:
        is_file = isinstance(value, Sent)
        words = (b"file" if is_file else b"text", name.encode(), value.filename.encode() if is_file else b"")
        for piece in (*words, _content(value)):
            yield b"%d:" % len(piece)
            yield piece


def _content(value: str | UploadedFile | LongFile) -> bytes:
    """What tells a value of a form from others."""
    if isinstance(value, LongFile):
        return value.sha256.encode()
    return value.content if isinstance(value, UploadedFile) else value.encode()


def _is_empty(value: str | UploadedFile | LongFile) -> bool:
    """Whether a field, or the file of one, was left empty."""
    if isinstance(value, LongFile):
        return not value.filename and not value.size
    return value in ("", UploadedFile("", b""))


class _Counted(BytesIO):
    """The bytes of one file; refuses those beyond MAX_UPLOAD_SIZE."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > current_app.config["MAX_UPLOAD_SIZE"]:
            raise RequestEntityTooLarge()
        return super().write(data)

    def sent(self, filename: str) -> UploadedFile:
        return UploadedFile(filename, self.getvalue())


class _Spooled(SpooledTemporaryFile[bytes]):
    """The bytes of one long file, in the temporary folder unless few; refuses those beyond the form's limit."""

    def __init__(self) -> None:
        super().__init__(max_size=IN_MEMORY)
        g.upload.callback(self.close)
        self.size, self.hashed = 0, hashlib.sha256()

    def write(self, data: Any) -> int:
        self.size += len(data)
        if self.size > current_app.config[g.upload_form.LARGEST]:
            raise RequestEntityTooLarge()
        self.hashed.update(data)
        return super().write(data)

    def sent(self, filename: str) -> LongFile:
        return LongFile(filename, cast(BinaryIO, self), self.size, self.hashed.hexdigest())


def _most_bytes(with_json: bool) -> int:
    usual: int = current_app.config["MAX_CONTENT_LENGTH"]
    if is_form():
        return usual + int(current_app.config[g.upload_form.LARGEST])
    if with_json and request.is_json:
        return usual + -(-int(current_app.config["MAX_UPLOAD_SIZE"]) // 3) * 4
    return usual


def _parts() -> Iterator[tuple[str, str | UploadedFile | LongFile]]:
    kept = _Spooled if issubclass(g.upload_form, LongForm) else _Counted
    parser = FormDataParser(
        stream_factory=lambda *_, **__: kept(),
        max_form_memory_size=LARGEST_FIELD,
        max_form_parts=MOST_PARTS,
        silent=False,
    )
    try:
        _, texts, files = parser.parse(request.stream, FORM, None, request.mimetype_params)
    except ValueError:
        raise _unreadable() from None
    if None in texts or None in files:
        raise _unreadable()
    yield from texts.items(multi=True)
    for name, file in files.items(multi=True):
        yield name, cast(_Counted | _Spooled, file.stream).sent(_name(file.filename))


def _unreadable() -> BadRequest:
    return BadRequest(f"The request body is not readable {FORM}.")


def _name(sent: str | None) -> str:
    name = sent or ""
    for written, meant in ESCAPED_BREAKS:
        name = name.replace(written, meant)
    return name
