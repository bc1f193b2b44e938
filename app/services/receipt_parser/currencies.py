"""The currency a document is in, from codes, signs, words, tax numbers and places."""

import re
from collections import Counter
from collections.abc import Sequence

from app.core.money import DECIMALS
from app.services.receipt_parser.rows import Row

_PRICE = r"\s?:?\s?[-(]?\d"
# What only one currency is written with; each row with it counts.
_SIGNS = {
    "USD": r"\bUS\s?\$",
    "CAD": r"\bCA\s?\$|(?<!\w)C\$|\bCDN\s?\$",
    "AUD": r"\bAU\s?\$|(?<!\w)A\$",
    "NZD": r"\bNZ\s?\$",
    "HKD": r"\bHK\s?\$",
    "TWD": r"\bNT\s?\$",
    "SGD": r"(?<!\w)S\$(?=\d)",
    "MXN": r"\bMX\s?\$",
    "BRL": r"\bR\$",
    "GBP": r"£",
    "EUR": r"€|\bEUROS?\b",
    "INR": rf"₹|\bRs\.?(?={_PRICE})|\bRs\.$|\brupees\b",
    "MYR": rf"\bRM(?={_PRICE})|\(RM\)|\bRM$|\bringgit\b",
    "IDR": rf"\bRp\.?(?={_PRICE})|\brupiah\b",
    "JPY": r"¥(?=\s?\d)|円",
    "CNY": r"\bRMB\b|元",
    "THB": r"฿|\bbaht\b",
    "PHP": r"₱",
    "VND": r"₫",
    "KRW": r"₩",
    "PLN": r"\d\s?z[łl]\b",
    "CZK": r"\bKč\b",
    "AED": r"\bdirhams?\b",
    "TRY": r"₺",
    "RUB": r"₽",
}
_CODE = re.compile(
    r"(?<![A-Za-z])(?P<before>[A-Z]{3})\s?:?\s?-?\d+[.,]\d|\d[.,]\d\d\s?(?P<after>[A-Z]{3})\b|\bTOTAL\s(?P<total>[A-Z]{3})\b"
)
# Codes that are words or abbreviations, too.
_WORDS = frozenset(
    ("ALL", "ANG", "BAM", "BOB", "COP", "CUP", "DOP", "GEL", "LAK", "MOP", "PEN", "RON", "SOS", "SVC", "TOP", "TRY")
)
# What tells the country, and with it what a bare "$" or no sign at all means.
_PLACES = {
    "MYR": r"\bSDN\.?\s?BHD\b|\bSELANGOR\b|\bKUALA\s?LUMPUR\b|\bMALAYSIA\b|\bJOHOR\b|\bPENANG\b"
    r"|\bPULAU\s?PINANG\b|\bMELAKA\b|\bPERAK\b|\bSABAH\b|\bSARAWAK\b|\bSEREMBAN\b|\bPETALING\s?JAYA\b"
    r"|\bSHAH\s?ALAM\b|\b(?:JALAN|JLN|TAMAN)\b",
    "INR": r"\bGSTIN|\b\d{2}[A-Z]{5}\d{4}[A-Z]\d?Z[A-Z\d]\b|\b[CS]GST\b|\bFSSAI\b|\bPVT\.?\s?LTD\b|\bMUMBAI\b"
    r"|\bBANGALORE\b|\bBENGALURU\b|\bNEW\s?DELHI\b|\bHYDERABAD\b|\bCHENNAI\b",
    "SGD": r"\bSINGAPORE\b|\bS'?PORE\b|\bPTE\.?\s?LTD\b",
    "AUD": r"\bABN\b\W*\d|\b(?:NSW|VIC|QLD|TAS)\s\d{4}\b|\bAUSTRALIA\b",
    "NZD": r"\bNEW\s?ZEALAND\b|\bAUCKLAND\b",
    "CAD": r"\b(?:AB|BC|MB|NB|NL|NS|ON|PE|QC|SK)\b.*\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b|\b(?:HST|QST|TVQ)\b"
    r"|\bONTARIO\b|\bCANADA\b",
    "HKD": r"\bHONG\s?KONG\b|\bKOWLOON\b",
    "GBP": r"\bVAT\s?(?:REG\.?\s?)?(?:NO|NUMBER)?\W{0,3}(?:GB\s?)?\d{3}\s?\d{4}\s?\d{2}\b|\bUNITED\s?KINGDOM\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b",
    "EUR": r"\bP\.?\s?IVA\b|\bSIRET\b|\bMwSt\b|\bT\.?V\.?A\b|\bFACTURA\s?SIMPLIFICADA\b|\bBTW\b|\bUSt-?Id\b"
    r"|\bGmbH\b|\bESPECES\b|\bI\.?V\.?A\b",
    "CHF": r"\bCHE-?\d{3}\.\d{3}\.\d{3}\b|\bSWITZERLAND\b|\bZ[UÜ]RICH\b",
    "USD": r"(?<!\w)(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]"
    r"|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|(?i:Alabama|Arizona|California|Colorado|Connecticut|Florida|Georgia"
    r"|Hawaii|Illinois|Indiana|Kansas|Kentucky|Louisiana|Maryland|Massachusetts|Michigan|Minnesota|Missouri|Nebraska"
    r"|Nevada|New (?:Hampshire|Jersey|Mexico|York)|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon"
    r"|Pennsylvania|Tennessee|Texas|Utah|Virginia|Washington|Wisconsin))\.?,?\s+\d{5}(?:-\d{4})?\b",
    "IDR": r"\bJAKARTA\b|\bINDONESIA\b|\bPPN\b|\bPB1\b",
    "THB": r"\bBANGKOK\b|\bTHAILAND\b",
    "AED": r"\bDUBAI\b|\bABU\s?DHABI\b",
}
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})
_BARE_DOLLAR = re.compile(r"(?<![A-Za-z])\$(?=\s?-?\d?[\d.])|\$$")
_SIGN_PATTERNS = {code: re.compile(words, re.IGNORECASE) for code, words in _SIGNS.items()}
_PLACE_PATTERNS = {code: re.compile(words, re.IGNORECASE if code != "USD" else 0) for code, words in _PLACES.items()}


def read(rows: Sequence[Row]) -> str | None:
    """The ISO 4217 code, or None where the document leaves it open: "$" alone belongs to many countries.

    A sign of one currency decides; then the places, with "$" first those in countries of dollars.
    """
    texts = [row.text for row in rows]
    signs = Counter({code: sum(1 for text in texts if words.search(text)) for code, words in _SIGN_PATTERNS.items()})
    signs.update(code for text in texts for match in _CODE.finditer(text) if (code := _code(match)))
    (best, count), *_ = signs.most_common(1)
    if count:
        return best
    places = Counter({code: sum(1 for text in texts if words.search(text)) for code, words in _PLACE_PATTERNS.items()})
    in_dollars = any(_BARE_DOLLAR.search(text) for text in texts)
    found = {code: seen for code, seen in places.items() if seen}
    fitting = {code: seen for code, seen in found.items() if code in _DOLLARS} if in_dollars else {}
    return max(fitting or found, key=lambda code: found[code], default=None)


def _code(match: re.Match[str]) -> str | None:
    """The ISO 4217 code that stands by an amount, unless it is a word."""
    code = match[match.lastgroup or 0]
    return code if code in DECIMALS and code not in _WORDS else None
