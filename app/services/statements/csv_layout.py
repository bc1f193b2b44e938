"""Finds the table in a text: its delimiter, its header among the lines before it, its columns."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from app.services.statements import csv_amounts, csv_dates
from app.services.statements.csv_columns import MONEY, Columns, currency_in, mapped, place_of, recognised, seen
from app.services.statements.csv_lines import Record, records
from app.services.statements.csv_words import kind_of
from app.services.statements.records import Unreadable

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SAMPLE_LINES, SAMPLE_LETTERS, PREAMBLE, MOST_COLUMNS = 300, 1 << 20, 100, 500


class Table(NamedTuple):
    """Where a table is: what stands between its cells, the line of its header (0 without one), and its columns."""

    delimiter: str
    header_line: int
    columns: Columns


def find(lines: Iterator[str], mapping: dict[str, str] | None) -> Table:
    """The table that a text holds, by its first lines.

    Raises:
        Unreadable: there is none with a day and an amount, or the mapping names a column that isn't there.
    """
    sample = _beginning(lines)
    told = re.fullmatch(r"sep=(.)\n", sample[0], re.IGNORECASE) if sample else None
    delimiters = (told[1],) if told else DELIMITERS
    rows = {delimiter: _rows(sample, delimiter) for delimiter in delimiters}
    found = [table for delimiter in delimiters for table in _headed(delimiter, rows[delimiter], mapping)]
    if not found:
        found = [table for delimiter in delimiters for table in _bare(delimiter, rows[delimiter], mapping)]
    if not found:
        _refuse(rows, mapping)
    best = max(found, key=lambda table: len(table.columns.places) + len(table.columns.dates))
    return best._replace(columns=_proven(best, rows[best.delimiter], mapping))


def _beginning(lines: Iterator[str]) -> list[str]:
    sample, letters = [], 0
    for line in islice(lines, SAMPLE_LINES):
        sample.append(line)
        letters += len(line)
        if letters > SAMPLE_LETTERS:
            break
    return sample


def _rows(sample: list[str], delimiter: str) -> list[Record]:
    """The records of a sample, but for those with more cells than a table has columns."""
    found = islice(records(iter(sample), delimiter), SAMPLE_LINES)
    return [record for record in found if len(record.cells) <= MOST_COLUMNS]


def _headed(delimiter: str, rows: list[Record], mapping: dict[str, str] | None) -> Iterator[Table]:
    """The first row that names a day and an amount, or all columns of a mapping."""
    for row in rows[:PREAMBLE]:
        names = [cell.strip() for cell in row.cells]
        if mapping and any(place_of(names, column) is None for column in mapping.values()):
            continue
        columns = mapped(names, mapping) if mapping else recognised(names)
        if columns.is_table:
            yield Table(delimiter, row.line, columns)
            return


def _bare(delimiter: str, rows: list[Record], mapping: dict[str, str] | None) -> Iterator[Table]:
    """A table without a header: its columns are told by what is in them, or by a mapping to their numbers."""
    full = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not full or any(len(row.cells) != len(full[0].cells) for row in full[:2]) or len(full[0].cells) < 2:
        return
    columns = _by_content([row.cells for row in full])
    if mapping and columns.is_table:
        columns = mapped([str(number) for number in range(1, len(full[0].cells) + 1)], mapping)
    if columns.is_table:
        yield Table(delimiter, 0, columns)


def _by_content(rows: list[list[str]]) -> Columns:
    """Columns by what all their cells are: days, amounts, currencies, debit or credit, and the longest text."""
    width = len(rows[0])
    cells = [[row[place].strip() for row in rows if place < len(row)] for place in range(width)]
    days = [place for place in range(width) if _mostly(csv_dates.taken, cells[place])]
    amounts = [place for place in range(width) if place not in days and _is_money(cells[place])]
    text = [place for place in range(width) if place not in days + amounts]
    places: dict[str, int] = {}
    for role, fits in (("currency", currency_in), ("type", kind_of)):
        if found := [place for place in text if any(cells[place]) and _mostly(fits, cells[place])]:
            places[role] = found[0]
            text.remove(found[0])
    if text:
        places["description"] = max(text, key=lambda place: sum(map(len, cells[place])))
    if len(amounts) > 1 and _take_turns(cells[amounts[0]], cells[amounts[1]]):
        places |= {"debit": amounts[0], "credit": amounts[1]}
    elif amounts and _mostly(bool, cells[amounts[0]]):
        places["amount"] = amounts[0]
    return Columns(places, tuple(days), None, [])


def _is_money(cells: list[str]) -> bool:
    return any(cells) and _mostly(lambda cell: not cell or csv_amounts.apart(cell), cells)


def _mostly(fits: Callable[[str], object], cells: list[str]) -> bool:
    """Whether the first cell fits and nearly all others do: some rows may be bad, and some may be a footer."""
    return bool(fits(cells[0])) and sum(1 for cell in cells if fits(cell)) >= 0.8 * len(cells)


def _take_turns(first: list[str], second: list[str]) -> bool:
    """Whether each row has one of two amounts, and each column has some."""
    return (
        any(first) and any(second) and all(bool(one) != bool(other) for one, other in zip(first, second, strict=False))
    )


def _proven(table: Table, rows: list[Record], mapping: dict[str, str] | None) -> Columns:
    """The columns of a table, less those whose first cells deny what their names say."""
    columns, places = table.columns, dict(table.columns.places)
    needed = max(*places.values(), *columns.dates) + 1
    body = [row.cells for row in rows if row.line > table.header_line and len(row.cells) >= needed]
    if "currency" in places and "currency" not in (mapping or {}):
        places["currency"] = _beside_amount(columns) or places["currency"]
        held = [row[places["currency"]] for row in body if row[places["currency"]].strip()]
        if held and not any(map(currency_in, held)):
            del places["currency"]
    if {"debit", "credit", "amount"} <= set(places):
        filled = [row for row in body if row[places["amount"]].strip()]
        apart = all(row[places["debit"]].strip() or row[places["credit"]].strip() for row in filled)
        for role in ("amount",) if apart else ("debit", "credit"):
            del places[role]
    return columns._replace(places=places)


def _beside_amount(columns: Columns) -> int | None:
    """The currency column right after the amounts: balances may have one of their own before it."""
    place = columns.places.get("amount", len(columns.names)) + 1
    named = columns.names[place : place + 1]
    return place if "currency" in recognised(named).places else None


def _refuse(rows: dict[str, list[Record]], mapping: dict[str, str] | None) -> None:
    """Say what is missing, beside the header that comes nearest."""
    candidates = [[cell.strip() for cell in row.cells] for found in rows.values() for row in found[:PREAMBLE]]
    wanted = list((mapping or {}).values())
    names = max(
        candidates,
        key=lambda names: (
            sum(place_of(names, column) is not None for column in wanted),
            len(recognised(names).places) + bool(recognised(names).dates),
            len(names),
        ),
        default=[],
    )
    columns = mapped(names, mapping) if mapping else recognised(names)
    lacking = [] if columns.dates else ["no date column"]
    lacking += [] if any(role in columns.places for role in MONEY) else ["no amount column"]
    what = " and ".join(lacking) or "no table"
    raise Unreadable("file", f"There is {what}. {seen(names)} A mapping can say which column is which.")
