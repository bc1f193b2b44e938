"""Leases of work: a document that is in a worker's hands says until when, and is handed out again after that."""

from datetime import datetime, timedelta
from typing import Any

from pymongo.collection import Collection

from app.core import clock
from app.core.conditions import Condition

Document = dict[str, Any]
MILLISECOND = timedelta(milliseconds=1)


def outlived(moment: datetime, longest: timedelta) -> list[Condition]:
    """What a document meets one of whose lease has run out by then; no lease is given for longer than `longest`."""
    # One that reaches far ahead was given before the clock was set back.
    far = moment + 2 * longest
    return [Condition({"lease_until": {"$lt": moment}}), Condition({"lease_until": {"$gt": far}})]


def sweep(
    collection: Collection[Document], held: Condition, longest: timedelta, renewed: Document | list[Document]
) -> Document | None:
    """Take over one document of anybody's that is held and whose lease ran out: {_id, user_id}; None if there is none.

    Args:
        held: what a document meets that is in a worker's hands.
        longest: the longest lease that is given.
        renewed: the update that gives it a new lease.
    """
    abandoned = {**held, "$or": outlived(clock.now(), longest)}
    found = collection.find_one(abandoned, {"user_id": 1}, sort=[("lease_until", 1)])
    # With its owner: a sharded cluster changes a document only where it knows the shard.
    # None, too, when another sweep was first: what is left is for the next one.
    return found and collection.find_one_and_update({**abandoned, **found}, renewed, projection={"user_id": 1})


def lengthened(waiting_since: str, shortest: timedelta, longest: timedelta) -> Document:
    """The new end of a lease, for an update by a pipeline: as much time again as the document has waited already.

    With the same time for each, messages of what waits would fill a long queue with repetitions.

    Args:
        waiting_since: the field that says since when it waits.
    """
    moment = clock.now()
    waited = {"$subtract": [moment, f"${waiting_since}"]}
    bounded = {"$min": [longest // MILLISECOND, {"$max": [shortest // MILLISECOND, waited]}]}
    return {"$add": [moment, bounded]}
