"""The currency of an invoice: the one its amounts bear, by sign or code, then what the whole document tells."""

import re
from collections import Counter
from collections.abc import Sequence

from app.services.receipt_parser import currencies
from app.services.receipt_parser.invoices import figures
from app.services.receipt_parser.invoices.layout import folded
from app.services.receipt_parser.rows import Row

_BY_SIGN = {"€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "₹": "INR", "rs": "INR", "fr": "CHF", "sfr": "CHF"}
_BY_SIGN |= {
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "au$": "AUD",
    "a$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "sg$": "SGD",
}
_BY_SIGN |= {"s$": "SGD", "rm": "MYR", "zl": "PLN"}
_SHARED = {"$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD"), "¥": ("JPY", "CNY"), "kr": ("SEK", "NOK", "DKK")}
_CODE = re.compile(
    r"(?<![a-z])(?:eur|usd|gbp|inr|chf|cad|aud|nzd|sgd|hkd|myr|jpy|sek|nok|dkk|pln|czk|aed|zar)(?![a-z])"
)


def currency(rows: Sequence[Row], comma: bool, own: str) -> tuple[str | None, float]:
    """The ISO 4217 code of a document's amounts and the chance that it is right; None where nothing tells.

    `own` is the person's currency, which decides between currencies that share a sign.
    """
    texts = [folded(row.text) for row in rows]
    signs = Counter(figure.sign.rstrip(".") for text in texts for figure in figures.find(text, comma) if figure.sign)
    shared = next((codes for sign, codes in _SHARED.items() if sign in signs), ())
    known = Counter(_BY_SIGN.get(sign, sign.upper()) for sign in signs.elements() if sign not in _SHARED)
    if known and not shared:
        return known.most_common(1)[0][0], 0.95
    known.update(code.upper() for text in texts for code in _CODE.findall(text))
    named = next((code for code, _ in known.most_common() if not shared or code in shared), None)
    told = named or currencies.read(rows)
    if told and (not shared or told in shared):
        return told, 0.9
    return ((own, 0.85) if own in shared else (shared[0], 0.8)) if shared else (None, 0.0)
