"""Everything somebody owns: the documents of every collection whose model says OWNED, and the FILES they refer to."""

from collections.abc import Iterator
from functools import reduce
from itertools import islice
from operator import getitem
from typing import Any

import pymongo
from bson import ObjectId
from pymongo.cursor import Cursor

from app.core import idempotency
from app.core.conditions import Condition
from app.core.indexes import models_of_all
from app.extensions import mongo

ERASE_SECONDS = 20  # years of records may take longer than a request's ordinary operations
DOCUMENTS_AT_ONCE = 1_000
FILES_AT_ONCE = 100  # MongoDB keeps a cursor for ten minutes, and a file may take seconds


def owned_collections() -> list[str]:
    """The collections whose documents belong to the user in their `user_id`."""
    return [model.COLLECTION for model in models_of_all() if model.OWNED]


def file_references() -> dict[str, str]:
    """By collection, the path at which its documents describe the file they refer to."""
    return {model.COLLECTION: model.FILES for model in models_of_all() if hasattr(model, "FILES")}


def files_in_use(owner: ObjectId, file_ids: list[ObjectId]) -> dict[ObjectId, dict[str, Any]]:
    """Those of these files that a document of the owner refers to, as it describes them."""
    found = {}
    for collection, path in file_references().items():
        # The type is asked for because the index holds only documents with a file.
        condition = Condition({"user_id": owner, f"{path}._id": {"$in": file_ids, "$type": "objectId"}})
        for document in mongo.db[collection].find(condition, {path: 1}):
            file: dict[str, Any] = reduce(getitem, path.split("."), document)
            found[file["_id"]] = file
    return found


def documents(owner: ObjectId, collection: str) -> Iterator[list[dict[str, Any]]]:
    """All that the owner has in one of the collections, in batches; whoever reads may take his time between them."""
    return _batches(mongo.db[collection].find({"user_id": owner}, batch_size=DOCUMENTS_AT_ONCE), DOCUMENTS_AT_ONCE)


def files(owner: ObjectId, collection: str) -> Iterator[dict[str, Any]]:
    """All files that the owner's documents in a collection refer to, as they describe them."""
    path = file_references()[collection]
    condition = Condition({"user_id": owner, f"{path}._id": {"$type": "objectId"}})
    for batch in _batches(mongo.db[collection].find(condition, {path: 1}, batch_size=FILES_AT_ONCE), FILES_AT_ONCE):
        yield from (reduce(getitem, path.split("."), document) for document in batch)


def _batches(found: Cursor[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    with found:
        while True:
            with pymongo.timeout(ERASE_SECONDS):
                batch = list(islice(found, size))
            if not batch:
                return
            yield batch


def known(owners: list[ObjectId]) -> set[ObjectId]:
    """Those of these who have an account here, or had one of which something may still be left."""
    return {account["_id"] for account in mongo.db.users.find({"_id": {"$in": owners}}, {"_id": 1})}


def has_accounts() -> bool:
    """Whether anybody is in this database: one that was lost or is just being restored has nobody."""
    return mongo.db.users.estimated_document_count() > 0


def erase(owner: ObjectId) -> None:
    """Delete all that a user owns; doing it again changes nothing."""
    with pymongo.timeout(ERASE_SECONDS):
        for collection in owned_collections():
            mongo.db[collection].delete_many({"user_id": owner})
        idempotency.forget(owner)
