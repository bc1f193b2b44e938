"""Names that a seller may go by: rows near the top, parts of them, and rows taken together."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.services.receipt_parser.document import Document

SEARCHED_ROWS = 12
LONGEST_NAME = 100
_CUTS = (
    re.compile(r"\s*[(\[{][^()]*\d[^()]*[)\]}]?\s*\W*$"),  # (123456-X)
    re.compile(r"\s*[(\[{].*$"),
    re.compile(r"\s+\W*(?:[A-Z]{0,3}\d{4,}[\d-]*(?:\W?[A-Z])?|[A-Z]{1,2}\d{6,})\W*$"),  # a registration's number
    re.compile(r"\s*(?:co\.?|gst|reg|roc|tel|company|abn|tax|vat|ph)\b[\s.:#]*(?:no|reg|id|regn?\.?)?\b.*\d.*$", re.I),
    re.compile(r"\s*[,:;*#@|].*$"),
    re.compile(r"\s+[-–—].*$"),
    re.compile(r"\s*\b(?:store|shop|branch|unit|outlet|st)\b.*$", re.I),
    re.compile(r"\s*\W*\d[\d\W]*$"),
)
_STARTS = (
    re.compile(r"^\W*[\d\W]*\d\W*\s(?=\D*[A-Za-z])"),
    re.compile(r"^.*?(?:licensee of|operated by|owned by|managed by|formerly known as|\bby|\bat|\bto|[:)])\s+", re.I),
)
_INSIDE = re.compile(r"[(\[]([^()\[\]]*[^\W\d_]{3,}[^()\[\]]*)[)\]]?")  # The Shop (Its Owner Ltd)
_LEGAL_END = re.compile(
    r"^.*?\b(?:s[dno]n\.?\s?b[hn]d\.?|s/b|bhd\.?|pte\.?\s?ltd\.?|ltd\.?|gmbh|enterprise|trading)", re.I
)
_SDN_BHD = re.compile(r"\b(?:S[DO0B][NHM]|SND)\.? ?B[HN][DO0]\b", re.IGNORECASE)  # Malaysian Ltd
_DIGIT_INSIDE = re.compile(r"(?<=[A-Za-z])[01]{1,2}(?=[A-Za-z])")
_LEGAL_ONLY = re.compile(
    r"(?:sdn|bhd|co|ltd|pte|pty|plc|inc|llc|gmbh|m|sb)+|enterprise|trading|taxinvoice|receipt|invoice"
)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Name:
    """A candidate: rows `first` to `last`, of them the text left after `before` and `after` were cut away."""

    text: str
    first: int
    last: int
    before: str = ""
    after: str = ""


def key(text: str) -> str:
    """What of a name counts when two are compared: letters and digits, case-folded."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def candidates(document: Document) -> list[Name]:
    """Every name the document may mean, each once, those of the first rows first."""
    found: dict[tuple[str, int], Name] = {}
    for index in range(min(len(document.rows), SEARCHED_ROWS)):
        for name in _around(document, index):
            compared = key(name.text)
            if (
                len(compared) >= 2
                and not _LEGAL_ONLY.fullmatch(compared)
                and _LETTERS.search(name.text)
                and len(name.text) <= LONGEST_NAME
            ):
                found.setdefault((compared, index), name)
    return list(found.values())


def _around(document: Document, index: int) -> Iterator[Name]:
    """A row, its cells and parts, and it together with the one or two below."""
    text = document.text(index)
    cells = [cell.text for cell in document.rows[index].cells]
    yield from _parts(text, index, index)
    if len(cells) > 1:
        for number, cell in enumerate(cells):
            before, after = " ".join(cells[:number]), " ".join(cells[number + 1 :])
            for name in _parts(cell, index, index):
                yield Name(name.text, index, index, f"{before} {name.before}", f"{name.after} {after}")
    for last in (index + 1, index + 2):
        if last < len(document.rows):
            joined = " ".join(document.texts[index : last + 1])
            yield Name(joined, index, last)
            yield from (name for name in _cut(joined, index, last) if len(name.after) < len(document.text(last)))


def _parts(text: str, first: int, last: int) -> Iterator[Name]:
    """A text whole, without what stands before the name, and without what stands behind it."""
    if inside := _INSIDE.search(text):
        yield Name(inside[1], first, last, text[: inside.start(1)], text[inside.end(1) :])
    yield Name(text, first, last)
    yield from _cut(text, first, last)
    for start in {match.end() for pattern in _STARTS if (match := pattern.search(text))}:
        yield Name(text[start:], first, last, text[:start])
        if legal := _LEGAL_END.search(text[start:]):
            yield Name(legal[0], first, last, text[:start], text[start + legal.end() :])


def _cut(text: str, first: int, last: int) -> Iterator[Name]:
    """A text without what stands behind the name: numbers, addresses, branches."""
    cuts = {match.start() for pattern in _CUTS if (match := pattern.search(text))}
    if legal := _LEGAL_END.search(text):
        cuts.add(legal.end())
    for cut in sorted(cuts):
        yield Name(text[:cut], first, last, "", text[cut:])


def tidied(text: str) -> str:
    """A name without loose punctuation at its ends and with the commonest misreadings mended."""
    text = _SDN_BHD.sub("SDN BHD", text.strip(" \t-–—_=*:;,.|~'\"`"))
    if text.count("(") > text.count(")"):
        text += ")"
    return _DIGIT_INSIDE.sub(_as_letters, text)


def _as_letters(found: re.Match[str]) -> str:
    one = "I" if found.string[: found.start()][-1:].isupper() else "l"
    return found[0].replace("1", one).replace("0", "O" if one == "I" else "o")
