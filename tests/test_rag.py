"""What the retrieval service is sent, and that its faults stay its own."""

import time
import traceback
from base64 import b64encode
from collections.abc import Iterator

import pytest

from app.services import rag
from config import ConfigurationError, Settings, load_settings
from tests.rag_stub import RagStub, rag_stub

DOCUMENT = {"id": "0123456789abcdef01234567", "total_amount": 9.35}


@pytest.fixture
def stub() -> Iterator[RagStub]:
    with rag_stub() as server:
        yield server


@pytest.fixture
def settings(stub: RagStub) -> Settings:
    return load_settings(RAG_SERVICE_URL=stub.address)


def test_a_document_is_posted_and_withdrawn(stub: RagStub, settings: Settings) -> None:
    rag.post(settings, DOCUMENT)
    rag.post(settings, DOCUMENT)
    assert stub.documents == {DOCUMENT["id"]: DOCUMENT}
    rag.withdraw(settings, DOCUMENT["id"])
    assert stub.documents == {}
    authorization = f"Basic {b64encode(b'reader:pass-word').decode()}"
    assert stub.requests[1:] == [
        ("POST", "/receipts", authorization),
        ("DELETE", f"/receipts/{DOCUMENT['id']}", authorization),
    ]


def test_what_the_address_asks_for_stays_behind_the_path(stub: RagStub) -> None:
    settings = load_settings(RAG_SERVICE_URL=f"{stub.address}/?api_key=abc/d")
    rag.post(settings, DOCUMENT)
    rag.withdraw(settings, DOCUMENT["id"])
    assert [path for _, path, _ in stub.requests] == [
        "/receipts/?api_key=abc/d",
        f"/receipts/{DOCUMENT['id']}?api_key=abc/d",
    ]


@pytest.mark.parametrize("status", [301, 307, 401, 404, 408, 429, 500, 503])
def test_a_service_that_can_not_take_it_now_is_unavailable(stub: RagStub, settings: Settings, status: int) -> None:
    stub.status = status
    with pytest.raises(rag.RagUnavailable):
        rag.post(settings, DOCUMENT)
    assert len(stub.requests) == 1, "redirects are not followed"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_document_that_it_does_not_want_is_refused(stub: RagStub, settings: Settings, status: int) -> None:
    stub.status = status
    with pytest.raises(rag.RagRefusal):
        rag.post(settings, DOCUMENT)


def test_what_it_never_had_is_withdrawn(stub: RagStub, settings: Settings) -> None:
    stub.status = 404
    rag.withdraw(settings, DOCUMENT["id"])
    assert [method for method, _, _ in stub.requests] == ["DELETE"]


def test_silence_ends_in_time(stub: RagStub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag, "SECONDS", 0.5)
    stub.hangs = True
    started = time.monotonic()
    with pytest.raises(rag.RagUnavailable):
        rag.post(settings, DOCUMENT)
    assert time.monotonic() - started < 2


def test_nobody_listening_is_told_without_the_password() -> None:
    settings = load_settings(RAG_SERVICE_URL="http://reader:pass-word@127.0.0.1:9/receipts")
    with pytest.raises(rag.RagUnavailable) as error:
        rag.post(settings, DOCUMENT)
    assert "pass-word" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("address", ["ftp://rag.example.com", "rag.example.com", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_named_at_the_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match="RAG_SERVICE_URL"):
        load_settings(RAG_SERVICE_URL=address)
