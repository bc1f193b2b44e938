"""Pictures of uploaded files, by links that are good for five minutes."""

from flask import Blueprint, Response

from app.core.contract import contract
from app.files.opening import opened

bp = Blueprint("Files", __name__, url_prefix="/api/files")


@bp.get("/<token>")
@contract(auth="none", bare=True, returns={200: bytes, 304: None}, media_type="image/jpeg")
def open_file(token: str) -> Response:
    """Show a picture by its link.

    The link is the authority: it needs no token beside it. It is not found once it is five minutes old, the file is
    deleted, or the account is disabled or erased.
    """
    return opened(token)
