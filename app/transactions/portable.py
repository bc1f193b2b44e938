"""Transactions as they leave the service and come back: the columns of exports, and cells no spreadsheet runs."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import AfterValidator

from app.core.money import DECIMALS, to_number
from app.core.types import Category, Currency, Instant, MoneyOut, Out
from app.transactions.answer_parts import ItemOut, item_out
from app.transactions.schemas import TransactionType

Document = dict[str, Any]
# What begins a cell that a spreadsheet runs: OWASP's "CSV Injection", with the full-width forms that some take, too.
RUN = r"=+\-@＝＋－＠"
AT_BEGIN, WITHIN = f"(?=[\"']*[{RUN}\\t\\r\\n])", f"(?=[\"']*[{RUN}])"
# Where a spreadsheet that takes another separator than ours sees a cell begin inside of a text.
SEPARATOR = r"([;\t\r\n])"
# Most texts are, and are told so in a tenth of the time.
HARMLESS = re.compile(rf"[^\"'{RUN};\t\r\n][^;\t\r\n]*")
FORMULA = re.compile(rf"\A{AT_BEGIN}")
RISKY = re.compile(rf"\A{AT_BEGIN}|{SEPARATOR}{WITHIN}")
MADE_SAFE = re.compile(rf"\A'{AT_BEGIN}|{SEPARATOR}'{WITHIN}")


def _is_a_day(value: str) -> str:
    return date.fromisoformat(value).isoformat()


class Portable(Out):
    """A transaction without what is ours alone; its fields are the columns of an export, in their order."""

    date: Instant
    local_date: Annotated[str, AfterValidator(_is_a_day)]
    type: TransactionType
    amount: MoneyOut
    currency: Currency
    category: Category
    description: str
    merchant: str | None
    notes: str | None
    tags: list[str]
    items: list[ItemOut]
    external_id: str | None


class PortableRow(NamedTuple):
    """A row of a file that can be stored: its number as `Fault` counts, and the stored fields it stands for."""

    row: int
    fields: Document


COLUMNS = tuple(Portable.model_fields)
AS_STORED = tuple(name for name in COLUMNS if name not in ("amount", "items"))


def portable(stored: Mapping[str, Any]) -> Portable:
    """What a transaction is, from its stored fields.

    Raises:
        what app.core.records.FAULTS names: they are damaged.
    """
    currency = stored["currency"]
    fields = {name: stored[name] for name in AS_STORED}
    fields["amount"] = to_number(stored["amount"], currency)
    fields["items"] = [item_out(item, currency) for item in stored["items"]]
    return Portable.model_validate(fields)


def as_json(row: Portable) -> bytes:
    """The row as a JSON object; amounts are the shortest numbers that are exactly what they say."""
    return orjson.dumps(row, default=_plain)


def _plain(part: Out) -> Document:
    return part.__dict__


def as_cells(row: Portable) -> list[str]:
    """The row as texts, one for each of COLUMNS; tags and items are JSON, what is absent is empty."""
    amount = f"{row.amount:.{DECIMALS[row.currency]}f}"
    lists = [orjson.dumps(entries, default=_plain).decode() if entries else None for entries in (row.tags, row.items)]
    texts = (row.description, row.merchant, row.notes, *lists, row.external_id)
    begin = [row.date.isoformat(), row.local_date, row.type, amount, row.currency, row.category]
    return begin + [safe(text) if text else "" for text in texts]


def safe(text: str) -> str:
    """The text with a ' wherever a spreadsheet that reads CSV might begin to run it."""
    return text if HARMLESS.fullmatch(text) else RISKY.sub(r"\1'", text)


def safe_as_a_whole(text: str) -> str:
    """The text with a ' in front if it looks like a formula: for where no cell can begin within it."""
    return FORMULA.sub("'", text)


def original(cell: str) -> str:
    """What `safe` made this of: it is one to one, as it adds its ' to texts that have one there already, too."""
    return MADE_SAFE.sub(r"\1", cell)


def fingerprint(stored: Mapping[str, Any]) -> str:
    """The same for transactions and rows that agree in all columns: SHA-256 in hex."""
    return hashlib.sha256(as_json(portable(stored))).hexdigest()
