"""How a receipt was paid, as far as it names it."""

import re
from collections.abc import Sequence

from app.services.receipt_parser import labelled, labels
from app.services.receipt_parser.rows import Row

# The first that is named counts: a wallet before the card in it, a brand before the kind of card, cash last because
# tills print "cash" for change and rounding, too.
_METHODS = {
    "upi": r"\bupi\b|\bbhim\b|@ok(?:axis|sbi|icici|hdfcbank)|\bphone\s?pe\b|\bpaytm\b|google\s?pay\s?upi",
    "mobile": r"\bapple\s?pay\b|\bgoogle\s?pay\b|\bg\s?pay\b|\bsamsung\s?pay\b|\bwechat\b|\balipay\b"
    r"|\btouch\s?['n&]*\s?go\b|\bgrab\s?pay\b|\bboost\b(?=.*\bpay)|\bpaynow\b|\bm-?pesa\b|\bvenmo\b"
    r"|\bcash\s?app\b|\btwint\b|\bswish\b|\bmobile\s?pay\b|\bpaylah\b",
    "paypal": r"\bpay\s?pal\b",
    "amex": r"\bamex\b|\bamerican\s?express\b",
    "visa": r"(?<![a-z])visa(?![a-z]*\s?(?:fee|office))|\bvisa\b",
    "mastercard": r"\bmaster\s?card|\bm/?card\b|^master$|\bmaster\ss?\s?\d|\bmaster\b(?=\W*[\d$€£*x])",
    "maestro": r"\bmaestro\b",
    "discover": r"\bdiscover\b(?=\W*(?:card|[\d*x$]|$))",
    "diners": r"\bdiners\b",
    "girocard": r"\bgiro\s?card\b|\bec[\s-]?(?:karte|cash|lastschrift)\b",
    "debit_card": r"\bdebit\b|\beft/?(?:pos|debit)?\b|\bnets\b|\binterac\b|\bpin\s?used\b|\bbancomat\b|\bpinpas\b"
    r"|\bmydebit\b",
    "credit_card": r"\bcredit\s?card|\bcredit\b(?!\s?(?:note|for|vouch))|\bkreditkarte\b|\btarjeta\b"
    r"|\bcarte\s?(?:bancaire|bleue|credit)\b|\bcb\b(?=\W*[\d*x])",
    "card": r"\bcard\b(?=\s?(?:no|number|type|pay|total|#|:|sale|[*x\d]))|\bbank\s?card\b|\bcard$|x{4,}\W?\d{4}\b"
    r"|\*{4,}\W?\d{4}\b|\bkaart\b|\bkarte\b",
    "gift_card": r"\bgift\s?card\b(?=.*(?:redeem|tender|paid|used))",
    "bank_transfer": r"\bbank\s?transfer\b|\bwire\s?transfer\b|\bvirement\b|\b(?:ueber|über|u)weisung\b|\bsepa\b"
    r"|\bdirect\s?debit\b",
    "cheque": r"\bpaid\s?by\s?che(?:que|ck)\b|\bcheque\b(?!\s?(?:no|#))",
}
_PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in _METHODS.items()}
_IS_CASH = re.compile(r"\W*(?:mode\W*|paid\W*(?:by\W*)?|payment\W*(?:by\W*|type\W*)?)?cash\W*(?:bill|payment)?\W*")
_POLICY = re.compile(
    r"\b(?:refund|return|exchange|accept|welcome|apply|join|offer|policy|cardholder|member|loyalty|gift)", re.IGNORECASE
)


def read(rows: Sequence[Row]) -> str | None:
    """The way of payment: one of the names above or "cash"; None where none is named.

    What stands in sentences about returns, offers and membership does not count.
    """
    texts = [labels.folded(row.text) for row in rows if not _POLICY.search(row.text)]
    for name, pattern in _PATTERNS.items():
        if any(pattern.search(text) for text in texts):
            return name
    return (
        "cash"
        if any(one.kind == "cash" for one in labelled.find(rows)) or any(map(_IS_CASH.fullmatch, texts))
        else None
    )
