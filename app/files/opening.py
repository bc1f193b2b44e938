"""Following a link to a file."""

from flask import Response

from app.auth import service as accounts
from app.core import ownership
from app.core.errors import NotFound
from app.files import links, service


def opened(token: str) -> Response:
    """The picture a link leads to, as long as its account is active and a row refers to the file.

    Raises:
        NotFound: it leads nowhere (any more).
        UnreadableFile: the file is damaged or gone.
        StorageUnavailable, PyMongoError: the storage can't be reached.
    """
    owner, file_id, variant = links.read(token)
    file = ownership.files_in_use(owner, [file_id]).get(file_id)
    if file is None or not accounts.is_active(owner):
        raise NotFound()
    return service.answer(owner, file, variant)
