"""Receipts: photos and PDFs that become transactions with line items."""

from typing import Any

from bson import ObjectId
from flask import Blueprint, Response

from app.core import limits
from app.core.contract import contract
from app.core.errors import Conflict
from app.core.identity import current_user
from app.core.pages import Page
from app.core.types import Message
from app.receipts import service
from app.receipts.answers import Created, ItemsOut, ReceiptOut, ReceiptPage, StatusOut, UploadPage
from app.receipts.schemas import ForceQuery, ImageQuery, ReceiptCreate, ReceiptQuery, ReceiptUpdate, ReceiptUpload

bp = Blueprint("Receipts", __name__, url_prefix="/api")
Document = dict[str, Any]


@bp.post("/receipts/")
@contract(
    body=ReceiptCreate,
    upload=ReceiptUpload,
    query=ForceQuery,
    returns={202: Created, 201: Created, 200: Created},
    raises=(Conflict,),
    limits=limits.UPLOAD,
    idempotent=True,
)
def create_receipt(body: ReceiptUpload | ReceiptCreate, query: ForceQuery) -> tuple[Document, int]:
    """Record a receipt.

    A file is stored as `processing`, answered with 202, and read in the background; poll its `/status`. What is given
    as JSON is stored as it is and answered with 201. An upload of a file you sent before is answered with 200 and its
    receipt.
    """
    return service.take_in(current_user(), body, force=query.force)


@bp.get("/receipts/")
@contract(query=ReceiptQuery, returns={200: ReceiptPage}, cached=True)
def list_receipts(query: ReceiptQuery) -> Document:
    """List receipts.

    Filtered, newest first, a page at a time. A date alone covers that whole day in your time zone.
    """
    return service.find(current_user(), query)


@bp.get("/receipts/<receipt_id>")
@contract(returns={200: ReceiptOut})
def get_receipt(receipt_id: ObjectId) -> ReceiptOut:
    """Read one receipt."""
    return service.get(current_user(), receipt_id)


@bp.get("/receipts/<receipt_id>/items")
@contract(returns={200: ItemsOut})
def list_receipt_items(receipt_id: ObjectId) -> Document:
    """The line items of a receipt."""
    return service.items(current_user(), receipt_id)


@bp.get("/receipts/<receipt_id>/status")
@contract(returns={200: StatusOut})
def get_receipt_status(receipt_id: ObjectId) -> Document:
    """Where a receipt stands.

    For polling an upload: `processing` with its progress, then `completed` or `failed` with what was read.
    """
    return service.status(current_user(), receipt_id)


@bp.get("/receipts/<receipt_id>/image")
@contract(query=ImageQuery, bare=True, returns={200: bytes, 304: None}, media_type="image/jpeg")
def show_receipt_image(receipt_id: ObjectId, query: ImageQuery) -> Response:
    """Show the picture of a receipt.

    Upright and without what a camera notes beside it, such as the place; of a PDF the first page.
    """
    return service.image(current_user(), receipt_id, query)


@bp.post("/receipts/<receipt_id>/reprocess")
@contract(returns={202: ReceiptOut}, raises=(Conflict,), limits=limits.UPLOAD)
def reprocess_receipt(receipt_id: ObjectId) -> ReceiptOut:
    """Read a receipt's file again.

    What you set yourself stays as it is.
    """
    return service.reprocess(current_user(), receipt_id)


@bp.route("/receipts/<receipt_id>", methods=["PUT", "PATCH"])
@contract(body=ReceiptUpdate, returns={200: ReceiptOut}, raises=(Conflict,))
def update_receipt(receipt_id: ObjectId, body: ReceiptUpdate) -> ReceiptOut:
    """Correct a receipt.

    Only the fields you send change, and they stay as you set them when the receipt is processed again.
    """
    return service.update(current_user(), receipt_id, body)


@bp.delete("/receipts/<receipt_id>")
@contract(returns={200: Message})
def delete_receipt(receipt_id: ObjectId) -> Document:
    """Delete a receipt.

    With its transaction and its files, also while it is processing.
    """
    return service.delete(current_user(), receipt_id)


@bp.get("/uploads/")
@contract(query=Page, returns={200: UploadPage}, cached=True)
def list_uploads(query: Page) -> Document:
    """List uploads.

    Your files, newest first, each with the receipt it became.
    """
    return service.uploads(current_user(), query)
