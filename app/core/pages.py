"""Pages of lists and ranges of days, as query parameters and as answers."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple

import bson
from bson import CodecOptions, ObjectId
from bson.errors import InvalidBSON
from pydantic import AfterValidator, Field

from app.core import clock
from app.core.conditions import Condition
from app.core.errors import Invalid
from app.core.types import Moment, Out, Query

START = "start"
UTC_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
LARGEST_PAGE = 1_000_000
LAST_MOMENT = time(23, 59, 59, 999000)
ANY_ZONE = timedelta(days=1)  # more than any zone is down from UTC


class Page(Query):
    """One page of a list; more than 100 items are served as 100."""

    page: int = Field(1, ge=1, le=LARGEST_PAGE, description="From 1.")
    limit: Annotated[int, AfterValidator(lambda value: min(value, 100))] = Field(
        50, ge=1, description="Items per page; over 100 is served as 100."
    )

    @property
    def skip(self) -> int:
        """How many items come before this page."""
        return (self.page - 1) * self.limit


class Pagination(Out):
    """Where a page stands in its list."""

    model_config = {
        "json_schema_extra": {"examples": [{"page": 1, "limit": 50, "total": 1, "pages": 1, "has_more": False}]}
    }

    page: int
    limit: int
    total: int
    pages: int
    has_more: bool
    next_cursor: str | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Where the next page begins; only with `cursor`, and not on the last page.",
    )

    @classmethod
    def of(cls, page: Page, total: int) -> "Pagination":
        """The pagination of one page out of `total` items."""
        pages = -(-total // page.limit)
        return cls(page=page.page, limit=page.limit, total=total, pages=pages, has_more=page.page < pages)


class Cursor(NamedTuple):
    """The place behind an item of an ordered list: the value it is ordered by, and its id."""

    value: datetime | int
    id: ObjectId

    def __str__(self) -> str:
        return urlsafe_b64encode(bson.encode(self._asdict())).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """The place a cursor names; None for `start`.

    Raises:
        ValueError: it is none of ours.
    """
    if text == START:
        return None
    try:
        fields = bson.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), UTC_AWARE)
    except (InvalidBSON, ValueError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(fields.get("value"), datetime | int) or not isinstance(fields.get("id"), ObjectId):
        raise ValueError("not a cursor")
    return Cursor(fields["value"], fields["id"])


class DateRange(Query):
    """From a day or instant to another, both inclusive; a day means the whole day of the user."""

    start_date: Moment | None = Field(None, description="From this day or instant on.")
    end_date: Moment | None = Field(None, description="Up to and with this day or instant.")

    def first_instant(self, timezone: str) -> datetime | None:
        """When the range begins, in UTC."""
        return None if self.start_date is None else _edge(self.start_date, time.min, timezone)

    def last_instant(self, timezone: str) -> datetime | None:
        """The last millisecond of the range, in UTC."""
        return None if self.end_date is None else _edge(self.end_date, LAST_MOMENT, timezone)

    def condition(self, timezone: str) -> Condition:
        """The Mongo condition: days compare `local_date`, which is fixed when written; instants compare `date`.

        Raises:
            Invalid: the start lies after the end.
        """
        first, last = self.first_instant(timezone), self.last_instant(timezone)
        if first and last and first > last:
            raise Invalid.field(("query", "start_date"), "must not be after end_date")
        condition: dict[str, Any] = {}
        for value, instant, operator in ((self.start_date, first, "$gte"), (self.end_date, last, "$lte")):
            if isinstance(value, datetime):
                condition.setdefault("date", {})[operator] = instant
            elif value is not None:
                condition.setdefault("local_date", {})[operator] = value.isoformat()
                # Says no more than the day does, but in the field that the list's index is ordered by.
                condition.setdefault("date", {})[operator] = _widest_edge(value, operator)
        return Condition(condition)


def _widest_edge(day: date, operator: str) -> datetime:
    at, margin = (time.min, -ANY_ZONE) if operator == "$gte" else (LAST_MOMENT, ANY_ZONE)
    return datetime.combine(day, at, UTC) + margin


def _edge(value: date | datetime, at: time, timezone: str) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.combine(value, at)
    return clock.instant_of(moment, timezone)


class MonthQuery(Query):
    """A month; the current one in the user's time zone where left out."""

    month: int | None = Field(None, ge=1, le=12)
    year: int | None = Field(None, ge=1970, le=2100)

    def resolve(self, timezone: str) -> tuple[int, int]:
        """(year, month), what is left out taken from today."""
        today = clock.today(timezone)
        return self.year or today.year, self.month or today.month
