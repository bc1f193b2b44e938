"""What the ranker of names is given of each candidate."""

import re
from functools import cached_property

from app.services.receipt_parser import keywords
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.features import Features, bounded
from app.services.receipt_parser.merchants import SEARCHED_ROWS, Name, key
from app.services.receipt_parser.rows import Row

_LEGAL, _WEB = (keywords.NAMES.index(name) for name in ("legal", "web"))
_WHOLE = re.compile(r".{12,}?(?:sdnbhd|bhd|sb$|ltd|enterprise|trading)")
_WRAPPED = re.compile(r"\w{3}.*[(\[][^)]{6,}(?:S[DO]N|B[HN]D|LTD|S/B)", re.IGNORECASE)
_TAIL = re.compile(  # "STATIONERY SDN BHD": at most one word before a legal form
    r"\W*(?:[^\W\d_]+\W+)?(?:\(m\)\W*)?(?:s[do]n\W*b[hn]d|bhd|s/b|pte\W*ltd|ltd|enterprise|trading)\b", re.IGNORECASE
)
_GOES_ON = re.compile(r"(?:[&,-]|\b(?:and|by|of|the))\s*$", re.IGNORECASE)
CUT_READ = 10  # letters of what was cut away that tell whether it had to be


class Names:
    """The candidates of one document, described against each other."""

    def __init__(self, document: Document) -> None:
        """Take the document in; its rows must not be empty."""
        self.document = document

    @cached_property
    def _keys(self) -> list[str]:
        return [key(text) for text in self.document.texts]

    @cached_property
    def _first_legal(self) -> int:
        legal = (index for index, flags in enumerate(self.document.flags[:SEARCHED_ROWS]) if flags[_LEGAL])
        return next(legal, -1)

    @cached_property
    def _web(self) -> str:
        pairs = zip(self._keys, self.document.flags, strict=True)
        return " ".join(compared for compared, flags in pairs if flags[_WEB])

    @cached_property
    def _malay(self) -> float:
        return float(any(" RM" in f" {text}" or "BHD" in text.upper() for text in self.document.texts))

    def describe(self, name: Name) -> Features:
        """The features of one candidate."""
        document = self.document
        texts = (
            ("m", name.text),
            ("b", name.before.strip()[-CUT_READ:]),
            ("a", name.after.strip()[:CUT_READ]),
            ("u", document.text(name.first - 1)),
            ("d", document.text(name.last + 1)),
        )
        numbers = (*self._place(name), *self._shape(name), *self._company(name), *self._joint(name))
        numbers = (*numbers, *keywords.flags(name.text))
        return Features(texts, (*numbers, *self._flags(name.first - 1), *self._flags(name.last + 1)))

    def _flags(self, index: int) -> tuple[float, ...]:
        inside = 0 <= index < len(self.document.rows)
        return self.document.flags[index] if inside else (0.0,) * len(keywords.NAMES)

    def _place(self, name: Name) -> tuple[float, ...]:
        """Where it stands, how large and how far from what is above and below."""
        rows = self.document.rows
        first, last = rows[name.first], rows[name.last]
        joined = name.last - name.first
        above = rows[name.first - 1] if name.first else None
        below = rows[name.last + 1] if name.last + 1 < len(rows) else None
        centre = (first.left + first.right) / 2 - self.document.left
        largest = max(row.height for row in rows[:SEARCHED_ROWS])
        return (
            *(float(name.first == index) for index in range(5)),
            name.first / SEARCHED_ROWS,
            float(joined == 1),
            float(joined == 2),
            bounded(first.height / self.document.height, 3.0),
            first.height / largest,
            float(first.height == largest),
            bounded(abs(centre / self.document.width - 0.5), 0.5),
            *_likeness(first, above),
            *_likeness(last, below),
            *(_likeness(first, last) if joined else (0.0, 0.0, 0.0)),
            min(row.score for row in rows[name.first : name.last + 1]),
        )

    def _shape(self, name: Name) -> tuple[float, ...]:
        """How long it is, of which letters, and what was cut away."""
        text, compared = name.text.strip(), key(name.text)
        before, after = key(name.before), key(name.after)
        return (
            bounded(len(compared), 40),
            float(len(compared) < 4),
            bounded(text.count(" "), 8),
            sum(letter.isdigit() for letter in compared) / len(compared),
            float(text.isupper()),
            float(bool(before)),
            bounded(len(before), 20),
            float(bool(after)),
            bounded(len(after), 20),
            float(name.after.strip()[:1] in ("(", "[")),
            float(name.after.strip()[:1].isdigit()),
            float(text[:1].isalpha()),
            float(text[-1:].isalpha()),
            float(sum(compared in other for other in self._keys) > 1 + name.last - name.first),
            float(len(compared) >= 5 and compared[:8] in self._web),
        )

    def _company(self, name: Name) -> tuple[float, ...]:
        """Whether the document names a company by its legal form, and whether this is it."""
        legal = keywords.flags(name.text)[_LEGAL]
        first = float(name.first <= self._first_legal <= name.last)
        known = float(self._first_legal >= 0)
        above = float(known and name.last < self._first_legal)
        return (
            *self._doubled(name),
            known * legal,
            known * (1 - legal),
            first * legal,
            first * (1 - legal),
            above,
            above * self._malay,
            known * legal * self._malay,
            known * (1 - legal) * self._malay,
            (1 - known) * self._malay * float(name.first == 0),
        )

    def _joint(self, name: Name) -> tuple[float, ...]:
        """Whether a name is torn off what goes on in the row above or below, or holds what is not a part of it."""
        above, below = self.document.text(name.first - 1), self.document.text(name.last + 1)
        joined, last = name.last > name.first, self.document.texts[name.last]
        return (
            float(not joined and bool(_TAIL.match(name.text))),
            float(joined and bool(_TAIL.match(last))),
            float(not name.after.strip() and bool(_TAIL.match(below))),
            float(bool(_GOES_ON.search(name.text))),
            float(not name.before.strip() and bool(_GOES_ON.search(above))),
            float(joined and bool(_GOES_ON.search(self.document.texts[name.last - 1]))),
            float(":" in name.text),
            float(name.text.strip()[:1].isdigit() or name.text.strip()[:1] == "#"),
        )

    def _doubled(self, name: Name) -> tuple[float, float, float]:
        """Whether it holds a company's whole name and something else: rows above it, or a name it stands behind."""
        rows = self.document.texts[name.first : name.last + 1]
        whole = name.last > name.first and bool(_WHOLE.match(key(rows[-1])))
        wrapped = bool(_WRAPPED.search(name.text))
        return float(whole), float(wrapped), float(len({row.isupper() for row in rows}) > 1)


def _likeness(row: Row, other: Row | None) -> tuple[float, float, float]:
    """How far two rows are apart in heights, how alike in height, and whether they stand under each other."""
    if other is None:
        return 1.0, 0.0, 0.0
    gap = max(row.top, other.top) - min(row.bottom, other.bottom)
    alike = min(row.height, other.height) / max(row.height, other.height)
    middles = abs((row.left + row.right) - (other.left + other.right)) / 2
    return bounded(gap / row.height, 3.0), alike, float(middles < 2 * row.height)
