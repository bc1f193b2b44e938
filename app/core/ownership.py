"""Everything somebody owns: the documents of every collection whose model says OWNED."""

from importlib import import_module
from pkgutil import iter_modules

import pymongo
from bson import ObjectId

from app import models
from app.core import idempotency
from app.extensions import mongo

ERASE_SECONDS = 20  # years of records may take longer than a request's ordinary operations


def owned_collections() -> list[str]:
    """The collections whose documents belong to the user in their `user_id`."""
    modules = [import_module(f"{models.__name__}.{module.name}") for module in iter_modules(models.__path__)]
    return [module.COLLECTION for module in modules if module.OWNED]


def erase(owner: ObjectId) -> None:
    """Delete all that a user owns; doing it again changes nothing."""
    with pymongo.timeout(ERASE_SECONDS):
        for collection in owned_collections():
            mongo.db[collection].delete_many({"user_id": owner})
        idempotency.forget(owner)
