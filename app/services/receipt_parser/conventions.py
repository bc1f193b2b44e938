"""How a document writes its numbers: whether a point before three digits parts thousands or decimals.

33.000 is thirty-three thousand in Jakarta, Bogotá and Berlin and thirty-three in Kuwait; a document is taken to write
all its numbers in one way.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.core.money import DECIMALS
from app.services.receipt_parser.rows import Cell, Row

# Without decimals in ISO 4217 or in the shops: here times and rates with a point prove nothing.
WHOLE = frozenset(("IDR", "COP", "HUF", *(code for code, places in DECIMALS.items() if places == 0)))
THOUSANDTHS = frozenset(code for code, places in DECIMALS.items() if places == 3)
_BOUND = r"(?<!\d)(?<!\d[.,:/])"
_END = r"(?![\d%]|[.,:/]\d|\s?(?:ml|cl|l|ltr|g|gr|kg|km|m|cm|mm|cc|mah|w)\b)"
_THOUSANDS = re.compile(rf"{_BOUND}[1-9]\d{{0,2}}\.\d{{3}}{_END}", re.IGNORECASE)
_HUNDREDTHS = re.compile(rf"{_BOUND}\d{{1,6}}\.\d\d{_END}", re.IGNORECASE)
_GROUPED = re.compile(rf"{_BOUND}[1-9]\d{{0,2}}(?:,\d{{3}})+{_END}", re.IGNORECASE)
_COMMA_THOUSANDTHS = re.compile(rf"{_BOUND}\d{{1,3}},\d{{3}}{_END}", re.IGNORECASE)


def points_part_thousands(texts: Sequence[str], currency: str) -> bool:
    """Whether 33.000 is thirty-three thousand in a document with these rows, in this currency (ISO 4217)."""
    thousands = _count(_THOUSANDS, texts)
    if not thousands or currency in THOUSANDTHS:
        return False
    hundredths = _count(_HUNDREDTHS, texts)
    return thousands > max(hundredths, _count(_GROUPED, texts)) if currency in WHOLE else not hundredths


def plain(rows: Sequence[Row], currency: str) -> list[Row]:
    """The rows with numbers as the rest of the parser understands them: commas part thousands, points decimals.

    Only numbers with a single separator before three digits are changed: of all others one meaning is possible.
    """
    texts = [row.text for row in rows]
    if points_part_thousands(texts, currency):
        return [_with(row, _THOUSANDS, ".", ",") for row in rows]
    if currency in THOUSANDTHS and not any(_count(other, texts) for other in (_THOUSANDS, _HUNDREDTHS)):
        return [_with(row, _COMMA_THOUSANDTHS, ",", ".") for row in rows]
    return list(rows)


def _count(pattern: re.Pattern[str], texts: Sequence[str]) -> int:
    return sum(len(pattern.findall(text)) for text in texts)


def _with(row: Row, numbers: re.Pattern[str], old: str, new: str) -> Row:
    def written(cell: Cell) -> Cell:
        return replace(cell, text=numbers.sub(lambda match: match[0].replace(old, new), cell.text))

    return replace(row, cells=tuple(map(written, row.cells)))
