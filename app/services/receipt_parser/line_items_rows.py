"""One row taken apart: quantity, code, name, unit price and price, as far as they are there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations

from app.services.receipt_parser import labels, row_amounts
from app.services.receipt_parser.row_amounts import Placed
from app.services.receipt_parser.rows import Row

CENT = Decimal("0.01")
NEAR = Decimal("0.011")  # a scale's quantity is rounded, and so is the product
LARGEST_QUANTITY = 9_999
LONGEST_NAME = 200
MOST_NUMBERS = 6
# Behind the price: tax letters, a currency, a star; never words.
_BEHIND = re.compile(r"[\s*#°&)(/\-.:;,|]*(?:[A-Za-z€$£]{1,4}[\s*#.]*){0,2}\d?[\s*#%.)]*$")
_TAIL = re.compile(
    r"(?:[x×*@=/$€£₹|\-+:;.,()\[\]s]|at|ea|each|eac|pc|pcs|kg|kgs|g|[l1]bs?|l|ltr|gal|rm|rs|usd|eur|inr|per|net|tare"
    r"|for|unit|units|qty|nos?)+\.?",
    re.IGNORECASE,
)
LONGEST_TAIL_WORD = 12  # "kgs" can be read in several ways, and a long run of them in too many
_ONE_COSTS = re.compile(r"(?:\W*\([^()]*\))?[\W\d_]*@\s*")  # "(Pot) @ 3.00": no line's price
_UNIT = re.compile(  # or a number, with or without one
    r"\d*(?:pkts?|pck|rolls?|units?|box|btl|ctn|nos|pcs?|pail|mtr|ea|each|for|kgs?|[l1]?bs?|x|sr|zr|zrl)?",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\W{0,3}(?P<count>\d{1,3}|\d{1,2}[.,:]0{1,3}|[lI|])"
    r"(?:\s?(?:[x×@*]|pcs?|ea|no\.?|st)\s+|\s*[x×]\s*(?=[^\W\d])|\s+)(?=.*[^\W\d_]{2})",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:oz|ml|cl|kg|gm?|gr|lb|lbs|ltr?|pk|pack|pc|pcs|ct|in|inch|cm|mm|up|%|am|pm|th|st|nd|rd|day|hr|hour|way)\b|\d/\d",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:([A-Za-z])\1{3,}\W+)?\W*(?:\d[\d\-]{3,}[A-Z]{0,2}|[A-Z]{1,3}\d{4,})\W+(?=.*[^\W\d_]{2})"
    r"|(?:item\s?)?(?:code|sku|plu|upc)\b\W{0,3}\w+\W*",
    re.IGNORECASE,
)
_CODE_BEHIND = re.compile(r"\s\d{8,14}(?:\s?[A-Z]{1,2})?$|^[A-Za-z]{1,3}\d{1,4}$")  # a barcode, or nothing but a code
_EDGES = " \t*>-–—+=.,:;|_~#`•·"
_COUNTED = re.compile(r"@|\d\s?[x×*]\s?\$?\d|(?:\b|(?<=\d))(?:ea|kg|[l1]bs?|for)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """A row as a possible item; `product` is a quantity and a unit price that stand in it."""

    row: Row
    label: str | None
    name: str
    price: Decimal | None = None
    quantity: Decimal | None = None
    unit: Decimal | None = None
    is_detail: bool = False
    product: tuple[Decimal, Decimal] | None = None
    right: float = 0.0

    @property
    def unit_price(self) -> Decimal | None:
        """Of one; None where quantity × unit price, rounded half up to cents, is not the price."""
        if self.quantity is None or self.price is None or not self.quantity:
            return None
        unit = self.unit if self.unit is not None else self.price / self.quantity
        if unit != unit.quantize(CENT):
            return None
        return unit if (unit * self.quantity).quantize(CENT, ROUND_HALF_UP) == self.price else None


def parse(row: Row, places: int = 2, column: float | None = None) -> Entry:
    """What a row may say as an item.

    `places`: the decimals prices have; `column`: where on the page they end, so that what stands behind is nothing.
    """
    text = row.text
    price = _price(row, places, column)
    label = _label(text, price)
    if price is None:
        quantity, name = _front(text)
        product = _detail_product(row)
        return Entry(row, label, _clean(name), None, quantity, None, product is not None, product)
    left, numbers = _without_tail(row, price)
    quantity, name = _front(left)
    name = _clean(name)
    count, unit = _factors([*([quantity] if quantity else []), *numbers], price.value)
    if quantity is not None and count not in (None, quantity):
        name = _clean(_without_code(left))
    is_detail = not name and bool(numbers or _COUNTED.search(text))
    if count is None:
        count = quantity or _plain_count(numbers)
    product = _detail_product(row) if is_detail else None
    return Entry(row, label, name, price.value, count, unit, is_detail, product, price.right)


def _label(text: str, price: Placed | None) -> str | None:
    """What the words in front of the price say, or all words where none stand there; a sum before anything else."""
    before = "" if price is None else text[: price.start]
    said = labels.find(before if _has_letters(before) else text)
    return next((one.kind for one in said if one.kind in labels.MONEY_LABELS), said[0].kind if said else None)


def _price(row: Row, places: int, column: float | None) -> Placed | None:
    """The last price of a row, if nothing but a tax letter or the like stands behind it, or it ends its column."""
    found = row_amounts.prices(row, places)
    if not found:
        return None
    last = found[-1]
    if _ONE_COSTS.fullmatch(row.text[: last.start]):
        return None
    behind = row.text[last.end :]
    if len(behind) <= 12 and _BEHIND.match(behind):
        return last
    near = 1.5 * row.height
    return last if column is not None and last.alone and abs(last.right - column) <= near else None


def _without_tail(row: Row, price: Placed) -> tuple[str, list[Decimal]]:
    """What stands in front of a price without the quantity and unit price at its end, and those numbers."""
    text, start, numbers = row.text, price.start, list[Decimal]()
    kept = start
    for one in reversed([one for one in row_amounts.find(row) if one.end <= price.start]):
        between = text[one.end : start]
        if not all(_is_tail(word) or len(word) == 1 for word in between.split()):
            break
        numbers.insert(0, one.value)
        start = one.start
        if one.alone or one.amount.is_price or _ties(text, one, between):
            kept = start
        elif _has_letters(text[: one.start]):
            numbers.pop(0)
            break
    words = text[:kept].split()
    while words and numbers and _is_tail(words[-1]):
        words.pop()
    return " ".join(words), numbers[-MOST_NUMBERS:]


def _is_tail(word: str) -> bool:
    """Whether a word only says what a number behind a name counts or costs: "kg", "@", "/ea"."""
    return len(word) <= LONGEST_TAIL_WORD and _TAIL.fullmatch(word) is not None


def _ties(text: str, one: Placed, between: str) -> bool:
    """Whether a number is tied to the price behind it by an "@" or "x"."""
    return (
        bool(re.match(r"\s*(?:@|[x×*]\s|at\b|ea\b)", between, re.IGNORECASE)) or text[: one.start].rstrip()[-1:] == "@"
    )


def _has_letters(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) >= 2


def _front(text: str) -> tuple[Decimal | None, str]:
    """The quantity in front of a name, and the name without it and without a code."""
    text = _without_code(text)
    match = _QUANTITY.match(text)
    if match is None or _MEASURE.match(text[match.end() :].lstrip()):
        return None, text
    count = re.split(r"[.,:]", match["count"])[0]
    quantity = Decimal(count) if count.isdecimal() else Decimal(1)
    rest = _without_code(text[match.end() :])
    return (quantity, rest) if quantity else (None, rest)


def _without_code(text: str) -> str:
    code = _CODE.match(text)
    return text[code.end() :] if code else text


def _factors(numbers: Sequence[Decimal], price: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The quantity and unit price among numbers that make a price."""
    for count, unit in _pairs(numbers):
        if count > 0 and unit and count <= LARGEST_QUANTITY and abs(count * unit - price) <= NEAR:
            return count, unit
    return None, None


def _pairs(numbers: Sequence[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """Pairs of numbers, those first whose first is written as a whole number."""
    return sorted(
        permutations(numbers[:MOST_NUMBERS], 2), key=lambda pair: (pair[0].as_tuple().exponent != 0, pair[0] % 1 != 0)
    )


def _plain_count(numbers: Sequence[Decimal]) -> Decimal | None:
    """A whole number that stands alone between name and price."""
    counts = [number for number in numbers if number == int(number) and 0 < number < 100]
    return counts[0].to_integral_value() if len(counts) == 1 else None


def _detail_product(row: Row) -> tuple[Decimal, Decimal] | None:
    """Quantity and unit price of a row like "2 @ 0.69 EA" or "0.452 kg x 3.99/kg"."""
    if not _COUNTED.search(row.text):
        return None
    words = re.findall(r"[^\W\d_]+", row.text)
    numbers = [one.value for one in row_amounts.find(row)]
    if len(numbers) < 2 or not all(_is_tail(word) or len(word) <= 2 for word in words):
        return None
    return numbers[0], numbers[1]


def _clean(name: str) -> str:
    """A name without bullets and dots around it; empty if it has no two letters."""
    name = name.lstrip(_EDGES + ")'\"").rstrip(_EDGES)[:LONGEST_NAME]
    name = _CODE_BEHIND.sub("", name).rstrip(_EDGES)
    says_something = _has_letters(name) and not all(map(_UNIT.fullmatch, re.findall(r"\w+", name)))
    return name if says_something else ""
