"""Pages of lists and ranges of days, as query parameters and as answers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from app.core.types import Out, Query

LARGEST_PAGE = 1_000_000


class Page(Query):
    """One page of a list; more than 100 items are served as 100."""

    page: int = Field(1, ge=1, le=LARGEST_PAGE, description="From 1.")
    limit: Annotated[int, AfterValidator(lambda value: min(value, 100))] = Field(
        50, ge=1, le=10**9, description="Items per page; over 100 is served as 100."
    )

    @property
    def skip(self) -> int:
        """How many items come before this page."""
        return (self.page - 1) * self.limit


class Pagination(Out):
    """Where a page stands in its list."""

    page: int
    limit: int
    total: int
    pages: int
    has_more: bool

    @classmethod
    def of(cls, page: Page, total: int) -> "Pagination":
        """The pagination of one page out of `total` items."""
        pages = -(-total // page.limit)
        return cls(page=page.page, limit=page.limit, total=total, pages=pages, has_more=page.page < pages)
