"""MongoDB killed, or frozen, while people are entering what they spent: nothing that was confirmed is lost."""

from collections.abc import Callable
from statistics import median
from typing import Any

import psutil
import pymongo
import pytest

from dev.servers import Server
from tests.faults.load import NO_ANSWER, Load, Request, Visitor, load, manual, spread, tell
from tests.processes import Api, killed, stopped
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
WITHIN_SECONDS = 3.0
HANGING_SECONDS = 2 * WITHIN_SECONDS
CALLERS, PAUSE = 20, 0.05  # more callers than the process has threads
DOWN = {"status": "unhealthy", "checks": {"mongodb": "down", "redis": "ok"}}


def reading_and_writing(number: int) -> Request:
    """Mostly entries, some of them under a key, and a look at the list now and then."""
    if number % 4 == 3:
        return Request("GET", "/api/transactions/")
    entry = manual(number)
    return Request(entry.method, entry.path, entry.body, key=f"key {number}" if number % 2 else None)


def processes(api: Api) -> set[int]:
    """The master and its workers."""
    return {api.popen.pid, *(child.pid for child in psutil.Process(api.popen.pid).children())}


@pytest.mark.parametrize("failure", [killed, stopped])
def test_what_was_confirmed_is_there_and_service_comes_back(
    api: Api,
    own_mongo: Server,
    failure: Callable[[Server], Any],
    record_property: Callable[[str, object], None],
) -> None:
    before = processes(api)
    visitor = Visitor(api.address)
    with load(visitor, reading_and_writing, CALLERS, PAUSE) as running:
        wait_until(lambda: len(running.created()) > 50, seconds=30)
        with failure(own_mongo):
            wait_until(lambda: seen_down(visitor))
            health = [visitor.get("/health") for _ in range(5)]
            refused = len(running.with_status(503))
            wait_until(lambda: len(running.with_status(503)) > refused + CALLERS, seconds=30)
        created = len(running.created())
        wait_until(lambda: len(running.created()) > created + 50, seconds=30)
    assert {answer.status for answer in health} == {503}
    assert median(answer.seconds for answer in health) < WITHIN_SECONDS
    assert processes(api) == before
    assert wait_until(lambda: visitor.get("/health").status == 200)
    assert_refused_in_time(running)
    stored = count_by_description(own_mongo, visitor)
    confirmed = [answer.data for answer in running.with_status(201)]
    lost = [entry for entry in confirmed if entry["description"] not in stored]
    doubled = {description: count for description, count in stored.items() if count > 1}
    tell(
        record_property,
        confirmed=len(confirmed),
        lost=len(lost),
        doubled=len(doubled),
        refused=len(running.with_status(503)),
        slowest_refusal=f"{max(answer.seconds for answer in running.with_status(503)):.1f} s",
        longest_gap=f"{running.longest_gap():.1f} s",
    )
    assert (lost, doubled) == ([], {})


def seen_down(visitor: Visitor) -> bool:
    """Whether /health names MongoDB, and only that."""
    answer = visitor.get("/health")
    return (answer.status, answer.body) == (503, DOWN)


def assert_refused_in_time(running: Load) -> None:
    assert {answer.status for answer in running.answers} == {200, 201, 503}, running.with_status(NO_ANSWER)
    for answer in running.with_status(503):
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.body["data"]["code"] == "service_unavailable"
        assert answer.seconds < HANGING_SECONDS, answer
    # The machine of the tests has pauses of its own, which are not all answers'.
    assert spread(running.with_status(503))[1] < WITHIN_SECONDS


def count_by_description(mongo: Server, visitor: Visitor) -> dict[str, int]:
    with pymongo.MongoClient(mongo.uri()) as client:
        database = client.get_default_database()
        owner = database.users.find_one({"email": visitor.account["email"]})
        assert owner is not None
        rows = database.transactions.aggregate(
            [{"$match": {"user_id": owner["_id"]}}, {"$group": {"_id": "$description", "count": {"$sum": 1}}}]
        )
        return {row["_id"]: row["count"] for row in rows}


@pytest.mark.parametrize("failure", [killed, stopped])
def test_a_key_is_free_again_when_its_first_request_fell_into_the_outage(
    api: Api, own_mongo: Server, failure: Callable[[Server], Any]
) -> None:
    """Its release could not be written either; the next try must not be told to wait for a request that is over."""
    visitor = Visitor(api.address)
    with load(visitor, keyed, CALLERS, PAUSE) as running:
        wait_until(lambda: len(running.created()) > 50, seconds=30)
        with failure(own_mongo):
            wait_until(lambda: len(running.with_status(503)) > CALLERS, seconds=30)
            wait_until(lambda: seen_down(visitor))
        wait_until(visitor_is_served(visitor), seconds=30)
    refused = [answer.request for answer in running.with_status(503)][: 2 * CALLERS]  # the first were under way
    again = [wait_until(lambda request=request: accepted(visitor, request)) for request in refused]
    stored = count_by_description(own_mongo, visitor)
    assert len(again) == len(refused) > CALLERS
    sent = [answer.request for answer in running.with_status(201)] + refused
    assert {request.body["description"] for request in sent} <= set(stored)
    assert set(stored.values()) == {1}


def keyed(number: int) -> Request:
    entry = manual(number)
    return Request(entry.method, entry.path, entry.body, key=f"keyed {number}")


def visitor_is_served(visitor: Visitor) -> Callable[[], bool]:
    return lambda: visitor.get("/api/transactions/").status == 200


def accepted(visitor: Visitor, request: Request) -> bool:
    answer = visitor.ask(request)
    assert answer.status in (201, 409, 503), answer
    return answer.status == 201
