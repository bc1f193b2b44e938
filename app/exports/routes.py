"""Exports over HTTP."""

from typing import Any

from flask import Blueprint, Response

from app.core import limits
from app.core.contract import contract
from app.core.identity import current_user
from app.exports import account_service, service
from app.exports.schemas import ExportFailed, ExportQuery, ExportReady, ExportWaiting
from app.transactions.portable_service import Portable

bp = Blueprint("Exports", __name__, url_prefix="/api")


@bp.get("/transactions/export")
@contract(
    query=ExportQuery,
    returns={200: bytes | list[Portable]},
    bare=True,
    limits=limits.EXPENSIVE,
    media_type=("text/csv", "application/json", service.XLSX),
)
def export_transactions(query: ExportQuery) -> Response:
    """Download transactions.

    All completed ones that match, oldest first, as CSV, JSON or an Excel workbook. CSV and JSON can be imported again.
    The answer is sent while it is read: if it breaks off, it ends in an error, and JSON lacks its closing bracket.
    Texts that a spreadsheet would run as a formula begin with an apostrophe, which an import takes away again.
    """
    return service.transactions(current_user(), query)


@bp.get("/auth/export")
@contract(returns={200: ExportReady | ExportFailed, 202: ExportWaiting}, limits=limits.EXPENSIVE)
def export_account() -> tuple[dict[str, Any], int]:
    """Take along everything there is about you.

    The first request begins it: all records as JSON, transactions as CSV, and all files, in one ZIP. Ask again until it
    is `completed`, with a link that is good for an hour. One that `failed` is begun anew by the next request.
    """
    return account_service.state(current_user())


@bp.get("/exports/<link>")
@contract(auth="none", bare=True, returns={200: bytes, 206: bytes}, media_type="application/zip")
def download_account(link: str) -> Response:
    """Download what was taken along.

    The link is the authority: it needs no token beside it. It is not found once it is an hour old, the password was
    changed, or the account is disabled or erased. A download that broke off is continued by a Range header.
    """
    return account_service.download(link)
