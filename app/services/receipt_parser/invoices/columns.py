"""The columns of a table of goods, by the words of its heading."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.services.receipt_parser.invoices import figures
from app.services.receipt_parser.invoices.layout import Word, folded, place_at, words
from app.services.receipt_parser.rows import Cell, Row

_VAT = r"(?:vat|gst|tax(?:es)?|mwst|ust|steuer|tva|btw|[cis]gst|hst|cess)"
_KINDS = (
    ("position", r"pos(?:ition)?|nr|no|s\.? ?no|sl\.? ?no|sr\.? ?no|#|n°|line|lfd\.? ?nr|regel|lp"),
    (
        "code",
        r"(?:article|item|product|part|art(?:ikel)?)[-. ]?(?:no|number|code|nr|nummer|id)|sku|hsn(?:/sac)?(?: code)?|"
        r"sac|"
        r"code|ref(?:erence|\.)?|artikelnr|art\.-?nr|bestell-?nr|ean|asin|fsn|num(?:ero)?",
    ),
    ("rate", rf"{_VAT} ?(?:rate|satz|tarief|%|\(%\))|(?:taux|%)(?: de)? ?{_VAT}|{_VAT}-?(?:satz|tarief)|%"),
    ("discount", r"disc(?:ount)?(?:[. ]*%)?|rabatt(?: ?%)?|remise(?: ?%)?|korting(?: ?%)?|reduction"),
    (
        "unit price",
        r"(?:unit|item|net|gross|list|base|sale) ?(?:price|cost|rate)|price ?(?:/|per) ?(?:unit|item|piece|each)|"
        r"price each|"
        r"rate(?:/\w+)?|unit amount|(?:einzel|stuck|vk|e)-?preis|ep|preis ?(?:/|pro|je) ?\w+|einheitspreis|"
        r"(?:prix|p\.?) ?u(?:nitaires?|nit|\.)?\.?(?:/\w+)?(?: (?:ht|ttc))?|p\.?u\.?(?: (?:ht|ttc))?|tarif|"
        r"(?:stuk|eenheids)-?prijs|prijs ?(?:/|per) ?(?:stuk|eenheid|st)|tarief|cost",
    ),
    ("tax", rf"(?:montant )?{_VAT}(?: ?(?:amount|betrag|bedrag|montant))?"),
    (
        "amount",
        r"(?:line |net |gross |ext(?:ended)?\.? |sub-?)?(?:amount|price|"
        r"total(?: (?:price|amount|cost|value))?)(?: ?\(?\w{3}\)?)?|value|"
        r"(?:gesamt|zeilen|netto|brutto|rechnungs)-?(?:preis|betrag|summe)|gp|gesamt|zwischensumme|sous-?total|subtotaal|betrag|summe|preis|"
        r"(?:montant|total|prix)(?: (?:total|net|eur|ht|ttc)){0,3}|"
        r"(?:totaal|regel|netto|bruto)-?\s?(?:prijs|bedrag|totaal)?|bedrag|prijs|totaal|charges|cost",
    ),
    (
        "quantity",
        r"qty\.?|quantity|quant\.?|units?|hours|hrs|pcs|pieces|menge|anzahl|anz\.?|stk\.?|stuck|std\.?|stunden|qte\.?|"
        r"quantites?|nombre|nb|heures|jours|aantal|hoeveelheid|uren|stuks|days|nights|tage|nachte|einheiten",
    ),
    ("unit", r"einheit|unite|eenheid|uom|me|unit of measure"),
    ("date", r"date|datum|periode?|period|zeitraum|van|from|to|month"),
    (
        "description",
        r"(?:\w+ )?descriptions?(?: of (?:goods|services?|items?))?(?: ?(?:and|&|/) \w+)?|items?|products?(?: name|"
        r" title)?|title|"
        r"particulars|services?|details?|goods|article|beschreibung|bezeichnung|artikel(?:bezeichnung|beschreibung)?|"
        r"leistung(?:en|sbeschreibung)?|produkt|text|position|designations?|libelle|articles?|prestations?|"
        r"produits?|objet|detail|omschrijving|dienst|activity|task|charge|plan|usage|abonnements?.{0,40}",
    ),
)
_INCLUSIVE = (
    r"(?:\s?\(?(?:incl|excl|inkl|exkl|ex|zzgl|ohne|hors|htva|ht|ttc|in)\.? ?"
    r"(?:vat|gst|tax|mwst|ust|tva|btw|taxe|eur|usd|inr|rs)?\.?\)?)?"
)
_MONEY = r"(?:\s?[(\[]?(?:in )?(?:€|\$|£|₹|eur|usd|gbp|inr|chf|rs)\.?[)\]]?)?"
_PATTERNS = tuple((kind, re.compile(rf"(?:{words}){_INCLUSIVE}{_MONEY}[.:*]?")) for kind, words in _KINDS)
MOST_WORDS = 6
MONEY = frozenset(("amount", "unit price", "tax"))


@dataclass(frozen=True)
class Column:
    """A column with its kind and where its heading stands across the page."""

    kind: str
    left: float
    right: float

    def distance(self, left: float, right: float) -> float:
        """How far something is off; the more it stands under the heading, the further below nothing."""
        return max(self.left - right, left - self.right)


def read(row: Row) -> tuple[Column, ...]:
    """The columns a row names, if it is the heading of a table of goods; else none."""
    texts = [folded(cell.text) for cell in row.cells]
    if sum(map(len, texts)) > 250 or any(figures.find(text, False) for text in texts):
        return ()
    columns, strange = [], 0
    for cell in row.cells:
        found, unknown = _in_cell(words(cell))
        columns += found
        strange += unknown
    known = {column.kind for column in columns}
    if columns and columns[0].kind == "other" and "description" not in known and "amount" in known and len(known) > 2:
        columns[0] = Column("description", columns[0].left, columns[0].right)
        strange -= 1
    kinds = [column.kind for column in columns if column.kind != "other"]
    has_amount = any(kind in MONEY for kind in kinds)
    is_goods = bool({"description", "quantity", "unit price"} & set(kinds))
    is_clear = kinds.count("amount") >= 2 or (is_goods and (len(set(kinds)) >= 3 or "description" in kinds))
    return tuple(columns) if has_amount and is_clear and strange <= len(kinds) else ()


def _in_cell(parts: Sequence[Word]) -> tuple[list[Column], int]:
    """The columns named one after the other in a cell, and how many of its words name none."""
    found: list[Column] = []
    index = unknown = 0
    while index < len(parts):
        size, kind = _longest(parts[index : index + MOST_WORDS])
        if kind:
            found.append(Column(kind, parts[index].left, parts[index + size - 1].right))
        else:
            unknown += 1
        index += size
    if not found and parts:
        return [Column("other", parts[0].left, parts[-1].right)], unknown
    return found, unknown


def _longest(parts: Sequence[Word]) -> tuple[int, str | None]:
    """The longest run of words from the first on that names a column."""
    for size in range(len(parts), 0, -1):
        text = folded(" ".join(part.text for part in parts[:size])).strip()
        kind = next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(text)), None)
        if kind:
            return size, kind
    return 1, None


def nearest(columns: Iterable[Column], left: float, right: float) -> Column:
    """The column something stands in: the one whose heading it stands under or is closest to."""
    return min(columns, key=lambda column: column.distance(left, right))


def pieces(cell: Cell, columns: Sequence[Column]) -> list[tuple[Column, Word]]:
    """A cell's text by columns: whole where it is text, its numbers by themselves where it reaches over several."""
    over = [column for column in columns if column.distance(cell.left, cell.right) < 0]
    whole = Word(cell.text, cell.left, cell.right)
    numeric = [_is_numeric(word) for word in words(cell)]
    if len(over) < 2 or not any(numeric):
        return [(_column(whole, columns), whole)]
    parts = words(cell)
    first = next((index for index in range(len(parts)) if all(numeric[index:])), len(parts))
    text = parts[:first]
    kept = [(nearest(columns, word.left, word.right), word) for word in parts[first:]]
    if text:
        _, right = place_at(cell, 0, len(" ".join(word.text for word in text)))
        joined = Word(" ".join(word.text for word in text), cell.left, right)
        kept.insert(0, (_column(joined, columns), joined))
    return kept


def in_order(cell: Cell, columns: Sequence[Column]) -> list[tuple[Column, Word]]:
    """A whole row in one cell: its last numbers are those of the columns in their order, if there are as many."""
    parts = words(cell)
    behind = [column for column in columns if column.kind != "description"]
    last = parts[-len(behind) :]
    if columns[0].kind != "description" or len(parts) <= len(behind) or not all(_is_numeric(word) for word in last):
        return pieces(cell, columns)
    text = " ".join(word.text for word in parts[: -len(behind)])
    return [(columns[0], Word(text, cell.left, cell.right)), *zip(behind, last, strict=True)]


def _column(whole: Word, columns: Sequence[Column]) -> Column:
    """A text's column; long words are a description wherever they begin."""
    descriptions = [column for column in columns if column.kind == "description"]
    near = nearest(columns, whole.left, whole.right)
    is_wordy = sum(map(str.isalpha, whole.text)) > 12
    return descriptions[-1] if descriptions and is_wordy and near.kind not in ("code", "description") else near


def _is_numeric(word: Word) -> bool:
    return bool(re.fullmatch(r"[-(]?[€$£₹]?[-\d][\d.,']*[%)€$£-]*|[€$£₹%x]|eur|usd|inr|rs\.?", folded(word.text)))
