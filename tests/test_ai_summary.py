"""The AI summary: one at a time, figures exact, prose that invents nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from pymongo.errors import DuplicateKeyError

from app.ai import prose, repository
from app.core import clock
from app.extensions import mongo
from config import load_settings
from tests import gemini_stub
from tests.factories import Person, code, data
from tests.waiting import wait_until

FIGURES: dict[str, Any] = {
    "start_date": "2026-01-12",
    "end_date": "2026-02-10",
    "currency": "INR",
    "total_spend": 4550_00,
    "previous_spend": 4000_00,
    "change_pct": 13.75,
    "income": 0,
    "transaction_count": 12,
    "top_categories": [{"category": "Groceries", "total": 3000_00, "share_pct": 65.9}],
}
FAITHFUL = "You spent 4,550.00 INR in 12 transactions. Most went to Groceries, 65.9 %. Planning meals would help."


def summarise(person: Person) -> dict[str, Any]:
    task = data(person.post("/api/ai/summary"))["task_id"]
    path = f"/api/ai/summary/result/{task}"
    return wait_until(lambda: (r := data(person.get(path)))["status"] in ("completed", "failed") and r, 60)


@pytest.mark.slow
def test_the_figures_are_exact_and_in_the_prose(worker: None, person: Person) -> None:
    today = clock.today("Asia/Kolkata")
    person.spend(1200.10, "Groceries", date=today.isoformat())
    person.spend(300.20, "Travel", date=(today - timedelta(days=29)).isoformat())
    person.spend(100, "Travel", type="refund", date=today.isoformat())
    person.spend(1000, "Travel", date=(today - timedelta(days=30)).isoformat())
    person.spend(5, "Travel", currency="USD", date=today.isoformat())
    result = summarise(person)
    figures = result["figures"]
    assert (figures["total_spend"], figures["previous_spend"]) == (1400.3, 1000)
    assert figures["transaction_count"] == 3
    assert figures["change_pct"] == float(round((Decimal("1400.30") - 1000) / 10, 2))
    assert [part["category"] for part in figures["top_categories"]] == ["Groceries", "Travel"]
    assert "1,400.30 INR" in result["summary"]
    assert "Groceries" in result["summary"]


@pytest.mark.slow
def test_without_spending_it_says_so(worker: None, person: Person) -> None:
    assert "no spending" in summarise(person)["summary"]


def test_one_at_a_time(person: Person, app: Flask) -> None:
    """Straight into the repository, because a worker may finish one before the next is asked for."""
    owner, moment = ObjectId(person.profile["_id"]), clock.now()

    def ask(_: int) -> bool:
        document = {"_id": ObjectId(), "status": "pending", "running": True, "lease_until": moment + timedelta(hours=1)}
        with app.app_context():
            try:
                return repository.insert(owner, document)["_id"] == document["_id"]
            except DuplicateKeyError:
                return False

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(ask, range(10))) == 1
    refused = person.post("/api/ai/summary")
    assert (refused.status_code, code(refused)) == (429, "summary_in_progress")
    assert int(refused.headers["Retry-After"]) > 0


def test_only_for_the_one_who_asked(person: Person, stranger: Person) -> None:
    task = data(person.post("/api/ai/summary"))["task_id"]
    assert data(person.get(f"/api/ai/summary/result/{task}"))["status"] in ("pending", "processing", "completed")
    assert stranger.get(f"/api/ai/summary/result/{task}").status_code == 404


@pytest.mark.slow
def test_a_lost_message_is_handed_out_again(worker: None, person: Person, app: Flask) -> None:
    moment = clock.now()
    summary_id = ObjectId()
    with app.app_context():
        mongo.db.summaries.insert_one(
            {
                "_id": summary_id,
                "user_id": ObjectId(person.profile["_id"]),
                "status": "pending",
                "running": True,
                "attempts": 0,
                "currency": "INR",
                "timezone": "Asia/Kolkata",
                "created_at": moment,
                "expires_at": moment + timedelta(hours=1),
                "lease_until": moment - timedelta(seconds=1),
            }
        )
    path = f"/api/ai/summary/result/{summary_id}"
    wait_until(lambda: data(person.get(path))["status"] == "completed", seconds=60)


def write(reply: gemini_stub.Reply) -> str:
    with gemini_stub.gemini_stub() as stub:
        stub.replies = {"Groceries": reply}
        settings = load_settings(AI_PROVIDER="gemini", GEMINI_API_KEY="k", GEMINI_API_ENDPOINT=stub.endpoint)
        return prose.write(settings, FIGURES)


def test_faithful_prose_of_the_ai_is_used() -> None:
    assert write(gemini_stub.good(summary=FAITHFUL)) == FAITHFUL


@pytest.mark.parametrize(
    "summary",
    [
        FAITHFUL.replace("4,550.00", "4,500.00"),
        FAITHFUL + " Visit https://evil.example.",
        "<b>You spent</b> 4,550.00 INR. Good. Fine.",
        "",
        "x. " * 600,
        7,
        None,
    ],
)
def test_prose_that_invents_or_misbehaves_is_not(summary: Any) -> None:
    assert write(gemini_stub.good(summary=summary)) == prose.from_template(FIGURES)


@pytest.mark.parametrize("trouble", [gemini_stub.error(500, "INTERNAL"), gemini_stub.raw("no")])
def test_without_the_ai_the_template_speaks(trouble: Callable[..., None]) -> None:
    assert write(trouble) == prose.from_template(FIGURES)


def test_the_template_has_three_or_four_sentences_and_only_given_numbers() -> None:
    text = prose.from_template({**FIGURES, "income": 85000_00})
    assert prose.is_faithful(text, prose.facts({**FIGURES, "income": 85000_00, "change_pct": 13.75}))
    assert 3 <= text.count(". ") + 1 <= 4


def test_more_refunds_than_spending_is_said_plainly() -> None:
    text = prose.from_template({**FIGURES, "total_spend": -500, "top_categories": [], "change_pct": None})
    assert "-5.00 INR" in text
    assert 3 <= text.count(". ") + 1 <= 4
