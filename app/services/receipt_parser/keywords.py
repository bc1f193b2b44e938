"""Words on receipts that tell what an amount or a row is, in the languages receipts here come in.

Each is looked for in a row's lower-case text without spaces, since engines and labels lose them.
"""

import re
from functools import lru_cache

_WORDS = {
    "total": r"t[o0]ta[l1i]|totaa[l1]|summe|gesamt|montant|importe|jumlah|amountdue|balancedue"
    r"|zahlbetrag|betrag|celkem",
    "grand": r"grandt|nett?total|nettamt|totaldue|amountdue|topay|zuzahlen|tebetalen|apayer|àpayer|balancedue|payable"
    r"|totalpaid|roundedtotal|round.{0,2}dtotal|totalrounded|totalsales|totalamount|totalamt|totalinc|totalfuel|inctax",
    "subtotal": r"sub[-.]?t[o0]t|subtt1|subtotaal|zwischensumme|soustotal|merchandise|excl|beforetax|netsales|exclgst",
    "tax": r"tax|gst|vat|tva|mwst|ust|btw|hst|pst|qst|taxes|sst|iva|moms|igst|cgst|sgst|zrl|srs?@",
    "cash": r"cash|espece|espèces|bar(?!c)|kontant|contant|tunai|tender|paid|payment|gegeben|efectivo|recu|ontvangen",
    "change": r"chang[ec]|rückgeld|ruckgeld|rendu|wisselgeld|zurück|cambio|baki|kembali|changedue|retour",
    "card": r"visa|master|amex|debit|credit|eftpos|eft|card|karte|carte|pinpas|maestro|mc\b|account",
    "discount": r"disc|rabatt|remise|korting|saving|saved|coupon|promo|less\b|off\b|youseved|voucher",
    "rounding": r"r[o0]und(?!ed)|rnd|rounding|adj",
    "tip": r"tip(?!o)|gratuit|service|svc|srv|s\.charge|trinkgeld|pourboire|fooi",
    "quantity": r"qty|quantit|items?sold|no\.?of|item\(s\)|count|pcs|totalitem|itemcount|artikel|menge",
    "date": r"date|datum|dated?:|tgl|tarikh|fecha|printed|issued",
    "due": r"due|expir|valid|until|fällig|échéance|verval|return|before|deliver",
    "time": r"time|uhr|\d{1,2}:\d{2}",
    "phone": r"tel|fax|phone|ph:|hp:|mobile|whatsapp|\d{3}[-)]\s?\d{3,4}[-]?\d{3,4}",
    "web": r"www|http|\.com|@|\.net|\.co\b|\.nl|\.de",
    "address": r"jalan|jln|street|\bst\.|road|\brd\b|avenue|\bave|blvd|lot\d|no\.\d|no\d|taman|str\.|straße|suite|lane"
    r"|bandar|selangor|johor|kuala|kawasan|lorong|plaza|batu|drive|highway|hwy|floor",
    "registration": r"reg|co\.?no|company|gst(?:id|no|reg)|\(\d{4,8}-?[a-z]\)|\d{5,7}-[a-z]|roc|abn|gstin|tin:|vatno",
    "document": r"invoice|receipt|bill|cashier|order|table|server|check|terminal|counter|till|staff|guest|slip|copy",
    "greeting": r"thank|welcome|come|please|goods|exchang|refund|customer|visit|enjoy",
    "legal": r"sdn|bhd|s/b|ltd|gmbh|llc|inc\.?$|pty|plc|enterprise|trading|b\.?v\.?$|sarl|corp",
    "kind": r"restaur|rest[o0]ran|caf[eé]|coffee|hotel|market|mart|store|shop|pharma|bakery|kitchen|grill|pizz|bar\b"
    r"|hardware|station|book|food|house|bistro|burger|foods|sushi|kopi|market|super|boutique|wash|deli|diner",
}
NAMES = tuple(_WORDS)
_PATTERNS = [re.compile(words) for words in _WORDS.values()]


@lru_cache(maxsize=4096)
def flags(text: str) -> tuple[float, ...]:
    """1.0 for each kind of NAMES that has a word in the text, else 0.0."""
    squeezed = text.lower().replace(" ", "")
    return tuple(float(pattern.search(squeezed) is not None) for pattern in _PATTERNS)
