"""Everything there is about somebody, as one ZIP: asked for, waited for, downloaded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bson import ObjectId
from flask import Response, current_app, request
from pymongo.errors import DuplicateKeyError

from app.auth import service as accounts
from app.celery_utils import enqueue
from app.core import clock, signing
from app.core.errors import NotFound
from app.exports import making, repository, streaming, tasks
from app.files import large_service
from app.models.users import User

Document = dict[str, Any]
SALT = "exports.link"
FAILED = "The export could not be made. Asking again begins anew."
FORGOTTEN_AFTER = timedelta(days=1)  # what never got ready


def state(user: User) -> tuple[Document, int]:
    """Where the user's export stands; it is begun if there is none. The data and the status of the answer."""
    document = repository.latest(user["_id"])
    if document is None or _has_expired(document):
        document = _begin(user["_id"])
    if document["status"] == "failed":
        repository.forget(user["_id"], document["_id"])
        return {"status": "failed", "message": FAILED}, 200
    if document["status"] != "completed":
        return {"status": document["status"]}, 202
    token = signing.sign(SALT, [str(user["_id"]), str(document["_id"]), accounts.credentials_digest(user)])
    shown = {"url": f"{request.host_url}api/exports/{token}", "size": document["file"]["size"]}
    return {"status": "completed", "expires_at": document["expires_at"], **shown}, 200


def _has_expired(document: Document) -> bool:
    return not document["running"] and document["expires_at"] <= clock.now()


def _begin(owner: ObjectId) -> Document:
    moment = clock.now()
    document: Document = {
        "_id": ObjectId(),
        "status": "pending",
        "running": True,
        "attempts": 0,
        "file": None,
        "created_at": moment,
        "expires_at": moment + FORGOTTEN_AFTER,
        "lease_until": moment + making.LEASE,
    }
    try:
        repository.insert(owner, document)
    except DuplicateKeyError:  # another request was first
        return {"status": "pending"}
    if not enqueue(tasks.account, str(owner), str(document["_id"])):
        repository.release(owner, document["_id"])
    return document


def download(link: str) -> Response:
    """The ZIP that a link leads to, or the part of it that a Range header asks for (RFC 9110, section 14).

    Raises:
        NotFound: it leads nowhere (any more).
        Unavailable: too many long answers are under way.
    """
    document = _linked(link)
    owner = document["user_id"]
    file, asked = document["file"], request.range and request.range.range_for_length(document["file"]["size"])
    begin, end = asked or (0, file["size"])
    pieces = _pieces(owner, file, begin, end)
    response = streaming.sent(streaming.begin(owner), pieces, file["filename"], "application/zip")
    response.content_length = end - begin
    response.headers["Accept-Ranges"] = "bytes"
    if asked:
        response.status_code = 206
        response.content_range.set(begin, end, file["size"])
    return response


def _linked(link: str) -> Document:
    first, second, digest = signing.read(SALT, link, int(making.KEPT.total_seconds()))
    owner, export_id = ObjectId(first), ObjectId(second)
    document, user = repository.get(owner, export_id), accounts.find(owner)
    if document is None or document["status"] != "completed" or _has_expired(document):
        raise NotFound()
    if user is None or not user["is_active"] or accounts.credentials_digest(user) != digest:
        raise NotFound()
    return document


def _pieces(owner: ObjectId, file: Document, begin: int, end: int) -> Iterator[bytes]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def pieces() -> Iterator[bytes]:
        stream = large_service.reading(owner, file)
        stream.seek(begin)
        while (left := end - stream.tell()) > 0:
            with app.app_context():
                piece = stream.read(min(left, large_service.PART_BYTES))
            yield piece

    return pieces()
