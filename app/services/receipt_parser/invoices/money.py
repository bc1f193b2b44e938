"""The currency of an invoice: the one its amounts bear, by code first, then by sign."""

from collections import Counter
from collections.abc import Sequence

from app.services.receipt_parser.invoices import figures, labels

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
_SHARED = {"$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN"), "¥": ("JPY", "CNY"), "kr": ("SEK", "NOK", "DKK")}
_NAMED = {
    "EUR": labels.pattern(r"eur|euros?"),
    "USD": labels.pattern(r"usd|us dollars?|u\.s\. dollars?"),
    "GBP": labels.pattern(r"gbp|pounds? sterling"),
    "INR": labels.pattern(r"inr|rupees?|gstin|rs\.?(?= ?\d)"),
    "CHF": labels.pattern(r"chf"),
    "CAD": labels.pattern(r"cad|hst|qst"),
    "AUD": labels.pattern(r"aud|abn|a\.b\.n\.|\S{0,40}\.com\.au"),
    "MYR": labels.pattern(r"myr|ringgit"),
    "SGD": labels.pattern(r"sgd"),
}


def currency(texts: Sequence[str], comma: bool, own: str) -> tuple[str | None, float]:
    """The ISO 4217 code of a document's amounts and the chance that it is right; None where nothing tells.

    `own` is the person's currency, which decides between currencies that share a sign.
    """
    signs = Counter(figure.sign.rstrip(".") for text in texts for figure in figures.find(text, comma) if figure.sign)
    counted: Counter[str] = Counter()
    for sign, times in signs.items():
        code = _BY_SIGN.get(sign) or (sign.upper() if sign.isalpha() and len(sign) == 3 else None)
        if code:
            counted[code] += times
    named = Counter({code: sum(1 for text in texts if words.search(text)) for code, words in _NAMED.items()})
    if counted and not any(sign in _SHARED for sign in signs):
        return counted.most_common(1)[0][0], 0.95
    shared = next((codes for sign, codes in _SHARED.items() if sign in signs), ())
    spoken = [code for code, times in (counted + named).most_common() if times and (not shared or code in shared)]
    if spoken:
        return spoken[0], 0.9
    if shared:
        return (own, 0.85) if own in shared else (shared[0], 0.8)
    return (counted.most_common(1)[0][0], 0.7) if counted else (None, 0.0)
