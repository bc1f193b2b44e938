"""Applies every model's INDEXES; unique ones decide races, so nothing is written before they exist."""

import logging
import threading
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

import pymongo
from flask import Flask, request
from pymongo import IndexModel
from pymongo.errors import OperationFailure

from app import models
from app.extensions import mongo

log = logging.getLogger(__name__)
BUILD_SECONDS = 600
BAD_VALUE, NOT_FOUND = 2, 27  # https://www.mongodb.com/docs/manual/reference/error-codes/
T = TypeVar("T")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def declared() -> dict[str, list[IndexModel]]:
    """INDEXES of every module in app/models by collection name."""
    return {module.COLLECTION: module.INDEXES for module in models_of_all()}


def ensure() -> list[str]:
    """Create what is missing and return the names; safe to run any number of times, from any number of processes.

    What a model says is REPLACED, by an index of another name, is dropped: each costs every write.
    """
    names: list[str] = []
    with pymongo.timeout(BUILD_SECONDS):
        for collection, indexes in declared().items():
            names += [f"{collection}.{name}" for name in mongo.db[collection].create_indexes(indexes)]
        for module in models_of_all():
            for name in getattr(module, "REPLACED", ()):
                _drop(module.COLLECTION, name)
    return names


def _drop(collection: str, name: str) -> None:
    try:
        mongo.db[collection].drop_index(name)
    except OperationFailure as error:
        if error.code != NOT_FOUND:
            raise


def models_of_all() -> list[Any]:
    """Every module of app/models."""
    return [import_module(f"{models.__name__}.{module.name}") for module in iter_modules(models.__path__)]


def by_index(name: str, ask: Callable[[dict[str, Any]], T]) -> T:
    """What `ask` finds, given the option that names an index; without it where the index isn't there (yet)."""
    try:
        return ask({"hint": name})
    except OperationFailure as error:
        if error.code != BAD_VALUE:
            raise
        return ask({})


def init_app(app: Flask) -> None:
    """Ensure the indexes before the first request that may write; reading needs none to be right."""
    lock = threading.Lock()
    done = threading.Event()

    def before_request() -> None:
        if done.is_set() or request.method in READING:
            return
        # Building may take long, so its time-out doesn't notice that MongoDB is down; this does, for all at once.
        mongo.cx.admin.command("ping")
        with lock:
            if not done.is_set():
                log.info("indexes ensured: %d", len(ensure()))
                done.set()

    app.before_request(before_request)
