"""Blocks of lines in a document, and those that belong to the buyer."""

import re
from collections.abc import Sequence

from app.services.receipt_parser.invoices import labels
from app.services.receipt_parser.invoices.layout import Place, folded
from app.services.receipt_parser.rows import Cell

LINES = 12  # of the longest block of an address with numbers
LOOSE = 1.1  # line heights between the lines of one block
_NO_BLOCK = re.compile(r"\W{0,3}(?:no|number|nr|id|ref|code|service|care|support|#|since|type|vat|btw|tva|gst)\b")
_TO = re.compile(r"(?:to|for|an|a|aan|pour|fur|voor)\s*(?::|$)")
_CARE = re.compile(
    r"(?:attn|attention|accounts payable|t\.a\.v|ter attentie van|z\.? ?hd|zu handen|a l'attention|c/o|crediteuren|"
    r"kreditorenbuchhaltung|service comptabilite)\b"
)
_HONORIFIC = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|M|Mme|Mlle|MM|Monsieur|Madame|Mademoiselle|Herrn?|Frau|Firma|Dhr|De heer|Mevr|Mevrouw|Mw)"
    r"\b\.? ?[A-ZÀ-Ý]?[\w.' -]{0,60}$"
)
_POSTCODE_LINE = re.compile(r"^.{4,60}(?: [-•·|*] |, ).{3,50}(?: [-•·|*] |, )(?:[a-z]{1,2}-)?\d{4,5} \S")


def block(place: Place, everywhere: Sequence[Place], lines: int = LINES, loose: float = LOOSE) -> list[Cell]:
    """The cells under one that begin where it begins (or are centred with it), without a gap of `loose` heights."""
    found: list[Cell] = []
    last = place.cell
    for other in everywhere:
        cell = other.cell
        if other.row.page != place.row.page or other.row.index <= place.row.index:
            continue
        if cell.top - last.bottom > loose * max(cell.height, last.height):
            break
        tolerance = 0.8 * place.cell.height
        centred = abs(cell.left + cell.right - place.cell.left - place.cell.right) / 2 <= tolerance
        if abs(cell.left - place.cell.left) <= tolerance or abs(cell.right - place.cell.right) <= 1 or centred:
            found.append(cell)
            last = cell
            if len(found) == lines:
                break
    return found


def buyers(everywhere: Sequence[Place]) -> set[int]:
    """The identities (`id`) of cells that name the buyer: under and behind labels, and in an envelope's window."""
    found: set[int] = set()
    for place in everywhere:
        plain = folded(place.cell.text)
        label = labels.BUYER.match(plain.lstrip("* "))
        if place.row.page == 0 and _CARE.match(plain):
            found |= _over(place, everywhere)
        if _TO.match(plain) or (label and not _NO_BLOCK.match(plain.lstrip("* ")[label.end() :])):
            found |= _labelled(place, plain, everywhere)
        elif place.row.page == 0 and _HONORIFIC.match(place.cell.text):
            found |= {id(place.cell), *(id(cell) for cell in block(place, everywhere, 6))}
            found |= _over(place, everywhere)
        elif place.row.page == 0 and _POSTCODE_LINE.match(plain) and ":" not in plain and len(plain) < 100:
            found |= _window(place, everywhere)
    return found


def _labelled(place: Place, plain: str, everywhere: Sequence[Place]) -> set[int]:
    """The label's own cell, what stands right of it if it ends in a colon, and the block under it."""
    found = {id(place.cell)}
    cells = place.row.cells
    following = cells[cells.index(place.cell) + 1 :][:1]
    if following and plain.rstrip().endswith(":"):
        beside = Place(following[0], place.row)
        found |= {id(following[0]), *(id(cell) for cell in block(beside, everywhere, 7))}
    return found | {id(cell) for cell in block(place, everywhere, 8) if not _is_other(cell)}


def _over(place: Place, everywhere: Sequence[Place]) -> set[int]:
    """The lines of an address over the one that says to whose attention it is."""
    found: set[int] = set()
    lowest = place.cell
    for other in reversed(everywhere):
        cell = other.cell
        gap = lowest.top - cell.bottom
        if other.row.page != place.row.page or other.row.index >= place.row.index:
            continue
        if gap > LOOSE * lowest.height or len(found) == 3 or _POSTCODE_LINE.match(folded(cell.text)):
            break
        if abs(cell.left - lowest.left) <= 0.8 * lowest.height:
            found.add(id(cell))
            lowest = cell
    return found


def _is_other(cell: Cell) -> bool:
    return labels.SELLER.match(folded(cell.text)) is not None


def _window(place: Place, everywhere: Sequence[Place]) -> set[int]:
    """The first block under a sender's line, where letters have the address of whom they are sent to."""
    reach = place.cell.bottom + 10 * place.cell.height
    for other in everywhere:
        under = other.row.page == place.row.page and place.cell.bottom <= other.cell.top <= reach
        if under and abs(other.cell.left - place.cell.left) <= 2 * place.cell.height:
            return {id(other.cell), *(id(cell) for cell in block(other, everywhere, 7))}
    return set()
