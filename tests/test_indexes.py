"""Every query a user or a sweep can trigger is served by an index, as the real MongoDB tells afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from werkzeug.test import TestResponse

from app.ai import repository as summaries
from app.auth import repository as accounts
from app.core import caching, clock, idempotency, indexes, ownership
from app.extensions import mongo
from app.forecasting import repository as forecasts
from app.receipts import pipelines
from app.receipts import repository as receipts
from app.transactions import repository as transactions
from tests.factories import PASSWORD, Person, data, register
from tests.receipts.records import IMAGE, RECEIPTS, UPLOADS, known_receipt
from tests.records import BUDGETS, MILK, TRANSACTIONS, failed_sentence, freeze, profiled
from tests.test_idempotency import next_month

COLLECTIONS = tuple(indexes.declared())
BROAD_FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"search": "row"},
    {"category": "Groceries"},
    {"type": "expense"},
    {"status": "completed"},
    {"tag": "work"},
)
NARROW_FILTERS: tuple[dict[str, str], ...] = (
    {"status": "failed"},
    {"min_amount": "10", "max_amount": "20"},
    {"start_date": "2026-02-01", "end_date": "2026-02-28"},
    {"start_date": "2026-02-01T00:00:00Z"},
    {"status": "completed", "start_date": "2026-02-01", "end_date": "2026-02-28", "type": "expense"},
    {"status": "completed", "category": "Groceries", "search": "row", "min_amount": "1", "end_date": "2026-02-28"},
    {"status": "processing", "type": "income", "category": "Travel"},
)


@pytest.fixture(scope="module")
def somebody(app: Flask) -> Person:
    """Somebody with two years of rows, among many others'."""
    person = register(app)
    start = clock.now() - timedelta(days=700)
    for part in range(2):
        rows = [
            {
                **MILK,
                "amount": index % 100 + 0.5,
                "description": f"row {index}",
                "tags": ["work"] if index % 7 == 0 else [],
                "type": ("expense", "expense", "refund", "income")[index % 4],
                "date": (start + timedelta(hours=17 * (500 * part + index))).isoformat(),
            }
            for index in range(500)
        ]
        assert len(data(person.post(f"{TRANSACTIONS}bulk", {"transactions": rows}))["created"]) == 500
    noise(1500)
    return person


def noise(number: int) -> None:
    """Rows of many other people."""
    document = mongo.db.transactions.find_one({"status": "completed"}) or {}
    mongo.db.transactions.insert_many(
        [{**document, "_id": ObjectId(), "user_id": ObjectId(), "external_id": None} for _ in range(number)]
    )


def uncached(person: Person, path: str, **query: Any) -> TestResponse:
    """An answer that has to be made."""
    caching.kept.clear()
    return person.get(path, **query)


def stages(operation: dict[str, Any]) -> list[str]:
    """The stages of the plan that was run."""
    return list(_stages(operation.get("execStats", {})))


def _stages(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("stage"), str):
            yield value["stage"]
        for part in value.values():
            yield from _stages(part)
    elif isinstance(value, list):
        for part in value:
            yield from _stages(part)


def assert_indexed(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        if operation["op"] in ("insert", "getmore") or "createIndexes" in operation["command"]:
            continue
        assert operation.get("planSummary"), operation
        assert "COLLSCAN" not in (operation["planSummary"], *stages(operation)), operation["command"]


@pytest.mark.parametrize("filters", [*BROAD_FILTERS, *NARROW_FILTERS], ids=str)
@pytest.mark.parametrize("sort", ["date", "amount"])
def test_the_list_reads_an_index(somebody: Person, filters: dict[str, str], sort: str) -> None:
    for direction in ("asc", "desc"):
        with profiled("transactions", of=somebody) as operations:
            found = data(uncached(somebody, TRANSACTIONS, sort_by=sort, sort_order=direction, **filters))
        assert 1 <= len(operations) <= 2, "the page, and the count if the end is not in sight"
        assert_indexed(operations)
        page = next(operation for operation in operations if "find" in operation["command"])
        if page.get("hasSortStage"):  # MongoDB may prefer that, but only for the few rows another index picked out
            assert page["docsExamined"] <= found["pagination"]["total"] + 6


@pytest.mark.parametrize("filters", BROAD_FILTERS, ids=str)
@pytest.mark.parametrize("sort", ["date", "amount"])
def test_the_list_is_never_sorted_in_memory(somebody: Person, filters: dict[str, str], sort: str) -> None:
    for direction in ("asc", "desc"):
        with profiled("transactions", of=somebody) as operations:
            assert uncached(somebody, TRANSACTIONS, sort_by=sort, sort_order=direction, **filters).status_code == 200
        # The first search of a process reads all texts before, in an order of their index, too.
        found = [operation for operation in operations if "find" in operation["command"]]
        for operation in found:
            assert not operation.get("hasSortStage")
            assert "SORT" not in stages(operation)
        assert found[-1]["docsExamined"] <= 500, "it stops when the page is full"


def test_a_month_of_the_list_reads_about_that_month(somebody: Person) -> None:
    day = clock.today("Asia/Kolkata") - timedelta(days=300)
    with profiled("transactions", of=somebody) as operations:
        found = data(somebody.get(TRANSACTIONS, start_date=str(day), end_date=str(day + timedelta(days=29)), limit=100))
    assert 30 <= found["pagination"]["total"] <= 60
    for operation in operations:
        assert operation["docsExamined"] <= found["pagination"]["total"] + 6, "a day more on either side, for any zone"


def test_sums_are_covered_by_their_index(somebody: Person) -> None:
    yearly = {"category": "Groceries", "limit": 9, "period": "yearly", "year": clock.now().year}
    assert somebody.post(BUDGETS, yearly).status_code == 201
    for path in ("/api/transactions/summary", BUDGETS):
        with profiled("transactions", of=somebody) as operations:
            assert somebody.get(path).status_code == 200
        (operation,) = operations
        assert_indexed(operations)
        assert operation["keysExamined"] > 0
        assert operation["docsExamined"] == 0, "no document is fetched"


def test_an_index_that_was_replaced_is_dropped(app: Flask) -> None:
    mongo.db.transactions.create_index([("user_id", 1), ("status", 1)], name="spending")
    with app.app_context():
        indexes.ensure()
        indexes.ensure()
    assert {"sums"} == {"sums", "spending"} & mongo.db.transactions.index_information().keys()


@pytest.mark.parametrize(
    ("route", "query"),
    [
        ("spending-trends", {"months": 60}),
        ("category-insights", {}),
        ("category-insights", {"start_date": "2025-02-01", "end_date": "2026-03-15"}),
        ("monthly-reports", {}),
        ("year-over-year", {}),
        ("budget-vs-actual", {}),
    ],
)
def test_analytics_are_covered_by_their_index(somebody: Person, route: str, query: dict[str, Any]) -> None:
    with profiled("transactions", of=somebody) as operations:
        assert uncached(somebody, f"/api/analytics/{route}", **query).status_code == 200
    assert_indexed(operations)
    sums = [operation for operation in operations if "aggregate" in operation["command"]]
    assert len(sums) == 1, "one aggregation answers all of it"
    assert sums[0]["keysExamined"] > 0
    assert (sums[0]["docsExamined"], sums[0]["planSummary"].count("IXSCAN")) == (0, 1), "no document is fetched"
    largest = [operation for operation in operations if operation not in sums]
    assert len(largest) == (route == "monthly-reports")
    for operation in largest:
        assert operation["keysExamined"] > 10
        assert operation["docsExamined"] <= 10, "only what is shown is fetched"


def test_the_history_reads_its_days_only(somebody: Person) -> None:
    with profiled("transactions", of=somebody) as operations:
        days = data(somebody.get("/api/transactions/history", start_date="", end_date=""))
    assert_indexed(operations)
    examined = sum(operation["docsExamined"] for operation in operations)
    assert examined <= sum(day["transaction_count"] for day in days) + 10


def test_receipts_are_listed_counted_and_searched_by_their_own_indexes(app: Flask) -> None:
    person = register(app)
    document = mongo.db.transactions.find_one({"_id": ObjectId(known_receipt(person)["_id"])}) or {}
    words = [*document["receipt"]["words"], "total"]
    rare = {**document["receipt"], "words": [*words, "lantern"]}
    mongo.db.transactions.insert_many(
        {**document, "_id": ObjectId(), "receipt": {**document["receipt"], "words": words} if number else rare}
        for number in range(1100)
    )
    for query, total in (
        ({}, 1101),
        ({"end_date": "2026-02-01", "category": "Other"}, 1101),
        ({"search": "tot"}, 1100),
        ({"search": "total bakery lant"}, 1),
    ):
        with profiled("transactions", of=person) as operations:
            assert data(uncached(person, RECEIPTS, limit=1, **query))["pagination"]["total"] == total
        assert_indexed(operations)
        for operation in operations:
            assert not operation.get("hasSortStage") or total == 1, "common words are found along the dates"
            assert operation["docsExamined"] <= 2, operation["command"]


def test_without_its_index_a_list_is_slower_but_there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = register(app)
    receipt = known_receipt(person)
    monkeypatch.setattr(pipelines, "BY_DATE", "not_there_yet")
    listed = data(uncached(person, RECEIPTS, limit=1))
    assert [found["_id"] for found in listed["receipts"]] == [receipt["_id"]]
    assert listed["pagination"]["total"] == 1


def test_every_route_is_indexed(app: Flask, somebody: Person) -> None:
    """The rest of what can be asked, writes included."""
    with profiled(*COLLECTIONS) as operations:
        transaction = data(somebody.post(TRANSACTIONS, MILK, headers={"Idempotency-Key": "k"}))
        somebody.post(TRANSACTIONS, MILK, headers={"Idempotency-Key": "k"})
        path = f"{TRANSACTIONS}{transaction['_id']}"
        for answer in (
            somebody.get(path),
            somebody.get(f"{path}/status"),
            somebody.patch(path, {"amount": 5}),
            somebody.delete(path),
            somebody.get("/api/auth/profile"),
            somebody.patch("/api/auth/profile", {"income": 5}),
            somebody.post("/api/ai/summary", headers={"Idempotency-Key": "s"}),
        ):
            assert answer.status_code < 300, answer.text
        receipt = f"{RECEIPTS}{known_receipt(somebody, image_base64=IMAGE)['_id']}"
        for path in (receipt, f"{receipt}/items", f"{receipt}/status", UPLOADS, RECEIPTS):
            assert uncached(somebody, path).status_code == 200
        assert uncached(somebody, RECEIPTS, search="bread").status_code == 200
        assert somebody.patch(receipt, {"tax": 1}).status_code == 200
        assert somebody.delete(receipt).status_code == 200
        somebody.post(f"{TRANSACTIONS}{failed_sentence(somebody)['_id']}/retry")
        budget = data(somebody.post(BUDGETS, {**next_month(), "category": "Travel"}))
        somebody.patch(f"{BUDGETS}{budget['_id']}", {"limit": 5})
        somebody.delete(f"{BUDGETS}{budget['_id']}")
        client = app.test_client()
        for body in ({"email": somebody.email}, {"username": "nobody"}):
            client.post("/api/auth/login", json={**body, "password": PASSWORD})
        client.post("/api/auth/forgot-password", json={"email": somebody.email})
        client.post("/api/auth/reset-password", json={"token": "x", "password": PASSWORD})
    assert len(operations) > 25
    assert_indexed(operations)


def test_sweeps_and_workers_are_indexed(app: Flask, somebody: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, moment = ObjectId(somebody.profile["_id"]), clock.now()
    with profiled(*COLLECTIONS) as operations:
        with monkeypatch.context() as long_ago:  # when no lease of another test had run out
            freeze(long_ago, "2015-01-01T00:00:00+00:00")
            transactions.sweep_abandoned(timedelta(0))
            receipts.sweep_abandoned(timedelta(0))
            summaries.sweep_abandoned(timedelta(0))
            forecasts.sweep_abandoned(timedelta(0))
        list(accounts.sweep_tombstones())
        accounts.by_reset_token("0" * 64, moment)
        assert len(transactions.decisions(owner, 300)) == 300
        transactions.take_up(owner, ObjectId(), moment)
        transactions.settle(owner, ObjectId(), moment, {"status": "completed"})
        receipts.take_up(owner, ObjectId(), "task", timedelta(minutes=1))
        receipts.note_progress(owner, ObjectId(), moment, "reading")
        receipts.settle(owner, ObjectId(), moment, {"status": "completed"})
        receipts.restart(owner, ObjectId(), timedelta(minutes=1))
        receipts.of_file(owner, "0" * 64)
        receipts.merchants(owner, 300)
        receipts.corrected_merchant(owner, "corner bakery")
        summaries.take_up(owner, ObjectId(), moment)
        forecasts.find_or_insert(owner, "0", {"_id": ObjectId(), "running": False})
        forecasts.supersede(owner, ObjectId(), "Groceries")
        forecasts.get(owner, ObjectId())
        forecasts.take_up(owner, ObjectId(), "task", timedelta(minutes=1))
        forecasts.settle(owner, ObjectId(), {"status": "completed"})
        forecasts.forget_failed(owner, ObjectId())
        idempotency.forget(ObjectId())
        ownership.files_in_use(owner, [ObjectId(), ObjectId()])
        ownership.known([owner, ObjectId()])
        ownership.erase(ObjectId())
    assert len(operations) >= 10 + len(ownership.owned_collections())
    assert_indexed(operations)
    for operation in operations:
        assert not operation.get("hasSortStage"), operation["command"]
        if {"receipt.once", "receipt.read_as"} & operation["command"].get("filter", {}).keys():
            assert operation["keysExamined"] <= 1


def test_everything_owned_is_found_by_its_owner(app: Flask) -> None:
    for collection in ownership.owned_collections():
        keys = [index for index in indexes.declared()[collection] if "partialFilterExpression" not in index.document]
        assert "user_id" in {next(iter(index.document["key"])) for index in keys}, collection


def test_ensuring_again_changes_nothing(somebody: Person) -> None:
    before = {name: list(mongo.db[name].list_indexes()) for name in COLLECTIONS}
    assert len(indexes.ensure()) == sum(len(models) for models in indexes.declared().values())
    assert {name: list(mongo.db[name].list_indexes()) for name in COLLECTIONS} == before
    assert all(len(found) > 1 for found in before.values())
