"""Loads the benchmark's accounts, transactions and budgets; keeps what an earlier run loaded, if it is the same."""

import hashlib
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pymongo
from bson import ObjectId
from flask import Flask
from pymongo import MongoClient
from pymongo.database import Database
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app import create_app
from app.auth import service as accounts
from app.auth.schemas import RegisterIn
from app.budgets import service as budgets
from app.budgets.schemas import MonthlyBudget
from app.core import clock, indexes
from app.core.types import CATEGORIES
from app.extensions import mongo
from app.extensions import redis as redis_of_app
from app.models.users import User
from bench import entries
from bench.words import FIRST_NAMES
from config import ROOT

PASSWORD = "Benchmark-1"  # noqa: S105 -- of accounts that live as long as the benchmark
CHUNK_DAYS = 5
SHAPES = ("bench/data.py", "bench/entries.py", "bench/words.py", "app/models/*.py", "app/transactions/entry.py")
SPAWN = multiprocessing.get_context("spawn")  # a fork would share the sockets of this process


@dataclass(frozen=True)
class Plan:
    """How much is loaded: `transactions` in all; users and the three large ones follow from it."""

    transactions: int = 1_000_000

    @property
    def users(self) -> int:
        """1,000 for a million transactions."""
        return max(6, self.transactions // 1000)

    @property
    def large(self) -> list[int]:
        """Transactions of the small, the middle and the large user."""
        return [self.transactions // divisor for divisor in (1000, 100, 10)]

    @property
    def totals(self) -> list[int]:
        """Transactions of every user, the three first."""
        rest, users = self.transactions - sum(self.large), self.users - 3
        return self.large + [(number + 1) * rest // users - number * rest // users for number in range(users)]

    def fingerprint(self, today: date) -> str:
        """Changes with everything that decides what is stored."""
        code = [path.read_bytes() for pattern in SHAPES for path in sorted(ROOT.glob(pattern))]
        return hashlib.sha256(b"\0".join([repr((self, today)).encode(), *code])).hexdigest()


def email(number: int) -> str:
    """The address of the number-th account; 0, 1 and 2 are the small, the middle and the large one."""
    return f"bench-{number}@example.com"


def ensure(plan: Plan, settings: dict[str, Any]) -> None:
    """Have the data in the database that `settings` name, loading it anew if what is there isn't the same."""
    app = create_app(**settings)
    with app.app_context():
        marker = mongo.cx.bench.marker
        today = clock.today(app.config["DEFAULT_TIMEZONE"])
        wanted = {"_id": 0, "fingerprint": plan.fingerprint(today)}
        if marker.find_one() != wanted:
            with pymongo.timeout(600):
                marker.drop()
                mongo.cx.drop_database(mongo.db.name)
                _load(app, plan, today)
                marker.insert_one(wanted)
        indexes.ensure()
    mongo.cx.close()
    redis_of_app.client.close()


def _load(app: Flask, plan: Plan, today: date) -> None:
    users = _register(plan.users)
    for user in users[:3]:
        for category in CATEGORIES:
            body = MonthlyBudget(category=category, limit=Decimal(90_000), month=today.month, year=today.year)
            budgets.create(user, body)
    chunks = range(0, entries.DAYS, CHUNK_DAYS)
    with _bar(plan.transactions) as advance, ProcessPoolExecutor(mp_context=SPAWN) as pool:
        work = [pool.submit(_store, app.config["MONGO_URI"], users, plan.totals, first, today) for first in chunks]
        for done in work:
            advance(done.result())
    indexes.ensure()
    _copy_for_the_floor([user["_id"] for user in users[:3]])


@contextmanager
def _bar(total: int) -> Iterator[Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn()) as progress:
        task = progress.add_task("Loading transactions", total=total)
        yield lambda count: progress.advance(task, count)


def _register(count: int) -> list[User]:
    """One account opened by the application, at the full cost of its hash; the others are copies of it."""
    first = accounts.register(RegisterIn.model_validate({"email": email(0), "password": PASSWORD}))
    others = [
        {**first, "_id": ObjectId(), "email": email(number), "first_name": FIRST_NAMES[number % len(FIRST_NAMES)]}
        for number in range(1, count)
    ]
    mongo.db.users.insert_many(others)
    return [first, *cast(list[User], others)]


def _store(uri: str, users: list[User], totals: list[int], first: int, today: date) -> int:
    client: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True, w=1, journal=False)
    with client:
        days = range(first, min(first + CHUNK_DAYS, entries.DAYS))
        documents = [document for day in days for document in entries.of_day(users, totals, day, today)]
        if documents:
            client.get_default_database().transactions.insert_many(documents, ordered=False)
    return len(documents)


def _copy_for_the_floor(owners: list[ObjectId]) -> None:
    """The three users' rows once more, under indexes that are ideal for the floor whatever the application's are."""
    mongo.db.transactions.aggregate([{"$match": {"user_id": {"$in": owners}}}, {"$out": entries.FLOOR_COLLECTION}])
    up, down = pymongo.ASCENDING, pymongo.DESCENDING
    spending = ("status", "local_date", "type", "currency", "category", "amount")
    mongo.db[entries.FLOOR_COLLECTION].create_indexes(
        [
            pymongo.IndexModel([("user_id", up), ("date", down), ("_id", down)], name="by_date"),
            pymongo.IndexModel([("user_id", up), *((name, up) for name in spending)], name="spending"),
            pymongo.IndexModel([("user_id", up), *((name, up) for name in (*spending, "merchant"))], name="merchants"),
            pymongo.IndexModel([("user_id", up), ("date", down), ("_id", down), ("search_text", up)], name="search"),
        ]
    )


def owners(database: Database[dict[str, Any]]) -> list[str]:
    """The ids of the small, the middle and the large user."""
    found = {
        user["email"]: str(user["_id"]) for user in database.users.find({"email": {"$in": [*map(email, range(3))]}})
    }
    return [found[email(number)] for number in range(3)]
