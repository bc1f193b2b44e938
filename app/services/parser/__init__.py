"""The embedded parser: plain words to an exact expense record, without network.

`parse` never raises anything but `NoAmount`, whatever the text. The labelling rules it follows and the
figures it reaches are in docs/decisions/local-parser.md.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from app.services.parser import amounts, categories, dates, day_patterns, descriptions, kinds, merchants
from app.services.parser.candidates import covered
from app.services.parser.lexicon import HINT, sellers, vocabulary
from app.services.parser.tables import table
from app.services.parser.text import read, without_orders
from app.services.parser.words import content_words

__all__ = ["NoAmount", "ParsedExpense", "normalise_words", "parse"]


# Loaded with the import, which happens once: @cache lets each of many threads that come at the same time load them.
for load in (vocabulary, sellers, kinds.patterns, day_patterns.patterns):
    load()

NO_SHOPS = frozenset({"Bills & Fees", "Other"})  # banks, charities and the like: their money is not for a purchase


class NoAmount(Exception):
    """The text names no amount that can be recorded: none, 0, or more than 10,000,000."""


@dataclass(frozen=True)
class ParsedExpense:
    """What a text says; `amount` is a currency amount > 0 with at most the currency's decimals."""

    type: str  # expense | income | refund
    amount: Decimal
    currency: str  # ISO 4217
    category: str  # one of the 12 categories
    description: str
    merchant: str | None
    date: datetime.date | None  # the local day the text names, None if it names none


def parse(text: str, reference_date: datetime.date, profile_currency: str) -> ParsedExpense:
    """Read one expense, income or refund out of `text`.

    `reference_date` is the local day that "yesterday" counts from; `profile_currency` (ISO 4217) is used where
    the text names none, and decides between 12/11 as day first and month first.

    Raises:
        NoAmount: there is no amount, or it is 0 or more than 10,000,000.
    """
    sentence = without_orders(read(text), table("amounts")["words"]["instructions"])
    day, mentions = dates.find(sentence.folded, reference_date, profile_currency)
    hits = vocabulary().find(sentence.tokens)
    amount = amounts.find(sentence, mentions, hits, profile_currency)
    if amount is None:
        raise NoAmount
    has_shop = any(hit.entry.name and hit.entry.category not in NO_SHOPS for hit in hits)
    dated = frozenset(covered(sentence.tokens, mentions, []))
    has_goods = any(hit.entry.category not in {"", "Other"} and hit.entry.weight > HINT for hit in hits)
    kind = kinds.find(sentence, has_shop=has_shop, has_goods=has_goods)
    return ParsedExpense(
        type=kind,
        amount=amount.value,
        currency=amount.currency,
        category=categories.find(sentence.tokens, hits, kind, amount),
        description=descriptions.write(sentence, mentions, amount.places),
        merchant=merchants.find(sentence.tokens, hits, amount.places | dated),
        date=day,
    )


def normalise_words(text: str) -> frozenset[str]:
    """The content words of a text, folded and singular, without numbers, days, currencies and stop words."""
    return content_words(text)
