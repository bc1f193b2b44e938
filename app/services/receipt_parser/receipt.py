"""Reads till receipts: ranks what the merchant, the day and the total may be, and reads the rest by rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.services.receipt_parser import charges, conventions, currencies, fields, known, line_items, model, payment
from app.services.receipt_parser import rows as row_reader
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.model import Ranker
from app.services.receipt_parser.types import Hints, Page, Reading

LEAST = 0.1  # below this chance a field is not answered
CHECKED, UNCHECKED = 0.95, 0.6  # that all items are right, where they add up and where they don't


@dataclass(frozen=True)
class Choice:
    """A field's value, None if there is none, and the calibrated chance that it is right."""

    value: Any
    chance: float


NOTHING = Choice(None, 0.0)


def read(pages: Sequence[Page], hints: Hints, rankers: Mapping[str, Ranker] | None = None) -> Reading:
    """What a receipt says, by the rankers of the model that comes along unless others are to be measured."""
    rankers = rankers or model.load()
    rows = row_reader.read(pages)
    currency = currencies.read(rows)
    within = replace(hints, currency=currency or hints.currency)
    document = Document(conventions.plain(rows, within.currency))
    chosen = {field: choose(field, document, within, rankers[field]) for field in fields.RANKED}
    total = chosen["total"].value
    added = document.charges
    items = line_items.read(document.rows, total, added)
    agrees = charges.adds_up(total, items, added)
    confidence = {field: round(choice.chance, 2) for field, choice in chosen.items() if choice.value is not None}
    if items:
        confidence["items"] = CHECKED if agrees else UNCHECKED
    return Reading(
        merchant=chosen["merchant"].value,
        date=chosen["date"].value,
        currency=currency,
        total=total,
        subtotal=added.subtotal,
        tax=added.tax,
        tip=added.tip,
        discount=added.discount,
        rounding=added.rounding,
        payment_method=payment.read(document.rows),
        items=items,
        text="\n".join(row.text for row in rows),
        confidence=confidence,
    )


def choose(field: str, document: Document, hints: Hints, ranker: Ranker) -> Choice:
    """The likeliest candidate for one of fields.RANKED."""
    values, features = fields.candidates(field, document, hints)
    if not values:
        return NOTHING
    scores = ranker.scores(features)
    index = int(scores.argmax())
    chance = ranker.chance(scores, index)
    if field == "merchant" and hints.merchants:
        shares = zip(map(str, values), model.likelihoods(scores).tolist(), strict=True)
        earlier = known.best(list(shares), hints.merchants)
        if earlier is not None:
            return Choice(earlier, max(chance, known.KNOWN_CHANCE))
    return Choice(values[index], chance) if chance >= LEAST else NOTHING
