"""Gemini through its REST protocol: good, slow, hanging, dripping, broken, malformed and hostile answers."""

import json
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.services import expense_reader
from app.services.expense_reader import NoAmount, ReaderUnavailable, Reading
from config import Settings, load_settings
from tests import gemini_stub
from tests.gemini_stub import GeminiStub

TODAY = date(2026, 2, 10)
WALMART: dict[str, Any] = {
    "type": "expense",
    "amount": 45.5,
    "currency": "USD",
    "category": "Groceries",
    "description": "Groceries from Walmart",
    "merchant": "Walmart",
    "date": "2026-02-09",
}


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with gemini_stub.gemini_stub() as server:
        yield server


@pytest.fixture
def gemini(stub: GeminiStub) -> Settings:
    return load_settings(AI_PROVIDER="gemini", GEMINI_API_KEY="key-of-the-tests", GEMINI_API_ENDPOINT=stub.endpoint)


def read(settings: Settings, stub: GeminiStub, reply: gemini_stub.Reply, seconds: float = 15) -> Reading:
    stub.replies = {"note": reply}
    return expense_reader.read(settings, "note 45.50", TODAY, "INR", seconds)


def test_a_good_answer_becomes_exact_minor_units(gemini: Settings, stub: GeminiStub) -> None:
    reading = read(gemini, stub, gemini_stub.good(**WALMART))
    assert reading == Reading(
        "expense", 4550, "USD", "Groceries", "Groceries from Walmart", "Walmart", date(2026, 2, 9)
    )


def test_the_request_carries_schema_key_and_the_note_as_data(gemini: Settings, stub: GeminiStub) -> None:
    read(gemini, stub, gemini_stub.good(**WALMART))
    request = stub.requests[0]
    assert request["path"].startswith("/v1beta/models/gemini-2.5-flash:generateContent")
    assert request["key"] == "key-of-the-tests"
    assert request["body"]["generationConfig"]["responseMimeType"] == "application/json"
    assert "amount" in request["body"]["generationConfig"]["responseSchema"]["properties"]
    assert json.loads(request["body"]["contents"][0]["parts"][0]["text"])["note"] == "note 45.50"


@pytest.mark.parametrize(
    "trouble",
    [
        gemini_stub.error(429, "RESOURCE_EXHAUSTED"),
        gemini_stub.error(500, "INTERNAL"),
        gemini_stub.error(503, "UNAVAILABLE"),
        gemini_stub.raw("I would rather talk about the weather."),
        gemini_stub.raw("[1, 2]"),
        gemini_stub.garbage(b"<html>proxy error</html>"),
        gemini_stub.garbage(b"{}"),
    ],
)
def test_trouble_is_retried_and_the_next_good_answer_counts(
    gemini: Settings, stub: GeminiStub, trouble: gemini_stub.Reply
) -> None:
    reading = read(gemini, stub, gemini_stub.in_turn(trouble, gemini_stub.good(**WALMART)), seconds=10)
    assert reading.amount == 4550
    assert stub.asked("note") == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": -5},
        {"amount": 10_000_000.01},
        {"amount": 45.505},
        {"amount": "45.50"},
        {"amount": True},
        {"amount": {"$gt": 0}},
        {"type": "transfer"},
        {"description": ["a", "list"]},
    ],
)
def test_an_answer_that_a_user_could_not_send_is_never_believed(
    gemini: Settings, stub: GeminiStub, changed: dict[str, Any]
) -> None:
    with pytest.raises(ReaderUnavailable):
        read(gemini, stub, gemini_stub.good(**{**WALMART, **changed}), seconds=1.2)
    assert stub.asked("note") >= 1


def test_nan_is_never_believed(gemini: Settings, stub: GeminiStub) -> None:
    with pytest.raises(ReaderUnavailable):
        read(gemini, stub, gemini_stub.raw('{"type": "expense", "amount": NaN}'), seconds=1.2)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"category": "Gambling"}, {"category": "Other"}),
        ({"currency": "ZZZ"}, {"currency": "INR"}),
        ({"currency": None}, {"currency": "INR"}),
        ({"date": "2026-02-11"}, {"day": None}),
        ({"date": "yesterday"}, {"day": None}),
        ({"merchant": "  "}, {"merchant": None}),
        ({"merchant": "Wal\u0000mart\u202e\n Inc"}, {"merchant": "Wal mart\u202e Inc"}),
        ({"description": ""}, {"description": "note 45.50"}),
        ({"description": "x" * 1500}, {"description": "x" * 500}),
        ({"surplus": {"$where": "1"}}, {"amount": 4550}),
    ],
)
def test_parts_that_do_not_hold_are_replaced_by_ours(
    gemini: Settings, stub: GeminiStub, changed: dict[str, Any], expected: dict[str, Any]
) -> None:
    reading = read(gemini, stub, gemini_stub.good(**{**WALMART, **changed}))
    assert {name: getattr(reading, name) for name in expected} == expected


@pytest.mark.parametrize("amount", [0, 0.0, None])
def test_an_answer_without_amount_is_refused_at_once(gemini: Settings, stub: GeminiStub, amount: float | None) -> None:
    with pytest.raises(NoAmount):
        read(gemini, stub, gemini_stub.good(**{**WALMART, "amount": amount}))
    assert stub.asked("note") == 1


def test_a_text_without_any_number_is_refused_without_asking(gemini: Settings, stub: GeminiStub) -> None:
    stub.replies = {"lunch": gemini_stub.good(**WALMART)}
    with pytest.raises(NoAmount):
        expense_reader.read(gemini, "lunch with the team", TODAY, "INR", 3)
    assert stub.requests == []


@pytest.mark.parametrize("silence", [gemini_stub.hang, gemini_stub.drip])
def test_silence_ends_at_the_deadline(gemini: Settings, stub: GeminiStub, silence: gemini_stub.Reply) -> None:
    started = time.monotonic()
    with pytest.raises(ReaderUnavailable):
        read(gemini, stub, silence, seconds=2.5)
    assert time.monotonic() - started < 4


def test_nobody_listening_is_unavailable(stub: GeminiStub) -> None:
    settings = load_settings(AI_PROVIDER="gemini", GEMINI_API_KEY="k", GEMINI_API_ENDPOINT="http://127.0.0.1:9")
    with pytest.raises(ReaderUnavailable):
        read(settings, stub, gemini_stub.good(**WALMART), seconds=1.2)


def test_local_reads_without_network() -> None:
    reading = expense_reader.read(
        load_settings(AI_PROVIDER="local"), "Bought groceries from Walmart for $45.50", TODAY, "INR", 1
    )
    assert (reading.amount, reading.currency, reading.category) == (4550, "USD", "Groceries")
    assert reading.description == "Groceries from Walmart"
