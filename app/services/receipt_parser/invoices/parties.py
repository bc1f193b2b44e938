"""Who sells and who buys: companies named in a document, with what speaks for and against each."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.services.receipt_parser.invoices import domains, figures, labels, zones
from app.services.receipt_parser.invoices.layout import Place, above, folded, left_of, places
from app.services.receipt_parser.rows import Row

LONGEST_NAME = 60
MOST_WORDS = 6
SURE = 2.0  # points below which nobody is named
CONNECTING = re.compile(r"[&+]|and|und|et|en|of|de|la|du|van|von|for|für|the")
WEIGHTS = {
    "label": 4.0,
    "legal form": 2.0,
    "domain": 4.0,
    "part of a domain": 2.5,
    "title": 2.0,
    "return address": 2.5,
    "registered": 2.5,
    "top": 1.0,
    "first": 1.0,
    "large": 1.0,
    "foot": 0.5,
    "address": 0.5,
    "known": 2.5,
    "bank": -4.0,
    "buyer": -6.0,
}
_POSTCODE = re.compile(
    r"(?<![\d/-])(?:[a-z]{1,2}-)?\d{4,6}(?![\d/])(?: ?[a-z]{2}(?![a-z]))?|\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b"
)
_DIVIDED = re.compile(r"[:|•·;]|\s[-–]\s")
_PARTED = re.compile(r" [-–•·|] |, ")
_CAPITAL = re.compile(r"\s(?:au |de )?capital\b|,|\s-\s", re.IGNORECASE)
_PREFIXED = re.compile(r"[a-z]{1,2}['’][A-ZÀ-Ý]")
_INVOICE = r"(?:tax )?(?:invoice|rechnung|facture|factuur)"
_TITLED = re.compile(rf"^{_INVOICE}\s+(?:from|von|de|van)\s+|\s+{_INVOICE}\W*$", re.IGNORECASE)
_BANK = re.compile(r"bank|banque|sparkasse|raiffeisen|creditagricole|caissedepargne|paypal")
_NO_NAME = re.compile(
    r"^\W*(?:services? (?:clients?|abonn|consomm)|customer (?:service|care)|(?:kunden|klanten)-?service|"
    r"page|seite|pagina|thank|danke|merci|bedankt|dear|sehr geehrte|hello|hi |tel|phone|fax|e-?mail|web|www|"
    r"http|"
    r"original|copy|duplicate|kopie|note|notes|terms|date|datum|description|beschreibung|quantity|item|product|"
    r"summary|details?|payment|please|customer|order|number|reference|your |our |ihre?|unsere?|votre|notre|uw |united )"
)


@dataclass
class Party:
    """A name with the evidence found for it."""

    name: str
    evidence: set[str] = field(default_factory=set)
    times: int = 0

    @property
    def points(self) -> float:
        """The sum of its evidence."""
        return sum(WEIGHTS[entry] for entry in self.evidence) + 0.4 * min(self.times - 1, 3)


def seller(rows: Sequence[Row], known: Sequence[str]) -> tuple[str | None, float]:
    """The seller's name as printed (or as the person knows it) and the chance that it is right."""
    ranked = sorted(parties(rows, known), key=lambda party: -party.points)
    if not ranked or ranked[0].points < SURE:
        host = domains.most_named(rows)
        return (host, 0.4) if host else (None, 0.0)
    lead = ranked[0].points - max((party.points for party in ranked[1:]), default=0.0)
    chance = 1 / (1 + math.exp(-(0.5 * (ranked[0].points - 3) + 0.5 * min(lead, 4) - 0.5)))
    own = {core(name): name for name in known}
    return own.get(core(ranked[0].name), ranked[0].name), min(chance, 0.97)


def parties(rows: Sequence[Row], known: Sequence[str] = ()) -> list[Party]:
    """Everybody named in a document, each once, in the order of appearance."""
    everywhere = places(rows)
    bought = zones.buyers(everywhere)
    stems = domains.stems(place for place in everywhere if id(place.cell) not in bought)
    own = {core(name) for name in known}
    usual = median(place.cell.height for place in everywhere) if everywhere else 0.0
    found: dict[str, Party] = defaultdict(lambda: Party(""))
    for place, name, evidence in _named(everywhere, rows):
        party = found[core(name)]
        if not party.name or ({"legal form", "label"} & evidence) - party.evidence:
            party.name = name
        party.times += 1
        party.evidence |= evidence | _around(place, everywhere, usual) | _by_name(core(name), stems, own)
        if id(place.cell) in bought and "label" not in evidence:
            party.evidence.add("buyer")
    named = [party for key, party in found.items() if len(key) >= 2]
    if named:
        named[0].evidence.add("first")
    return named


def core(name: str) -> str:
    """A name for comparison: its letters and digits without the legal form."""
    plain = labels.LEGAL_FORM.sub(" ", folded(name))
    return re.sub(r"[^a-z0-9]", "", plain) or re.sub(r"[^a-z0-9]", "", folded(name))


def _named(everywhere: Sequence[Place], rows: Sequence[Row]) -> Iterator[tuple[Place, str, set[str]]]:
    """Names with their places: behind a seller's label, with a legal form, in a title, at the head of a block."""
    for place in everywhere:
        text, plain = place.cell.text, folded(place.cell.text)
        before = _label_of(place, rows)
        label = labels.SELLER.search(plain)
        is_led = label is not None and bool(
            re.match(r"\W*:|\W*$|.{0,3}(?:sold by|by)$", plain[label.end() :][:3] or "")
        )
        rest = text[label.end() :] if label and len(plain) == len(text) else text
        legal = _with_legal_form(rest) or _with_legal_form(text)
        if legal:
            evidence = {"legal form"} | ({"label"} if label or before else set())
            yield place, legal, evidence | _return_address(plain)
        elif label and is_led and (name := _plain_name(rest)):
            yield place, name, {"label"}
        elif name := _plain_name(_untitled(text)):
            if before:
                yield place, name, {"label"}
            elif _untitled(text) != text:
                yield place, name, {"title"}
            elif _is_head(place, rows):
                yield place, name, set()
        sender = _plain_name(_PARTED.split(text)[0]) if not legal and _return_address(plain) else None
        if sender and _is_head(place, rows):
            yield place, sender, {"return address"}


def _label_of(place: Place, rows: Sequence[Row]) -> bool:
    """Whether a seller's label stands alone to the left of a cell, or over it."""
    for cell in (left_of(place), above(place, rows)):
        plain = folded(cell.text).strip(" :.-") if cell else ""
        if plain and labels.SELLER.fullmatch(plain):
            return True
    return False


def _with_legal_form(text: str) -> str | None:
    """The name around the first legal form of a text: `Azure Tiles Ltd`, `SARL Azure`, `Azure - SAS`."""
    plain = folded(text)
    match = labels.LEGAL_FORM.search(plain) if len(plain) == len(text) else None
    if not match or (text[match.start()].islower() and len(match[0]) <= 3):
        return None
    form = text[match.start() : match.end()]
    segments = [part for part in _DIVIDED.split(text[: match.start()]) if part.strip()]
    if not segments:
        behind = _DIVIDED.split(_CAPITAL.split(text[match.end() :])[0])[0].strip(" ,.")
        return f"{form} {behind}" if _plain_name(behind) else None
    name = _capitalised(segments[-1].split()[-MOST_WORDS:])
    if not name or len(name) > LONGEST_NAME:
        return None
    return (
        name if text[: match.start()].rstrip()[-1] in "-–|•·" else name + " " * (text[match.start() - 1] == " ") + form
    )


def _capitalised(parts: Sequence[str]) -> str:
    """The capitalised words at the end of some, with small ones between them."""
    taken: list[str] = []
    for word in reversed(parts):
        is_first = not taken and word.isalpha() and len(word) > 2
        is_part = _PREFIXED.match(word) or word[0].isupper() or word[0] in "(&+0123456789"
        is_joined = bool(taken) and taken[0] in ("&", "+")
        if not (is_part or is_first or is_joined or CONNECTING.fullmatch(word)):
            break
        taken.insert(0, word)
    while taken and (CONNECTING.fullmatch(taken[0]) or not any(map(str.isalpha, taken[0]))):
        taken.pop(0)
    return " ".join(taken).lstrip(" ,;")


def _untitled(text: str) -> str:
    """A title without the word invoice: `Example Shop Invoice` names a shop."""
    return _TITLED.sub("", text)


def _plain_name(text: str) -> str | None:
    """A cell's text where it can be a name: a few words, capitalised, no label, hardly a digit."""
    name = text.strip(" :,;.-–|•*\"'")
    plain = folded(name)
    letters = sum(map(str.isalpha, name))
    if not 2 <= letters <= LONGEST_NAME or letters < 0.6 * len(name) or len(name.split()) > MOST_WORDS or ":" in name:
        return None
    if not name[0].isupper() and not name[0].isdigit() and not any(map(str.isupper, name)):
        return None
    known = (labels.INVOICE, labels.BUYER, labels.ISSUED, labels.TAX_NUMBER, labels.INVOICE_NUMBER)
    if _NO_NAME.search(plain) or "@" in name or labels.kind_of(plain) or any(words.search(plain) for words in known):
        return None
    return name


def _is_head(place: Place, rows: Sequence[Row]) -> bool:
    """Whether a block of text begins here: nothing close above, and no amounts beside it."""
    over = above(place, rows)
    is_apart = over is None or place.cell.top - over.bottom > 0.8 * place.cell.height
    amounts = [figure for figure in figures.find(folded(place.row.text), False) if figure.decimals == 2]
    return is_apart and not amounts


def _return_address(plain: str) -> set[str]:
    """The sender's line over the window of an envelope: name, street and town in one line."""
    parts = [part for part in re.split(r" [-•·|*,] | - |, |\s\u00b7\s", plain) if part.strip()]
    is_line = 3 <= len(parts) <= 5 and len(plain) < 100 and _POSTCODE.search(parts[-1]) is not None
    return {"return address"} if is_line and ":" not in plain else set()


def _around(place: Place, everywhere: Sequence[Place], usual: float) -> set[str]:
    """What the place of a name, its size beside the usual one and the lines of its block say."""
    page, cell = place.row.page_height or 1.0, place.cell
    block = zones.block(place, everywhere, loose=2.2)
    found = {"registered"} if any(labels.TAX_NUMBER.search(folded(line.text)) for line in (cell, *block)) else set()
    found |= {"address"} if any(_POSTCODE.search(folded(line.text)) for line in (cell, *block[:4])) else set()
    if place.row.page == 0 and cell.middle < 0.2 * page:
        found.add("top")
        if cell.height > 1.35 * usual:
            found.add("large")
    return found | ({"foot"} if cell.middle > 0.85 * page else set())


def _by_name(key: str, stems: set[str], own: set[str]) -> set[str]:
    """What the document's domains and the person's own merchants say of a name."""
    found = {"known"} if key in own else set()
    found |= {"bank"} if _BANK.search(key) else set()
    if key in {stem.replace("-", "") for stem in stems}:
        return found | {"domain"}
    long = [stem for stem in stems if min(len(stem), len(key)) >= 4 and (_has_parts(stem, key) or key in stem)]
    return found | ({"part of a domain"} if long else set())


def _has_parts(stem: str, key: str) -> bool:
    """Whether all words of a domain stand in a name: jardins-elise in lesjardinsdelise."""
    return all(part in key for part in stem.split("-"))
