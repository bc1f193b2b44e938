"""The application with routes that tell what came in, for gunicorn: `tests.intake.receiver:app`."""

import hashlib
from typing import Any

from flask import Blueprint

from app import create_app
from app.core.contract import contract
from app.core.files import Base64File, Form, UploadedFile
from app.core.idempotency import new_id
from app.core.types import Category, Out, Schema

bp = Blueprint("Receiver", __name__, url_prefix="/api/received")


class Sent(Form):
    """A file and what goes with it."""

    file: UploadedFile
    category: Category | None = None
    notes: str | None = None
    copies: int = 1


class Told(Schema):
    """The same without a form."""

    notes: str | None = None
    image_base64: Base64File | None = None


class Received(Out):
    """What arrived."""

    id: str
    filename: str | None
    size: int
    sha256: str
    fields: dict[str, Any]


@bp.post("/")
@contract(body=Told, upload=Sent, returns={201: Received}, idempotent=True)
def receive(body: Sent | Told) -> dict[str, Any]:
    """Take a file, as a form or in JSON."""
    return described(body)


@bp.post("/form")
@contract(upload=Sent, returns={201: Received})
def receive_form(body: Sent) -> dict[str, Any]:
    """Take a file, as a form."""
    return described(body)


def described(body: Sent | Told) -> dict[str, Any]:
    file = body.file if isinstance(body, Sent) else UploadedFile("", body.image_base64 or b"")
    return {
        "id": str(new_id()),
        "filename": file.filename,
        "size": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "fields": body.model_dump(exclude={"file", "image_base64"}, exclude_none=True),
    }


app = create_app()
app.register_blueprint(bp)
