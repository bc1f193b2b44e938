"""Imports of files over HTTP."""

from typing import Any

from bson import ObjectId
from flask import Blueprint

from app.core import limits
from app.core.contract import contract
from app.core.errors import Conflict
from app.core.identity import current_user
from app.core.pages import Page
from app.imports import service
from app.imports.answers import ImportOut, ImportPage
from app.imports.schemas import ImportForm

bp = Blueprint("Imports", __name__, url_prefix="/api/transactions")
Document = dict[str, Any]


@bp.post("/import")
@contract(
    upload=ImportForm,
    returns={201: ImportOut, 200: ImportOut, 202: ImportOut},
    raises=(Conflict,),
    limits=limits.UPLOAD,
    idempotent=True,
)
def create_import(body: ImportForm) -> tuple[Document, int]:
    """Import a file of transactions.

    A bank's statement (CSV, OFX, QFX, QIF, CAMT.053) or an export of this service. Up to 20,000 rows are stored at
    once and answered with 201, or with 200 and nothing stored on a dry run; a longer file is answered with 202 and
    read in the background. What was imported before is not imported again, rows that can't be stored are listed.
    """
    return service.start(current_user(), body)


@bp.get("/imports")
@contract(query=Page, returns={200: ImportPage})
def list_imports(query: Page) -> Document:
    """List imports.

    Newest first, a page at a time.
    """
    return service.find(current_user(), query)


@bp.get("/imports/<import_id>")
@contract(returns={200: ImportOut})
def get_import(import_id: ObjectId) -> Document:
    """Read one import.

    With its progress, while it is read in the background.
    """
    return service.get(current_user(), import_id)


@bp.delete("/imports/<import_id>")
@contract(returns={200: ImportOut, 202: ImportOut}, raises=(Conflict,))
def undo_import(import_id: ObjectId) -> tuple[Document, int]:
    """Undo an import.

    Its transactions are deleted, but for those that were changed since, which are listed. More than 20,000 are
    deleted in the background, which is answered with 202.
    """
    return service.undo(current_user(), import_id)
