"""Exports over HTTP."""

from flask import Blueprint, Response

from app.core.contract import contract
from app.core.identity import current_user
from app.exports import service
from app.exports.schemas import ExportQuery
from app.transactions.portable_service import Portable

bp = Blueprint("Exports", __name__, url_prefix="/api")


@bp.get("/transactions/export")
@contract(
    query=ExportQuery,
    returns={200: bytes | list[Portable]},
    bare=True,
    media_type=("text/csv", "application/json", service.XLSX),
)
def export_transactions(query: ExportQuery) -> Response:
    """Download transactions.

    All completed ones that match, oldest first, as CSV, JSON or an Excel workbook. CSV and JSON can be imported again.
    The answer is sent while it is read: if it breaks off, it ends in an error, and JSON lacks its closing bracket.
    Texts that a spreadsheet would run as a formula begin with an apostrophe, which an import takes away again.
    """
    return service.transactions(current_user(), query)
