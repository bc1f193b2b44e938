"""Filters and aggregations over transactions, as pure functions that match the owner first."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import pymongo
from bson import ObjectId

from app.core.conditions import Condition, Pipeline
from app.core.errors import Invalid
from app.core.money import CURRENCIES, EXACT, MOST_DECIMALS
from app.core.pages import START, Cursor, read_cursor
from app.core.types import CATEGORIES
from app.models.transactions import COUNTED, Kind
from app.transactions.schemas import Filters, TransactionQuery
from app.transactions.texts import fold

SEARCH_SECONDS = 5
WHOLE_NUMBERS = frozenset({"int", "long"})
KNOWN: dict[str, list[str]] = {"type": [*Kind], "currency": [*CURRENCIES], "category": [*CATEGORIES]}
MONTH = Condition({"month": {"$substrBytes": ["$local_date", 0, 7]}})  # a key of `spending`: "YYYY-MM"
READABLE = {
    "amount": {"$type": [*WHOLE_NUMBERS], "$ne": 0},
    **{name: {"$in": [str(value) for value in values]} for name, values in KNOWN.items()},
}


def matching(owner: ObjectId, query: Filters, timezone: str) -> Condition:
    """The filter of the list: all that the query names, of this owner.

    Raises:
        Invalid: the range of dates starts after its end.
    """
    condition: dict[str, Any] = {"user_id": owner, **query.condition(timezone)}
    for name in ("category", "type", "status"):
        if (value := getattr(query, name, None)) is not None:
            condition[name] = value
    if query.tag is not None:
        condition["tags"] = query.tag
    if query.search is not None:
        condition["$expr"] = containing("$search_text", fold(query.search))
    for bound, operator in ((query.min_amount, "$gte"), (query.max_amount, "$lte")):
        if bound is not None:
            # min and max are compared as shown; a bound finer than any currency rounds to the same side
            scaled = bound.scaleb(MOST_DECIMALS, EXACT)
            condition.setdefault("amount_shown", {})[operator] = int(
                scaled.to_integral_value("ROUND_CEILING" if operator == "$gte" else "ROUND_FLOOR")
            )
    return Condition(condition)


def patience(query: TransactionQuery) -> AbstractContextManager[None]:
    """Around a query: longer than others may take, if it has to look at every text."""
    return pymongo.timeout(SEARCH_SECONDS) if query.search else nullcontext()


def containing(field: str, part: str) -> dict[str, Any]:
    """Whether a text has this part; no regular expression, as no part takes this one much longer than any other."""
    return {"$gte": [{"$indexOfCP": [field, {"$literal": part}]}, 0]}


def behind(condition: Condition, query: TransactionQuery) -> Condition:
    """The condition for what comes behind the query's cursor.

    Raises:
        Invalid: the cursor is none of a list in this order.
    """
    (field, direction), _ = order(query)
    place = _place(query, datetime if field == "date" else int)
    if place is None:
        return condition
    further, or_at = ("$gt", "$gte") if direction == 1 else ("$lt", "$lte")
    # The first part says no more than the second, but in a form that is a bound of the index.
    beyond = {field: {or_at: place.value}, "$or": [{field: {further: place.value}}, {"_id": {further: place.id}}]}
    return Condition({**condition, "$and": [beyond]})


def _place(query: TransactionQuery, kind: type) -> Cursor | None:
    foreign = Invalid.field(("query", "cursor"), "must be `start` or a next_cursor of a list in the same order")
    try:
        place = read_cursor(query.cursor or START)
    except ValueError:
        raise foreign from None
    if place is not None and not isinstance(place.value, kind):
        raise foreign
    return place


def cursor(documents: list[dict[str, Any]], query: TransactionQuery) -> Cursor | None:
    """The place behind the last document that has one in the query's order; None if all are damaged."""
    field = order(query)[0][0]
    kind = datetime if field == "date" else int
    placed = (document for document in reversed(documents) if isinstance(document.get(field), kind))
    last = next(placed, None)
    return Cursor(last[field], last["_id"]) if last else None


def order(query: TransactionQuery) -> list[tuple[str, int]]:
    """A total order: ties break on the id."""
    direction = 1 if query.sort_order == "asc" else -1
    return [("amount_shown" if query.sort_by == "amount" else "date", direction), ("_id", direction)]


def dated(owner: ObjectId, first_day: str, last_day: str, currency: str) -> Condition:
    """The condition for what counts in one currency between two local days, both inclusive."""
    days = {"$gte": first_day, "$lte": last_day}
    return Condition({"user_id": owner, **COUNTED, "local_date": days, "currency": currency})


def days_of_month(first_day: str, last_day: str) -> Condition:
    """A key of `spending`: by month, and from one day to the other by day; `day` is null outside of these."""
    inside = {"$and": [{"$gte": ["$local_date", first_day]}, {"$lte": ["$local_date", last_day]}]}
    return Condition({**MONTH, "day": {"$cond": [inside, "$local_date", None]}})


def merchants(since: str) -> Condition:
    """A key of `spending`: `current` from a day on, and by merchant there; `merchant` is null before."""
    current = {"$gte": ["$local_date", since]}
    return Condition({"current": current, "merchant": {"$cond": [current, "$merchant", None]}})


def spending(owner: ObjectId, first_day: str, last_day: str, key: Condition) -> Pipeline:
    """Money that counts by type, currency, category and `key` between two local days, both inclusive.

    Yields {_id: {type, currency, category, …}, total (minor units), count, kinds}; kinds are the types the amounts
    have in MongoDB, because its $sum passes over what is no number.
    Everything it reads is in the index `sums`.
    """
    return Pipeline(
        [
            {
                "$match": {
                    "user_id": owner,
                    **COUNTED,
                    "local_date": {"$gte": first_day, "$lte": last_day},
                }
            },
            {
                "$group": {
                    "_id": {**key, "type": "$type", "currency": "$currency", "category": "$category"},
                    "total": {"$sum": "$amount"},
                    "count": {"$sum": 1},
                    "kinds": {"$addToSet": {"$type": "$amount"}},
                }
            },
        ]
    )


def largest(owner: ObjectId, first_day: str, last_day: str, currency: str) -> Condition:
    """The condition for readable expenses in one currency between two local days, both inclusive."""
    days = {"$gte": first_day, "$lte": last_day}
    own = {"type": Kind.EXPENSE.value, "currency": currency}
    return Condition({"user_id": owner, **COUNTED, "local_date": days, **READABLE, **own})


def readable(pipeline: Pipeline) -> Pipeline:
    """The same sums over those transactions alone whose parts are as they should be."""
    return Pipeline([{"$match": {**pipeline[0]["$match"], **READABLE}}, *pipeline[1:]])


def unreadable(pipeline: Pipeline) -> Condition:
    """The condition for the others."""
    return Condition({**pipeline[0]["$match"], "$nor": [READABLE]})
