"""The goods of an invoice: rows of a table under its heading, or amounts that add up to the total."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.services.receipt_parser import months
from app.services.receipt_parser.invoices import columns, figures, labels
from app.services.receipt_parser.invoices.columns import Column
from app.services.receipt_parser.invoices.layout import folded
from app.services.receipt_parser.rows import Cell, Row
from app.services.receipt_parser.types import LineItem

MOST_AMOUNTS = 3  # columns of amounts: net, gross, in another currency
LONGEST_NAME = 200
FAR = 5.0  # line heights after which a table is over
CENT = Decimal("0.02")
_CODE = re.compile(r"^(?:\[[^\]]{1,30}\]|\*[\w-]{1,30}\*|\d{1,4}[-./]\d{1,2}[-./]\d{2,4})\s*")
_NOTE = re.compile(
    r"^\W*(?:serial|serien|serie|s/n|imei|hsn|sac|sku|fsn|wid|ean|asin|isbn|"
    r"(?:art|artikel|item|product|part)[-. ]*(?:no|nr|nummer|number|code))"
)
_SUM = re.compile(r"\W*(?:sub-?|grand |sous-)?(?:total|summe|gesamt|totaal|montant total)")
_PERIOD = re.compile(
    rf"(?>\W|\d|(?:st|nd|rd|th|er|au|du|to|from|bis|vom|tot|t/m|van)\b|(?:{months.PATTERN})[a-z]{{0,6}})++",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-=_.*\s]+$")
_FOOT = re.compile(r"^\W*(?:page|seite|pagina|carried forward|ubertrag|a reporter|transport)\b")


@dataclass
class Draft:
    """A line being read: the columns it stands under, the texts of its description, and the numbers by columns."""

    under: tuple[Column, ...]
    texts: list[str]
    numbers: dict[Column, Decimal]


def read(rows: Sequence[Row], comma: bool, sums: Sequence[Decimal]) -> tuple[LineItem, ...]:
    """The line items of a document; `sums` are its total and subtotal, whichever the lines may come to."""
    drafts = _drafts(rows, comma)
    best: tuple[LineItem, ...] = ()
    for from_right in range(1, MOST_AMOUNTS + 1):
        items = tuple(_items(drafts, from_right))
        if items and adds_up(items, sums):
            return items
        best = best or items
    return _without_heading(rows, comma, sums) or best if len(best) < 2 else best


def adds_up(items: Sequence[LineItem], sums: Sequence[Decimal]) -> bool:
    """Whether the lines come to one of the sums, rounding aside."""
    added = sum((item.total_price for item in items), Decimal(0))
    return any(abs(added - entry) <= CENT for entry in sums)


def _drafts(rows: Sequence[Row], comma: bool) -> list[Draft]:
    """The lines under all headings of the document."""
    drafts: list[Draft] = []
    under: tuple[Column, ...] = ()
    block: list[Row] = []
    for row in rows:
        named = columns.read(row)
        if named and under and not block and len(named) <= len(under):
            continue  # the second line of a heading
        if named or (under and _ends(row, block)):
            drafts += _lines(block, under, comma)
            under, block = named, []
        elif under:
            block.append(row)
    return [*drafts, *_lines(block, under, comma)]


def _ends(row: Row, block: Sequence[Row]) -> bool:
    """Whether a table is over: a total, a new page, or a wide gap after its first line."""
    plain = folded(row.text)
    kind = labels.kind_of(plain) if len(row.cells) <= 6 else None
    if kind in ("grand", "due") or (kind == "total" and _SUM.match(plain)):
        return bool(block)
    if not block:
        return False
    last = block[-1]
    return row.page != last.page or row.top - last.bottom > FAR * max(last.height, row.height)


def _lines(block: Sequence[Row], under: tuple[Column, ...], comma: bool) -> list[Draft]:
    """The lines of one table: rows with amounts, and the rows of text that belong to them."""
    parts = [_parts(row, under, comma) for row in block]
    usual = _usual_gap(block, [_is_priced(numbers) for _, numbers, _ in parts])
    drafts: list[Draft] = []
    waiting: list[str] = []
    is_open = False
    for index, (row, (texts, numbers, others)) in enumerate(zip(block, parts, strict=True)):
        before = row.top - block[index - 1].top if index else FAR * row.height
        after = block[index + 1].top - row.top if index + 1 < len(block) else FAR * row.height
        is_open = is_open and 0 <= before <= usual
        if _is_sum(row, numbers):
            is_open, waiting = False, []
        elif _is_priced(numbers):
            drafts.append(Draft(under, [*waiting, *texts], numbers))
            is_open, waiting = True, []
        elif texts and not others and not _is_note(row):
            if is_open and before <= after + 1:
                drafts[-1].texts += texts
            else:
                waiting = [*waiting, *texts] if after < before and after <= usual else []
    return drafts


def _is_priced(numbers: dict[Column, Decimal]) -> bool:
    return any(column.kind in columns.MONEY for column in numbers)


def _usual_gap(block: Sequence[Row], priced: Sequence[bool]) -> float:
    """From one line of text of a table to the next; what is further off does not continue a description."""
    below = [
        (high, low.top - high.top) for (high, low), is_line in zip(pairwise(block), priced, strict=False) if is_line
    ]
    return 1.25 * min((gap for row, gap in below if gap > 0.8 * row.height), default=0.0)


def _is_sum(row: Row, numbers: dict[Column, Decimal]) -> bool:
    """Whether a row sums up others: its label says so, and it has no quantity."""
    plain = folded(row.text)
    label = plain.split(":")[0] if ":" in plain else plain
    if any(column.kind == "quantity" for column in numbers) and not re.match(r"\W*(?:sub-?)?tota", plain):
        return False
    kind = labels.kind_of(label[:60])
    starts = kind and labels.SUMS[kind].match(label.lstrip(" *-")) if kind != "charge" else None
    return bool(starts or _SUM.match(plain) or _FOOT.match(plain))


def _is_note(row: Row) -> bool:
    plain = folded(row.text)
    return bool(_NOTE.match(plain) or _RULE.match(plain) or _PERIOD.fullmatch(plain[:60]))


def _parts(row: Row, under: Sequence[Column], comma: bool) -> tuple[list[str], dict[Column, Decimal], bool]:
    """A row's description texts, the numbers of its columns, and whether anything else stands in it."""
    texts: list[str] = []
    numbers: dict[Column, Decimal] = {}
    others = False
    codes: list[str] = []
    descriptions = [column for column in under if column.kind == "description"]
    divide = columns.in_order if len(row.cells) == 1 else columns.pieces
    for cell in row.cells:
        for column, word in divide(cell, under):
            found = figures.find(folded(word.text), comma)
            if column.kind == "description" or (not descriptions and word.left < under[0].left and not numbers):
                if len(descriptions) < 2 or column != descriptions[0]:
                    texts.append(word.text)
            elif found and column.kind not in ("rate", "position", "code", "date"):
                numbers.setdefault(column, found[0].value)
            elif column.kind == "code" and sum(map(str.isalpha, word.text)) >= 4:
                codes.append(word.text)
            others = others or column.kind != "description"
    return texts or codes, numbers, others


def _items(drafts: Sequence[Draft], from_right: int) -> Iterator[LineItem]:
    """The lines with what stands in their amounts' column: the last one or, where there are several, one before it."""
    for draft in drafts:
        kind = "amount" if any(column.kind == "amount" for column in draft.under) else "unit price"
        amounts = [column for column in draft.under if column.kind == kind]
        name = _CODE.sub("", " ".join(draft.texts)).strip(" -–:")[:LONGEST_NAME]
        if from_right > len(amounts) or amounts[-from_right] not in draft.numbers or not any(map(str.isalpha, name)):
            continue
        amount = amounts[-from_right]
        price = next((draft.numbers.get(column) for column in draft.under if column.kind == "unit price"), None)
        quantity = next((draft.numbers.get(column) for column in draft.under if column.kind == "quantity"), None)
        yield LineItem(name, draft.numbers[amount], quantity, price)


def _without_heading(rows: Sequence[Row], comma: bool, sums: Sequence[Decimal]) -> tuple[LineItem, ...]:
    """The longest run of rows with a text and an amount each that come to a sum of the document."""
    good = [
        run for breaks in (_is_total, _is_break) for run in _runs(rows, comma, breaks) if run and adds_up(run, sums)
    ]
    return tuple(sorted(good, key=len)[-1]) if good else ()


def _runs(rows: Sequence[Row], comma: bool, breaks: Callable[[Row], bool]) -> list[list[LineItem]]:
    runs: list[list[LineItem]] = [[]]
    for row in rows:
        if item := _simple(row, comma):
            runs[-1].append(item)
        elif breaks(row):
            runs.append([])
    return runs


def _is_total(row: Row) -> bool:
    return labels.kind_of(folded(row.text)) in ("grand", "total", "due")


def _is_break(row: Row) -> bool:
    """Whether a row parts lists of amounts: a total, or a heading without an amount."""
    return _is_total(row) or not any(map(str.isdigit, row.text))


def _simple(row: Row, comma: bool) -> LineItem | None:
    """A row that is a text with one amount at its end, and no sum, tax or credit."""
    cells: tuple[Cell, ...] = row.cells
    last = figures.find(folded(cells[-1].text), comma)
    name = " ".join(cell.text for cell in cells[:-1] if any(map(str.isalpha, cell.text))).strip(" :")
    is_list = re.fullmatch(r"\W*(?:charges?|credits?|fees?|usage)\W*", folded(name))
    if len(last) != 1 or not last[0].is_price or not any(map(str.isalpha, name)) or is_list:
        return None
    return None if labels.kind_of(folded(name)) else LineItem(name[:LONGEST_NAME], last[0].value)
