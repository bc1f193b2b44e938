"""What the words of a row say about the amounts in it: subtotal, total, tax, tip, cash, change and the like.

The words are those tills print in English, Malay, French, German, Spanish, Italian, Dutch, Portuguese, Indonesian
and the Nordic languages; letters an OCR engine mixes up with digits, and missing spaces, are allowed for.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_AS_LETTERS = str.maketrans({"0": "o", "1": "l", "5": "s", "|": "l", "8": "b"})
_MIXED = re.compile(r"(?<![^\W\d])\d+(?=[^\W\d_]{2})|(?<=[^\W\d_])[0158|]+(?=[^\W\d_])|(?<=[^\W\d_]{3})[01|](?![\w.,])")
_WORD = re.compile(r"(?<![^\W\d_])(?:[a-z]{5,6}|[a-z]{8})(?![^\W\d_])")
_PRINTED = ("total", "amount", "subtotal")

# The order matters: of two labels in one place the one that stands first here is meant.
_WORDS: dict[str, str] = {
    "count": r"(?:no|num[bt]?er|nombre|qty|total)\.?\s?(?:of|d['e]?)?\s?(?:items?|itens|articles?|qty|quantity|no)\b"
    r"|items?\s?(?:sold|count|purchased|total)|total\s?(?:no\.?\s?)?(?:items?|qty|quantity|pieces|units)"
    r"|item\(?s\)?\s?:|art(?:icles|ikel)?\.?\s?tot|pax\b|\bcovers?\s?:",
    "rounding": r"\bround(?:ing|ed|off)?\b(?!\s*(?:steak|tower|table|neck|roast))|rounding|arrondi|redondeo|pembulatan"
    r"|avrunding|oresavrund",
    "inclusive": r"(?:sub\W{0,2})?(?:total|sales?|amount|amt|price|bill|totaal)[^\d]{0,16}incl\w*\.?\W{0,3}"
    r"(?:of\W{0,2})?(?:\d+\s?%\W?)?(?:gst|tax(?:es)?|vat|btw|sst|tva|iva)?",
    "exclusive": r"(?:sub\W{0,2})?total\W{0,3}before\W{0,3}(?:discount|disc|tax|gst)?"
    r"|(?:sub\W{0,2})?(?:total|sales?|amount|amt)[^\d]{0,16}excl\w*\.?\W{0,3}(?:of\W{0,2})?(?:\d+\s?%\W?)?"
    r"(?:gst|tax(?:es)?|vat|btw|sst|tva|iva|service)?|total\W{1,3}(?:tva|btw|vat|gst|tax)\W{1,3}excl",
    "subtotal": r"\bsub\W{0,2}\s?(?:total|ttl|tot|totaal)|subt[ou]ta[il]|subttl|\bsttl\b|\bs[/.]\s?total|sous\W?total"
    r"|zwischensumme|net\W?\s?(?:total|sales|amount|price)\b|\bnett?o?\s?(?:total|price)\b|mdse?\.?\s?(?:st|total)"
    r"|taxable\s?(?:total|amount|amt)|non\W?taxable|merchandise\s?total"
    r"|total\s?(?:\(?excl(?:uding|\.)?|before|ht\b|hors|net\b)|(?:gross|food|total)\s?sales|\bmt\.?\s?ht\b"
    r"|suma\s?parcial|total\s?excl|gross\s?amount|\b(?:food|bar|bev(?:erage)?|liquor)\s?total\b"
    r"|\bamount\s?(?:excl|before)|tota[l1]\s?sales\s?\(?excl",
    "discount": r"\bdsc\b|\bcpn|\bdisc(?:t|\.|%|\s%|$)|\bdisc\b|discount(?!able)|coupon|rabatt|remise|descuento|sconto"
    r"|korting|diskon|voucher|\bpromo(?:tion)?\b|\bmember(?:ship)?\s?(?:savings|price)|\b\d+\s?%\s?off\b"
    r"|markdown",
    "tip": r"\btips?\b(?!\s?(?:top|guide))|gratuity|gratuities|\bgrat\b|autograt|pourboire|trinkgeld|propina|\bmancia\b"
    r"|\bfooi\b",
    "service": r"service\s?(?:ch|tax|crg|fee|chg)|serv(?:ice)?\.?\s?(?:charge|chg|chrg|tax|ch\b)"
    r"|\bs(?:vc|rv|er)\.?\s?(?:ch|tax)|servicecharge|\bs\W?charge\b|\bs\.?c\.?\s?\d+\s?%"
    r"|\bsurcharge|(?<!\w)\d+\s?%\s?ser(?:vice|v)?\b|coperto\s?serv|\bservizio\b"
    r"|(?:discretionary|optional)\s?serv(?:ice)?",
    "tax": r"(?<![a-z])(?:sales|ser|state|city|local|county|govt?|food|meal|liquor|total|txbl|lst|other)?\W?\s?"
    r"(?:tax(?:es|e|[l\d])?|tak(?!e)|tx)(?!i|able|\s?(?:invoice|id|code|no\b|reg|free|exempt|due\s?date))(?![a-df-rt-z])"
    r"|salestax|taxamt|totaltax|(?<![a-z])[csiu]?gst(?!in\b|[a-z\s]*(?:reg|id|no\b|#|\d{1,2}$))"
    r"|(?<![a-z])(?:[hp]st|qst|sst|vat|tva|iva|mva|mwst|mwsl|ust|btw|moms|alv|dph|pajak|ppn|pb1|cuota|cess)"
    r"(?![a-z]|\W{0,3}(?:reg|id\b|no\b|num))"
    r"|umsatzsteuer|(?<=%)\s?(?:gst|tax|vat|state|city|county|hst|pst)",
    "change": r"\bchange\b(?!\s?(?:of|your|or))|\bchng\b|yourchange|changedue|\bcambio\b|\brendu\b|r[uü]ckgeld"
    r"|\bresto\b|wechselgeld|kembali|\bbaki\b|wisselgeld|\bvuelto\b|\btroco\b|zur[uü]ck\b",
    "total": r"(?<![a-z])(?:grand|guest|order|check|bill|card|fuel|net|receipt|sale|final|total)?\W?\s?"
    r"tota[il]?[el]?(?![a-z])"
    r"|\btotaa[l1]\b|\btotl\b|\bttl\b|(?<![a-z])(?:takeout|dinein|grand|order)?total"
    r"|total(?=due|amount|topay|ttc|to|eur|rm|incl)|amount\s?(?:due|payable|paid)"
    r"|(?:amt|payment|pymt)\s?due|balance\s?(?:due|to)?|\bbal\.?\s?due|\bdue\b|\bgesamt|\bsumme\b"
    r"|\bzu\s?zahlen|\bte\s?betalen|\bsaldo\b|\bjumlah\b|\bimporte\b|\bbetrag\b|\bbedrag\b|\bamount\b"
    r"|\bamt\b|\ba\s?payer\b|\bda\s?pagare\b|pay\s?this|\bsumma\b|\bi\s?alt\b|\btot\b"
    r"|\bpayable\b|\bnet\s?a\s?payer\b",
    "cash": r"(?<![a-z])(?<!strictly no )cash(?!ier|\w|\s?(?:ier|sale|back|bill|refund|memo|desk))"
    r"|\btender(?:ed)?\b|\bcontanti\b|\bespeces\b|\befectivo\b|\bbargeld\b|\btunai\b|\bgegeben\b"
    r"|\bcontant\b|\bkontant\b|entregado\b|\bpaid\b|\brecu\b|received\b|dinheiro|\bbar\b(?=\s*[\d€e:])",
    "payment": r"(?<![a-z])(?:visa|master\s?card|amex|american\s?express|maestro|discover|debit|credit|eft(?:pos)?"
    r"|card|paypal|payment|tend(?:er)?|account|acct|auth|approv\w*|gift\s?card|purchase|giro|girocard"
    r"|kreditkarte|karte|carte|tarjeta|master|diners|nets|ez-?link|upi|paytm"
    r"|contactless|chip|redeem\w*|store credit)(?![a-z])",
    "reference": r"\bregular\s?price|compare(?:d)?\s?at|\bmsrp\b|\blist\s?price|\borig(?:inal)?\.?\s?price|you\s?saved?"
    r"|price\s?before|\bsaving\b|\bwas\b|\bpoints?\b|\bbal(?:ance)?\b|\bsuggested|\bsavings\b|reg\.?\s?price"
    r"|\bunit\s?price\b|\bearned\b|\bper\s(?:person|guest)|\bmiles\s?earned|per\s?gal|price/",
    "detail": r"\btel(?:ephone)?\b|\bphone|\bfax\b|\bdate\b|\btime\b|\binvoice\b|\breceipt\b|\btable\b|\btb[l1]\b"
    r"|\bguests?\b|\bserver\b|\bcashier|\border\s?(?:#|no|num|:)|\bcheck\s?(?:#|no|:)|\bchk\b|\bterminal"
    r"|\btrans?(?:action)?\b|\bref(?:erence)?\b|\bstore\s?(?:#|no|:)|\bmember\s?(?:#|no|id)"
    r"|\bbill\s?(?:#|no)|\bwww\b|\.com\b|\w@[a-z]\w*\.|\breg(?:ister)?\s?(?:#|no|:)|\bthank|\bvisit"
    r"|\bgst\s?(?:reg|id|no)|\bvat\s?(?:reg|no)|\bticket\b|\broom\b|\bclerk\b|\bseat\b|\bcustomer\b"
    r"|\bwelcome\b|\bsigna|\bwaiter|\bopen(?:ed)?\s?:|\bpin\b|\baid\b|\bsurvey\b|\bhost\b|\bstation\b",
}
_PATTERN = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()), re.IGNORECASE)
_SAME = {"inclusive": "total", "exclusive": "subtotal"}
MONEY_LABELS = frozenset(_WORDS) - {"reference", "detail", "count", *_SAME}


@dataclass(frozen=True)
class Label:
    """What a word or two of a row say, and where they stand in its text."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def find(text: str) -> tuple[Label, ...]:
    """The labels of a row's text, left to right."""
    found = ((str(match.lastgroup), match.span()) for match in _PATTERN.finditer(folded(text)))
    return tuple(Label(_SAME.get(kind, kind), *span) for kind, span in found)


def first(text: str) -> str | None:
    """The first label of a row's text."""
    return next((label.kind for label in find(text)), None)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text in lower case, without accents and with digits inside words as letters; its length stays the same."""
    plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
    mended = _MIXED.sub(lambda match: match[0].translate(_AS_LETTERS), plain).lower()
    mended = _WORD.sub(_without_slip, mended)
    return mended if len(mended) == len(text) else text


def _without_slip(match: re.Match[str]) -> str:
    """A word that differs by one letter from one that tills print on every receipt is that word."""
    word = match[0]
    for known in _PRINTED:
        if len(word) == len(known) and sum(one != other for one, other in zip(word, known, strict=True)) == 1:
            return known
    return word
