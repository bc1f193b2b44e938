"""What the features that own files do with them.

A file is stored before its row and removed after it, so a row never lacks its file; what is left of a process
that died between the two, the sweep removes.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from flask import Response, request
from pymongo.errors import PyMongoError

from app.celery_utils import enqueue
from app.core import clock
from app.core.errors import Invalid
from app.core.freshness import REFUSED
from app.files import blobs, links, tasks
from app.files.blobs import UnreadableFile, Variant
from app.services import intake
from app.services.intake import Accepted
from app.services.storage import Missing, StorageUnavailable

log = logging.getLogger(__name__)
Document = dict[str, Any]
IMAGE = "image/jpeg"  # of views and thumbnails, whatever was uploaded
SECONDS_KEPT = 300  # in a browser; after that it asks whether the picture is still there
IMAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@contextmanager
def stored(owner: ObjectId, accepted: Accepted) -> Iterator[Document]:
    """Around the write of the row: `store`, and removal at once if it fails.

    Where MongoDB's answer is lost, the row may be there: then only the sweep can tell.
    """
    file = store(owner, accepted)
    try:
        yield file
    except Exception as error:
        if not isinstance(error, PyMongoError) or isinstance(error, REFUSED):
            remove(owner, file["_id"])
        raise


def store(owner: ObjectId, accepted: Accepted) -> Document:
    """Store a file and its thumbnail; the subdocument that its row is to hold.

    {_id, filename, size (bytes), content_type, sha256 (hex), pages, stored_at}

    Raises:
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    file_id = ObjectId()
    try:
        blobs.put(owner, file_id, "original", accepted.content)
        blobs.put(owner, file_id, "thumb", accepted.thumbnail)
    except PyMongoError:  # nothing can be removed now either: the sweep does it
        raise
    except Exception:
        remove(owner, file_id)
        raise
    described = ("filename", "size", "content_type", "sha256", "pages")
    return {"_id": file_id, **{name: getattr(accepted, name) for name in described}, "stored_at": clock.now()}


def read(owner: ObjectId, file: Document, variant: Variant) -> bytes:
    """A variant of a file that a row holds; a view is made when first asked for, and kept.

    Raises:
        UnreadableFile: it is damaged or gone.
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    try:
        return blobs.get(owner, file["_id"], variant)
    except Missing:
        if variant == "view":
            return _view(owner, file)
        log.error("file %s/%s/%s is not in the storage", owner, file["_id"], variant)
        raise UnreadableFile() from None


def _view(owner: ObjectId, file: Document) -> bytes:
    original = read(owner, file, "original")
    try:
        view = intake.view(original, file["content_type"])
    except Invalid as error:  # kept, too, or each look would take as long again
        log.warning("file %s/%s is shown by its thumbnail: %s", owner, file["_id"], error)
        view = read(owner, file, "thumb")
    blobs.put(owner, file["_id"], "view", view)
    return view


def discard(owner: ObjectId, file_id: ObjectId) -> None:
    """Have a file removed whose row is gone."""
    enqueue(tasks.remove, str(owner), str(file_id))


def erase(owner: ObjectId) -> bool:
    """Remove all files of an account whose rows are gone; False while the storage is down."""
    try:
        blobs.remove(owner)
    except StorageUnavailable as error:
        log.warning("the files of account %s are erased later: %s", owner, type(error).__name__)
        return False
    return True


def link(owner: ObjectId, file_id: ObjectId, variant: Variant = "view") -> str:
    """The address of a picture on the host that was asked, signed: good for five minutes, for whoever has it."""
    return f"{request.host_url}api/files/{links.sign(owner, file_id, variant)}"


def answer(owner: ObjectId, file: Document, variant: Variant) -> Response:
    """The answer that is a picture of the file; 304 without a look at the storage if the client has it already.

    Raises:
        UnreadableFile: it is damaged or gone.
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    tag = f"{file['sha256']}-{variant}"
    known = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if known else Response(read(owner, file, variant), mimetype=IMAGE)
    response.set_etag(tag)
    response.headers["Cache-Control"] = f"private, max-age={SECONDS_KEPT}"
    response.headers["Content-Disposition"] = 'inline; filename="file.jpg"'
    response.headers["Content-Security-Policy"] = IMAGE_POLICY
    return response


def remove(owner: ObjectId, file_id: ObjectId) -> None:
    """Remove a file that got no row; while the storage is down it is left to the sweep."""
    try:
        blobs.remove(owner, file_id)
    except (StorageUnavailable, PyMongoError) as error:
        log.warning("file %s/%s is left to the sweep: %s", owner, file_id, type(error).__name__)
