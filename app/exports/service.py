"""Transactions as a file."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from flask import Response

from app.core import clock
from app.exports import streaming
from app.exports.schemas import ExportQuery
from app.exports.tables import as_csv, as_json_array
from app.exports.workbook import as_workbook
from app.models.users import User
from app.transactions import portable_service
from app.transactions.portable_service import Portable


class Format(NamedTuple):
    """How a format is called, and how it is written."""

    content_type: str
    write: Callable[[Iterable[list[Portable]]], Iterator[bytes]]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    "csv": Format("text/csv; charset=utf-8", as_csv),
    "json": Format("application/json", as_json_array),
    "xlsx": Format(XLSX, as_workbook),
}


def transactions(user: User, query: ExportQuery) -> Response:
    """The user's completed transactions that match, oldest first, as a download.

    Raises:
        Invalid: the range of dates starts after its end.
        Unavailable: MongoDB can't be reached, or too many exports are under way.
    """
    place = streaming.begin(user["_id"])
    try:
        batches = portable_service.exported(user, query)
    except BaseException:
        place.close()
        raise
    form = FORMATS[query.format]
    name = f"finsight-transactions-{clock.today(user['timezone'])}.{query.format}"
    return streaming.sent(place, form.write(batches), name, form.content_type)
