"""The amounts that stand behind a label: what each sum of a document is said to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.services.receipt_parser import labels, row_amounts
from app.services.receipt_parser.labels import Label
from app.services.receipt_parser.row_amounts import Placed
from app.services.receipt_parser.rows import Row

HIGHEST_TAX = Decimal("0.35")  # of the amount taxed
LONGEST_TABLE = 4  # rows of a tax table
CENT = Decimal("0.011")


@dataclass(frozen=True)
class Named:
    """An amount with the kind of its label, its words and the index of its row."""

    kind: str
    value: Decimal
    text: str
    row: int


def find(rows: Sequence[Row]) -> Iterator[Named]:
    """Every amount that stands behind a label, alone in the row below it, or in a table of taxes."""
    places = row_amounts.decimals(rows)
    for place, row in enumerate(rows):
        marks = [label for label in labels.find(row.text) if label.kind in labels.MONEY_LABELS]
        if not marks or labels.first(row.text) in {"reference", "count"}:
            continue
        found = row_amounts.prices(row, places)
        if found:
            yield from _in_row(row, marks, found)
        else:
            yield from _below(marks[0].kind, rows[place : place + 1 + LONGEST_TABLE], places)


def _in_row(row: Row, marks: Sequence[Label], found: Sequence[Placed]) -> Iterator[Named]:
    """The amounts of a row by the label before them; a label without one names nothing."""
    if len(found) == 1 and any(mark.kind == "change" for mark in marks):
        yield Named("change", found[0].value, row.text, row.index)
        return
    weaker = {"total", "cash"} if any(mark.kind == "payment" for mark in marks) else {"total"}
    ranked = [mark for mark in marks if mark.kind not in weaker] or list(marks)
    for place, mark in enumerate(ranked):
        end = ranked[place + 1].start if place + 1 < len(ranked) else len(row.text)
        behind = [amount for amount in found if mark.start <= amount.start < end]
        if not behind and len(ranked) == 1 and not _has_words(row.text[: found[0].start]):
            behind = list(found)
        if behind:
            yield Named(mark.kind, _meant(mark.kind, behind), row.text[mark.start : end], row.index)


def _below(kind: str, rows: Sequence[Row], places: int) -> Iterator[Named]:
    """The amount alone in the row below a label, or the taxes of the table that a label heads."""
    for place, row in enumerate(rows[1:]):
        found = row_amounts.prices(row, places)
        if kind == "tax" and len(found) > 1 and _tax_of(found) is not None and _is_rate(row.text):
            yield Named("tax_table", _meant("tax", found), row.text, row.index)
        elif place == 0 and found and not labels.find(row.text) and not _has_words(row.text):
            yield Named(kind, _meant(kind, found), rows[0].text, row.index)
            return
        elif kind != "tax":
            return


def _meant(kind: str, behind: Sequence[Placed]) -> Decimal:
    """The amount a label means: of a tax not what is taxed, else the last."""
    tax = _tax_of(behind) if kind in {"tax", "service"} else None
    return behind[-1].value if tax is None else tax


def _tax_of(found: Sequence[Placed]) -> Decimal | None:
    """The tax among several amounts: the smaller part of a net and a gross amount, or the only small one."""
    values = [abs(one.value) for one in found]
    if len(values) < 2:
        return None
    gross = max(values)
    parts = sorted(values)[:-1]
    for tax in parts:
        if any(abs(tax + net - gross) <= CENT for net in parts if net is not tax) and tax <= gross * HIGHEST_TAX:
            return tax
    return parts[-1] if len(parts) == 1 and parts[0] <= gross * HIGHEST_TAX else None


def _is_rate(text: str) -> bool:
    """Whether a row of a table begins with a rate or a code of a tax: "S = 6%", "ZRL"."""
    return labels.first(text) != "total" and ("%" in text or sum(letter.isalpha() for letter in text) <= 3)


def _has_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) > 2
