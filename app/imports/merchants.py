"""The merchant in what a bank writes: "POS 4029 NETFLIX.COM AMSTERDAM" is Netflix."""

import re
from functools import lru_cache

from app.services.parser.lexicon import sellers
from app.services.parser.text import read

MOST_TEXTS = 20_000
LONGEST = 200
SHORTEST = 2
# How it was paid, where that stands before the name.
MEANS = re.compile(
    r"^(?:(?:pos|purchase|debit|credit|card|visa|mastercard|maestro|contactless|recurring|payment|online|checkcard|"
    r"check ?card|dbt|crd|pur|direct|sepa|ach|upi|neft|imps|eftpos|ec|kartenzahlung|lastschrift|paypal|sq|tst|"
    r"at|to|from|transfer)\b[\s*:/#.-]*|[\W_]+|\d{3,}\w*[\s/*-]+)+",
    re.IGNORECASE,
)
# A number of the shop, of the card or of the payment, and all behind it.
NUMBER = re.compile(
    r"(?:/|\s+[#*]|\s*[*#/]\s*(?=\w*\d)|\s+(?=[\w/-]*\d{3})|\s+(?:ref|no|nr|id)\b[.:]?).*$", re.IGNORECASE
)


@lru_cache(maxsize=MOST_TEXTS)
def find(payee: str | None, description: str) -> str | None:
    """Who was paid, or paid: a seller that is known by name, else the payee, or the description, without numbers.

    Args:
        payee: what the file itself says about that.
    """
    if payee and not payee.isupper() and not any(letter.isdigit() for letter in payee):
        return payee[:LONGEST].strip()  # written by a person, or for one
    text = (payee or description)[:LONGEST]
    known = sellers().find(read(text).tokens, guessing=False)
    certain = [hit.entry.name for hit in known if hit.trust == 1 and hit.entry.name and not hit.entry.unsure]
    if certain:
        return certain[0]
    plain = NUMBER.sub("", MEANS.sub("", text)).strip(" ,;:-*/.")
    if len(plain) < SHORTEST:
        plain = payee or ""
    return _written(" ".join(plain.split()))[:LONGEST].strip() or None


def _written(name: str) -> str:
    """Banks write in capitals only; people don't."""
    return name.title() if name.isupper() and len(name) > 4 else name
