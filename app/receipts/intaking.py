"""Taking in a receipt: its file first, its row last, and one row for each file."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.core import idempotency
from app.core.errors import Conflict
from app.files import service as files
from app.models.users import User
from app.receipts import entry, repository
from app.receipts.schemas import ReceiptCreate, ReceiptUpload
from app.services import intake
from app.services.intake import Accepted
from app.transactions import record_service as records

Document = dict[str, Any]
UNNAMED_FILE = "receipt"


def upload(user: User, body: ReceiptUpload, *, force: bool) -> tuple[Document, bool]:
    """Store an upload, still to be read; the document, and whether it is a new one.

    Raises:
        Invalid, UnsupportedMediaType, TooLarge: the file is none that can be a receipt.
    """
    accepted = intake.accept(body.file.content, body.file.filename)
    receipt_id = idempotency.new_id()
    return _store(user, receipt_id, accepted, partial(entry.uploaded, user, body, receipt_id), force=force)


def known(user: User, body: ReceiptCreate, *, force: bool) -> Document:
    """Store a receipt that is given in full, as a copy where its file is there already: what was typed is not lost.

    Raises:
        Invalid: an amount has too many decimals for its currency.
        Invalid, UnsupportedMediaType, TooLarge: the file is none that can be a receipt.
    """
    receipt_id = idempotency.new_id()
    habit = None if body.category else records.of_merchant(user["_id"], body.merchant_name)
    without_file = entry.known(user, body, receipt_id, habit)
    if body.image_base64 is None:
        return repository.insert(user["_id"], without_file)
    accepted = intake.accept(body.image_base64, UNNAMED_FILE, "image_base64")
    store = partial(_store, user, receipt_id, accepted, partial(entry.with_file, without_file))
    stored, is_new = store(force=force)
    return stored if is_new else store(force=True)[0]


def _store(
    user: User, receipt_id: ObjectId, accepted: Accepted, make: Callable[[Document], Document], *, force: bool
) -> tuple[Document, bool]:
    owner = user["_id"]
    found = None if force else repository.of_file(owner, accepted.sha256)
    if found is not None:
        return found, found["_id"] == receipt_id
    try:
        with files.stored(owner, accepted) as file:
            document = make(file)
            stored = repository.insert(owner, document if force else entry.once(document))
    except DuplicateKeyError:  # another request was first
        found = repository.of_file(owner, accepted.sha256)
        if found is None:
            raise Conflict("The same file was just being stored and deleted. Please try again.") from None
        return found, False
    if stored["receipt"]["file"]["_id"] != file["_id"]:  # an interrupted try of this request has stored it already
        files.discard(owner, file["_id"])
    return stored, True
