"""A damaged document in the database hides no others: it is left out and named in the log, without what is in it."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from bson import ObjectId
from pymongo.database import Database

from dev.servers import Servers
from tests.faults.load import Request, Visitor
from tests.processes import Api

pytestmark = pytest.mark.slow
TRANSACTIONS, BUDGETS = "/api/transactions/", "/api/budgets/"
PRIVATE = "a very private description"
SPENT = 65.5
DAMAGES: dict[str, dict[str, Any]] = {
    "no amount": {"$unset": {"amount": ""}},
    "a null amount": {"$set": {"amount": None}},
    "an amount in words": {"$set": {"amount": PRIVATE}},
    "an amount that is no number": {"$set": {"amount": math.nan}},
    "an amount with a fraction": {"$set": {"amount": 4550.5}},
    "no currency": {"$unset": {"currency": ""}},
    "an unknown currency": {"$set": {"currency": "ZZZ"}},
    "no local day": {"$unset": {"local_date": ""}},
    "a number for a local day": {"$set": {"local_date": 20260201}},
    "no category": {"$unset": {"category": ""}},
    "an unknown category": {"$set": {"category": PRIVATE}},
    "an unknown type": {"$set": {"type": "gift"}},
    "an unknown status": {"$set": {"status": "lost"}},
    "no status": {"$unset": {"status": ""}},
    "nothing but what it is": {
        "$unset": dict.fromkeys(("amount", "currency", "category", "type", "tags", "items"), "")
    },
}
# The money in these is whole: sums go on counting it.
DAMAGES_BESIDE_THE_MONEY: dict[str, dict[str, Any]] = {
    "no date": {"$unset": {"date": ""}},
    "words for a date": {"$set": {"date": PRIVATE}},
    "no description": {"$unset": {"description": ""}},
    "words for items": {"$set": {"items": PRIVATE}},
    "items without parts": {"$set": {"items": [{}]}},
}
BUDGET_DAMAGES: dict[str, dict[str, Any]] = {
    "no limit": {"$unset": {"limit": ""}},
    "a limit of nothing": {"$set": {"limit": 0}},
    "a limit in words": {"$set": {"limit": PRIVATE}},
    "a limit that is no number": {"$set": {"limit": math.nan}},
    "no currency": {"$unset": {"currency": ""}},
    "no category": {"$unset": {"category": ""}},
    "no month": {"$unset": {"month": ""}},
    "no time of warning": {"$unset": {"alert_at": ""}},
}
USER_DAMAGES: dict[str, dict[str, Any]] = {
    "no settings": {"$unset": {"settings": ""}},
    "no time zone": {"$unset": {"timezone": ""}},
    "an unknown time zone": {"$set": {"timezone": "Mars/Olympus_Mons"}},
    "no currency": {"$unset": {"currency": ""}},
    "no names": {"$unset": {"first_name": "", "last_name": "", "username": "", "last_login": ""}},
}


@pytest.fixture(scope="module")
def database(own_servers: Servers) -> Iterator[Database[dict[str, Any]]]:
    with pymongo.MongoClient(own_servers.mongo_uri) as client:
        yield client.get_default_database()


@pytest.fixture
def visitor(api: Api) -> Visitor:
    """Somebody with two expenses in Groceries."""
    somebody = Visitor(api.address)
    enter(somebody, 45.5)
    enter(somebody, 20)
    return somebody


def enter(visitor: Visitor, amount: float) -> dict[str, Any]:
    body = {"amount": amount, "category": "Groceries", "description": PRIVATE}
    answer = visitor.post(TRANSACTIONS, body)
    assert answer.status == 201, answer.body
    return answer.data


def budget(visitor: Visitor, category: str) -> dict[str, Any]:
    month, year = (visitor.get(f"{TRANSACTIONS}summary").data[name] for name in ("month", "year"))
    answer = visitor.post(BUDGETS, {"category": category, "limit": 100, "month": month, "year": year})
    assert answer.status == 201, answer.body
    return answer.data


def read(visitor: Visitor, path: str) -> Any:
    answer = visitor.get(path)
    assert answer.status == 200, answer.body
    return answer.data


def figures(visitor: Visitor) -> dict[str, Any]:
    """All that is computed from a person's transactions."""
    return {
        "listed": [entry["_id"] for entry in read(visitor, TRANSACTIONS)["transactions"]],
        "found": [entry["_id"] for entry in read(visitor, f"{TRANSACTIONS}?search=private")["transactions"]],
        "history": read(visitor, f"{TRANSACTIONS}history"),
        "summary": read(visitor, f"{TRANSACTIONS}summary"),
        "budgets": read(visitor, BUDGETS),
        "patterns": read(visitor, "/api/insights/spending-patterns"),
    }


def log_of(settings: dict[str, object]) -> str:
    return (Path(str(settings["LOG_DIR"])) / "app.log").read_text()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_transaction_is_left_out_and_logged(
    visitor: Visitor, database: Database[dict[str, Any]], own_settings: dict[str, object], damage: dict[str, Any]
) -> None:
    budget(visitor, "Groceries")
    whole = figures(visitor)
    assert whole["summary"]["current_month_spend"] == whole["budgets"][0]["current_spend"] == SPENT
    damaged = enter(visitor, 7)["_id"]
    database.transactions.update_one({"_id": ObjectId(damaged)}, damage)

    assert figures(visitor) == whole
    assert damaged in log_of(own_settings)
    alone = visitor.get(TRANSACTIONS + damaged)
    assert (alone.status, alone.body["status"], alone.body["data"]["code"]) == (500, "error", "unreadable_record")
    other = TRANSACTIONS + whole["listed"][0]
    assert visitor.ask(Request("PATCH", other, {"amount": 30})).data["amount"] == 30
    assert visitor.ask(Request("DELETE", TRANSACTIONS + damaged)).status == 200
    assert PRIVATE not in log_of(own_settings)


@pytest.mark.parametrize("damage", DAMAGES_BESIDE_THE_MONEY.values(), ids=DAMAGES_BESIDE_THE_MONEY)
def test_where_the_money_is_whole_sums_count_it(
    visitor: Visitor, database: Database[dict[str, Any]], own_settings: dict[str, object], damage: dict[str, Any]
) -> None:
    whole = figures(visitor)
    damaged = enter(visitor, 7)["_id"]
    database.transactions.update_one({"_id": ObjectId(damaged)}, damage)

    seen = figures(visitor)
    assert seen["summary"]["current_month_spend"] == SPENT + 7
    assert (seen["listed"], seen["history"]) == (whole["listed"], whole["history"])
    assert f"unreadable record {damaged}" in log_of(own_settings)
    assert visitor.get(TRANSACTIONS + damaged).body["data"]["code"] == "unreadable_record"
    assert PRIVATE not in log_of(own_settings)


def test_sums_that_leave_something_out_say_so(
    visitor: Visitor, database: Database[dict[str, Any]], own_settings: dict[str, object]
) -> None:
    damaged = enter(visitor, 7)["_id"]
    database.transactions.update_one({"_id": ObjectId(damaged)}, {"$unset": {"amount": ""}})
    assert read(visitor, f"{TRANSACTIONS}summary")["current_month_spend"] == SPENT
    assert f"leave out unreadable transactions: {damaged}" in log_of(own_settings)


def test_what_only_searches_need_is_no_reason_to_leave_it_out(
    visitor: Visitor, database: Database[dict[str, Any]]
) -> None:
    entry = enter(visitor, 7)["_id"]
    database.transactions.update_one({"_id": ObjectId(entry)}, {"$unset": {"search_text": "", "amount_shown": ""}})
    assert entry in figures(visitor)["listed"]
    assert read(visitor, TRANSACTIONS + entry)["amount"] == 7
    assert read(visitor, f"{TRANSACTIONS}summary")["current_month_spend"] == SPENT + 7


@pytest.mark.parametrize("damage", BUDGET_DAMAGES.values(), ids=BUDGET_DAMAGES)
def test_a_damaged_budget_is_left_out_and_logged(
    visitor: Visitor, database: Database[dict[str, Any]], own_settings: dict[str, object], damage: dict[str, Any]
) -> None:
    kept, damaged = budget(visitor, "Groceries"), budget(visitor, "Travel")["_id"]
    database.budgets.update_one({"_id": ObjectId(damaged)}, damage)

    assert read(visitor, BUDGETS) == [kept]
    assert kept["current_spend"] == SPENT
    assert f"unreadable record {damaged}" in log_of(own_settings)
    alone = visitor.get(BUDGETS + damaged)
    assert (alone.status, alone.body["data"]["code"]) == (500, "unreadable_record")
    assert visitor.ask(Request("PATCH", BUDGETS + kept["_id"], {"limit": 200})).data["limit"] == 200
    assert visitor.ask(Request("DELETE", BUDGETS + damaged)).status == 200
    assert PRIVATE not in log_of(own_settings)


@pytest.mark.parametrize("damage", USER_DAMAGES.values(), ids=USER_DAMAGES)
def test_a_damaged_account_goes_on_with_defaults(
    visitor: Visitor, database: Database[dict[str, Any]], own_settings: dict[str, object], damage: dict[str, Any]
) -> None:
    account = read(visitor, "/api/auth/profile")
    whole = figures(visitor)
    database.users.update_one({"_id": ObjectId(account["_id"])}, damage)

    # Both are writes, after which neither the account nor an answer from before is good.
    assert visitor.post("/api/auth/login", visitor.account).status == 200
    entry = enter(visitor, 7)
    assert entry["currency"] == account["currency"]
    assert visitor.ask(Request("DELETE", TRANSACTIONS + entry["_id"])).status == 200
    assert figures(visitor) == whole
    profile = read(visitor, "/api/auth/profile")
    assert {**profile, "last_login": None} == {**account, "last_login": None}
    assert f"account {account['_id']}: taking defaults for" in log_of(own_settings)
    changed = visitor.ask(
        Request("PATCH", "/api/auth/profile", {"timezone": "Asia/Tokyo", "settings": {"theme": "dark"}})
    )
    assert (changed.status, changed.data["timezone"]) == (200, "Asia/Tokyo")
    assert visitor.post("/api/auth/login", visitor.account).status == 200
