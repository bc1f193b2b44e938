"""The retrieval service that completed receipts are handed to, where one is configured."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import Any
from urllib.parse import urlsplit

import requests

from config import Settings

SECONDS = 5.0  # of one request, however slowly its answer comes
POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rag")


class RagUnavailable(Exception):
    """It is down, slow, or answers with a failure of its own; trying again may help."""


class RagRefusal(Exception):
    """It won't have this document as it is."""


def post(settings: Settings, document: dict[str, Any]) -> None:
    """Hand a document over; its `id` makes doing it again harmless.

    Raises:
        RagUnavailable, RagRefusal.
    """
    _request("POST", str(settings.RAG_SERVICE_URL), document)


def withdraw(settings: Settings, document_id: str) -> None:
    """Have a document forgotten; one that is not there is as good as forgotten.

    Raises:
        RagUnavailable, RagRefusal.
    """
    address = urlsplit(str(settings.RAG_SERVICE_URL))
    _request("DELETE", address._replace(path=f"{address.path.rstrip('/')}/{document_id}").geturl(), None)


def _request(method: str, url: str, document: dict[str, Any] | None) -> None:
    attempt = POOL.submit(_status, method, url, document)
    try:
        status = attempt.result(timeout=SECONDS)
    except Late:
        attempt.cancel()
        raise RagUnavailable("timeout") from None
    except requests.RequestException as error:  # its text names the address, which may hold a password
        raise RagUnavailable(type(error).__name__) from None
    if status < 300 or (status in (404, 410) and method == "DELETE"):
        return
    if 400 <= status < 500 and status not in (401, 403, 404, 408, 425, 429):
        raise RagRefusal(str(status))
    raise RagUnavailable(str(status))


def _status(method: str, url: str, document: dict[str, Any] | None) -> int:
    # A redirect would carry receipts to somebody who was not configured; of the answer nothing but the status is read.
    with requests.request(method, url, json=document, timeout=SECONDS, allow_redirects=False, stream=True) as response:
        return response.status_code
