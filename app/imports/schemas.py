"""What clients may send about imports."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core.files import LongFile, LongForm
from app.core.types import Currency, unset

LONGEST_COLUMN = 200
MOST_MAPPED = 50
LONGEST_FORMAT = 40


def _mapping(text: Any) -> Any:
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError):
        mapping = None
    texts = isinstance(mapping, dict) and all(isinstance(column, str) for column in mapping.values())
    if not texts or len(mapping) > MOST_MAPPED or any(len(column) > LONGEST_COLUMN for column in mapping.values()):
        raise PydanticCustomError("mapping", 'must be a JSON object like {"amount": "Umsatz", "date": "Buchungstag"}')
    return mapping


Mapping = Annotated[
    dict[str, str],
    BeforeValidator(_mapping),
    WithJsonSchema(
        {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "Where to find what in a CSV file, as JSON: our field → the name of its column. It wins "
            "over what is guessed.",
            "examples": ['{"date": "Booked on", "amount": "Sum", "description": "Text"}'],
        }
    ),
]


def _date_format(value: str) -> str | None:
    return value or None


DateFormat = Annotated[
    str,
    Field(
        max_length=LONGEST_FORMAT,
        description="How its dates are written, such as DD/MM/YYYY, where that can't be told.",
    ),
    AfterValidator(_date_format),
]


class Wishes(LongForm):
    """What there is to say about a file of transactions."""

    mapping: Mapping = unset()
    dry_run: bool = Field(False, description="Only show what would happen: nothing is stored.")
    currency: Annotated[Currency, Field(description="Of rows that name none; else your own.")] = unset()
    date_format: DateFormat = unset()


class ImportForm(Wishes):
    """A file of transactions, and what there is to say about it."""

    file: LongFile
